package dev.retort.wire;

/**
 * The wire protocols that a program speaks, both ends included.
 *
 * @param oldest at least 1
 * @param newest at least the oldest
 */
public record ProtocolRange(int oldest, int newest) {

  /** What this build speaks. */
  public static final ProtocolRange CURRENT = new ProtocolRange(2, 2);

  public ProtocolRange {
    if (oldest < 1 || newest < oldest) {
      throw new IllegalArgumentException(
          "protocols must be 1 <= oldest <= newest: " + oldest + ".." + newest);
    }
  }

  /** Whether a protocol is among them. */
  public boolean contains(int protocol) {
    return oldest <= protocol && protocol <= newest;
  }

  @Override
  public String toString() {
    return oldest == newest ? String.valueOf(oldest) : oldest + " to " + newest;
  }
}
