package dev.retort.wire;

/** The two programs speak no common protocol; the message says which side to upgrade. */
public final class IncompatibleProtocolException extends Exception {

  private final int ours;
  private final ProtocolRange theirs;

  IncompatibleProtocolException(int ours, ProtocolRange theirs, String advice) {
    super("this program speaks protocol " + ours + ", the coordinator " + theirs + ": " + advice);
    this.ours = ours;
    this.theirs = theirs;
  }

  /** The protocol that this program asked for. */
  public int ours() {
    return ours;
  }

  /** The protocols that the coordinator speaks. */
  public ProtocolRange theirs() {
    return theirs;
  }
}
