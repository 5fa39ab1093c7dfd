package dev.retort.node.session;

import java.time.Duration;

/**
 * How patient a session is.
 *
 * @param callDeadline after which a small call has failed
 * @param submitDeadline after which a submission of labels has failed
 * @param firstDelay the longest wait before the first new attempt after a failure; it doubles with every further failure
 * @param longestDelay the longest wait between two attempts
 * @param attempts how often a call is tried before the stream is dropped and the coordinator's orders are awaited anew
 */
public record SessionSettings(
    Duration callDeadline,
    Duration submitDeadline,
    Duration firstDelay,
    Duration longestDelay,
    int attempts) {

  public SessionSettings {
    requirePositive("callDeadline", callDeadline);
    requirePositive("submitDeadline", submitDeadline);
    requirePositive("firstDelay", firstDelay);
    requirePositive("longestDelay", longestDelay);
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be >= 1: " + attempts);
    }
  }

  /** What suits a hospital's line: half a minute a call, up to a minute between attempts. */
  public static SessionSettings standard() {
    return new SessionSettings(
        Duration.ofSeconds(30),
        Duration.ofMinutes(10),
        Duration.ofMillis(500),
        Duration.ofMinutes(1),
        5);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
  }
}
