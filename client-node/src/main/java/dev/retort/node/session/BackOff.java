package dev.retort.node.session;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Waits that double up to a limit, each drawn anew between a half and the whole, so that many nodes do not return
 * together. Not safe for use by several threads.
 */
final class BackOff {

  private final Duration first;
  private final Duration longest;
  // Spreads attempts over time and hides nothing: predictable is good enough.
  private final SplittableRandom jitter;
  private int failures;

  BackOff(Duration first, Duration longest, long seed) {
    this.first = first;
    this.longest = longest;
    this.jitter = new SplittableRandom(seed);
  }

  /** The wait after one more failure. */
  Duration next() {
    long ceiling = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures, 20));
    failures++;
    return Duration.ofMillis(ceiling / 2 + jitter.nextLong(ceiling / 2 + 1));
  }

  /** Begins anew: something worked. */
  void reset() {
    failures = 0;
  }
}
