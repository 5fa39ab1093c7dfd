package dev.retort.node.release;

import java.time.Duration;
import java.time.InstantSource;

/**
 * What a site does so that the time of its answers tells nothing of their noise.
 *
 * @param tick outcomes leave on whole multiples of this: at least a millisecond and at most 10 seconds, or zero to send
 *     each as soon as it is there
 * @param pool whether the noise of releases that are foreseen is drawn ahead of them
 */
public record ReleasePace(Duration tick, boolean pool) {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  public ReleasePace {
    if (!tick.isZero() && (tick.compareTo(SHORTEST) < 0 || tick.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(
          "release.tick must be in [PT0.001S, PT10S], or PT0S for none: " + tick);
    }
  }

  /** Neither tick nor pool: for a simulation, whose answers nobody times. */
  public static ReleasePace unobserved() {
    return new ReleasePace(Duration.ZERO, false);
  }

  /**
   * The tick, by {@code clock}. A request is allowed half a period: one that comes right after a tick, as in a run of
   * them, then leaves on the next.
   */
  public ReleaseTick on(InstantSource clock) {
    return new ReleaseTick(tick, tick.dividedBy(2), clock);
  }
}
