package dev.retort.node.release;

import dev.retort.tlog.LogUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets what became of a request leave only on a tick of the clock, whatever it is: an answer, a replay, a refusal or a
 * failure. So how long it took to come by shows only as a whole number of ticks.
 *
 * <p>Ticks are the whole multiples of a period since 1970. An outcome is held until the first tick at or after a deadline
 * that nothing private enters: the request's arrival plus an allowance. Only work that outlasts it is seen to, and then
 * leaves on the first tick after its end. Safe for use by several threads.
 */
public final class ReleaseTick {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Duration period;
  private final Duration allowance;
  private final InstantSource clock;
  private final Sleeper sleeper;

  /** Waits; in tests, by moving the clock. */
  interface Sleeper {

    /** Returns after about {@code duration}, or earlier. */
    void sleep(Duration duration) throws InterruptedException;
  }

  /** Makes an outcome. */
  @FunctionalInterface
  public interface Work<T> {

    /** The outcome of a request. */
    T run() throws LogUnavailableException;
  }

  /**
   * A tick every {@code period}.
   *
   * @param period above zero, or zero to hold nothing back
   * @param allowance the time that every request is given, at least zero
   */
  public ReleaseTick(Duration period, Duration allowance, InstantSource clock) {
    this(period, allowance, clock, ReleaseTick::park);
  }

  ReleaseTick(Duration period, Duration allowance, InstantSource clock, Sleeper sleeper) {
    if (period.isNegative() || allowance.isNegative()) {
      throw new IllegalArgumentException(
          "period and allowance must be >= 0: " + period + ", " + allowance);
    }
    this.period = period;
    this.allowance = allowance;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /**
   * Does the work, and returns or throws what became of it on a tick.
   *
   * @throws InterruptedException if the wait is given up; what the work made must then not leave
   */
  public <T> T hold(Work<T> work) throws LogUnavailableException, InterruptedException {
    if (period.isZero()) {
      return work.run();
    }
    Instant deadline = clock.instant().plus(allowance);
    try {
      return work.run();
    } finally {
      awaitTick(deadline);
    }
  }

  private void awaitTick(Instant deadline) throws InterruptedException {
    Instant now = clock.instant();
    Instant leave = tickFrom(now.isBefore(deadline) ? deadline : now);
    while (now.isBefore(leave)) {
      Duration left = Duration.between(now, leave);
      // Only a clock set back makes it longer; an answer must not wait for an hour because of that.
      if (left.compareTo(allowance.plus(period)) > 0) {
        leave = tickFrom(now.plus(allowance));
        left = Duration.between(now, leave);
      }
      sleeper.sleep(left);
      now = clock.instant();
    }
  }

  /** The first tick at or after {@code earliest}. */
  private Instant tickFrom(Instant earliest) {
    long nanos = Math.addExact(
        Math.multiplyExact(earliest.getEpochSecond(), NANOS_PER_SECOND), earliest.getNano());
    return earliest.plusNanos(Math.floorMod(-nanos, period.toNanos()));
  }

  // Thread.sleep would round to whole milliseconds, and what was rounded off would tell the
  // work's time after all.
  private static void park(Duration duration) throws InterruptedException {
    LockSupport.parkNanos(duration.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException("while waiting for the tick");
    }
  }
}
