package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.node.release.ReleaseOutcome.Refused;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.privacy.ApproxDp;
import dev.retort.tlog.LogUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By a clock that only sleeping, and the work itself, moves. */
class ReleaseTickTest {

  private static final Instant TICK = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration PERIOD = Duration.ofMillis(100);
  private static final Duration ALLOWANCE = Duration.ofMillis(50);

  @TempDir
  Path directory;

  private Instant now = TICK;
  private final List<Duration> slept = new ArrayList<>();
  private final InstantSource clock = () -> now;
  private final ReleaseTick tick = new ReleaseTick(PERIOD, ALLOWANCE, clock, this::sleep);

  private void sleep(Duration duration) {
    slept.add(duration);
    now = now.plus(duration);
  }

  private void passes(long micros) {
    now = now.plusNanos(1000 * micros);
  }

  @Test
  void hold_releasedReplayedRefusedOrFailed_allLeaveOnTheSameTick() throws Exception {
    try (PrivacyLedger ledger = UnsafeTestLedgers.open(directory.resolve("ledger.db"))) {
      ReleaseFixture.openPolicy(ledger, new ApproxDp(1, 1e-6));
      LabelRelease door = ReleaseFixture.door(ledger);

      assertThat(atTick(7_000, () -> answer(door, 0, 4))).isInstanceOf(Released.class);
      assertThat(atTick(1_300, () -> answer(door, 0, 4)))
          .isInstanceOfSatisfying(
              Released.class, again -> assertThat(again.replayed()).isTrue());
      assertThat(atTick(49_999, () -> answer(door, 50, 38))).isInstanceOf(Refused.class);
      assertThatThrownBy(() -> atTick(
              40_000,
              () -> door.release(ReleaseFixture.request(90, 1), () -> {
                throw new IllegalStateException("device lost");
              })))
          .hasMessage("device lost");
      assertThat(now).isEqualTo(TICK.plus(PERIOD));
      assertThatThrownBy(() -> atTick(3, () -> {
            throw new LogUnavailableException("disk full");
          }))
          .hasMessage("disk full");
      assertThat(now).isEqualTo(TICK.plus(PERIOD));
    }
  }

  private static ReleaseOutcome answer(LabelRelease door, long first, int count)
      throws LogUnavailableException {
    return door.release(ReleaseFixture.request(first, count), () -> ReleaseFixture.votes(count));
  }

  /** From 1 ms past a tick, work that takes so long; what it gave, if it left on the next tick. */
  private ReleaseOutcome atTick(long micros, ReleaseTick.Work<ReleaseOutcome> work)
      throws Exception {
    now = TICK.plusMillis(1);
    ReleaseOutcome outcome = tick.hold(() -> {
      passes(micros);
      return work.run();
    });
    assertThat(now).isEqualTo(TICK.plus(PERIOD));
    return outcome;
  }

  @Test
  void hold_deadlineOnATick_leavesOnIt() throws Exception {
    now = TICK.minus(ALLOWANCE);
    assertThat(tick.hold(() -> "answer")).isEqualTo("answer");
    assertThat(now).isEqualTo(TICK);
  }

  @Test
  void hold_deadlineJustPastATick_leavesOnTheNext() throws Exception {
    now = TICK.minus(ALLOWANCE).plusNanos(1);
    tick.hold(() -> "answer");
    assertThat(now).isEqualTo(TICK.plus(PERIOD));
  }

  @Test
  void hold_workThatOutlastsTheDeadline_leavesOnTheFirstTickAfterIt() throws Exception {
    tick.hold(() -> {
      passes(250_001);
      return "answer";
    });
    assertThat(now).isEqualTo(TICK.plusMillis(300));
    // One that ends on a tick leaves on it.
    tick.hold(() -> {
      passes(200_000);
      return "answer";
    });
    assertThat(now).isEqualTo(TICK.plusMillis(500));
  }

  @Test
  void hold_sleepThatEndsEarly_goesOnWaiting() throws Exception {
    ReleaseTick restless = new ReleaseTick(PERIOD, ALLOWANCE, clock, duration -> {
      slept.add(duration);
      now = now.plusNanos(Math.max(1, duration.toNanos() / 2));
    });
    restless.hold(() -> "answer");
    assertThat(now).isEqualTo(TICK.plus(PERIOD));
    assertThat(slept).hasSizeGreaterThan(10);
  }

  @Test
  void hold_clockSetBack_waitsNoLongerThanAllowanceAndPeriod() throws Exception {
    tick.hold(() -> {
      now = TICK.minusSeconds(3600).plusMillis(10);
      return "answer";
    });
    assertThat(slept.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThanOrEqualTo(ALLOWANCE.plus(PERIOD));
    assertThat(now).isEqualTo(TICK.minusSeconds(3600).plusMillis(100));
  }

  @Test
  void hold_periodZero_holdsNothingBack() throws Exception {
    ReleaseTick off = ReleasePace.unobserved().on(clock);
    assertThat(off.hold(() -> "answer")).isEqualTo("answer");
    assertThat(slept).isEmpty();
  }

  @Test
  void hold_interruptedWait_letsNothingOut() {
    ReleaseTick real = new ReleaseTick(PERIOD, ALLOWANCE, clock);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> real.hold(() -> "answer")).isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void hold_realClock_givesTheOutcomeInTheEnd() throws Exception {
    ReleaseTick fine = new ReleasePace(Duration.ofMillis(2), true).on(InstantSource.system());
    assertThat(fine.hold(() -> "answer")).isEqualTo("answer");
  }

  @Test
  void releaseTick_negative_isRefusedByName() {
    assertThatThrownBy(() -> new ReleaseTick(PERIOD.negated(), ALLOWANCE, clock))
        .hasMessage("period and allowance must be >= 0: PT-0.1S, PT0.05S");
    assertThatThrownBy(() -> new ReleaseTick(PERIOD, ALLOWANCE.negated(), clock))
        .hasMessageStartingWith("period and allowance must be >= 0");
  }
}
