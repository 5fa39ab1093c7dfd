package dev.retort.node.session;

/** A witness does not take this node's ledger; the message says why. */
final class WitnessRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  WitnessRefusedException(String message) {
    super(message);
  }
}
