package dev.retort.node.release;

import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.privacy.ApproxDp;
import dev.retort.tlog.LogUnavailableException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What a node process lives through, step by step. Each may be broken off anywhere and played again from its start. */
enum CrashScenario {

  /** From an empty directory to answers, a replay and a refusal. */
  FIRST_LIFE {
    @Override
    void prepare(Path file) {}

    @Override
    void serve(Life life) throws Exception {
      life.open(1);
      life.foresee(0, 1);
      life.ask(0);
      life.ask(1);
      life.ask(0);
      life.askTooMuch();
    }
  },

  /** A restart with a pending charge of the same data, which is completed; another one is given up. */
  RETRY {
    @Override
    void prepare(Path file) throws Exception {
      leaveChargePending(file);
    }

    @Override
    void serve(Life life) throws Exception {
      life.open(1);
      life.foresee(0, 1);
      life.ask(0);
      life.ask(1);
      life.failAndAbandon(2);
    }
  },

  /** A restart with a pending charge whose data has changed since: it is burned, and the query charged again. */
  CHANGED_DATA {
    @Override
    void prepare(Path file) throws Exception {
      leaveChargePending(file);
    }

    @Override
    void serve(Life life) throws Exception {
      life.open(2);
      life.foresee(0, 1);
      life.ask(0);
      life.ask(1);
    }
  };

  /** Covers 38 samples. */
  private static final ApproxDp GUARANTEE = new ApproxDp(1, 1e-6);

  /** What lies on the disk before the first life. */
  abstract void prepare(Path file) throws Exception;

  abstract void serve(Life life) throws Exception;

  /**
   * Plays the scenario.
   *
   * @param step told before each step
   * @param send takes {@code SAMPLE CHARGE DIGEST} of each answer as it leaves
   */
  final void play(Path file, Consumer<String> step, Consumer<String> send) throws Exception {
    try (Life life = new Life(file, step, send)) {
      serve(life);
    }
  }

  private static void leaveChargePending(Path file) throws Exception {
    try (Life life = new Life(file, step -> {}, answer -> {})) {
      life.open(1);
      life.fail(0);
    }
  }

  /** One process's time between start and end. */
  static final class Life implements AutoCloseable {

    private final PrivacyLedger ledger;
    private final LabelRelease door;
    private final Consumer<String> step;
    private final Consumer<String> send;
    private int version;

    private Life(Path file, Consumer<String> step, Consumer<String> send) throws Exception {
      this.step = step;
      this.send = send;
      this.ledger = UnsafeTestLedgers.openWatched(file, step);
      this.door = ReleaseFixture.poolingDoor(ledger, 6);
    }

    void open(int dataVersion) throws Exception {
      version = dataVersion;
      ledger.openPolicy("lung-ct", "patient", GUARANTEE);
      ReleaseFixture.bind(ledger, version);
      ledger.openCampaign(ReleaseFixture.CAMPAIGN, ReleaseFixture.MECHANISM);
    }

    /** Which answers hold pooled noise is another matter than which bytes they have. */
    void foresee(long... samples) throws Exception {
      door.foresee(Arrays.stream(samples)
          .mapToObj(sample -> ReleaseFixture.request(sample, 1))
          .toList());
    }

    void ask(long sample) throws Exception {
      Released released = (Released) door.release(ReleaseFixture.request(sample, 1), () -> {
        step.accept("answer: between charge and noise");
        return ReleaseFixture.votes(1, version);
      });
      String kind = released.replayed() ? "replay" : "answer";
      step.accept(kind + ": before sending");
      send.accept(
          sample + " " + released.chargeSeq() + " " + released.block().digest().hex());
      step.accept(kind + ": after sending");
    }

    void askTooMuch() throws Exception {
      ReleaseOutcome outcome =
          door.release(ReleaseFixture.request(100, 38), () -> ReleaseFixture.votes(38, version));
      if (!(outcome instanceof ReleaseOutcome.Refused)) {
        throw new IllegalStateException("the budget must not cover this: " + outcome);
      }
      step.accept("refusal: before sending");
    }

    void fail(long sample) throws Exception {
      try {
        door.release(ReleaseFixture.request(sample, 1), () -> {
          throw new DeviceLostException();
        });
      } catch (DeviceLostException e) {
        step.accept("failure: the charge is pending");
      }
    }

    void failAndAbandon(long sample) throws Exception {
      fail(sample);
      door.abandon(ReleaseFixture.CAMPAIGN);
    }

    @Override
    public void close() throws LogUnavailableException {
      ledger.close();
    }
  }

  private static final class DeviceLostException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** The samples that scenarios ask for. */
  static List<Long> samples() {
    return List.of(0L, 1L, 2L);
  }
}
