package dev.retort.coordinator.student;

import dev.retort.coordinator.student.DistillationReport.Trial;
import dev.retort.plan.AutoSwitch;
import java.util.List;
import java.util.Locale;

/**
 * Whether the student is held to say the same of strong variations of a sample, decided from released labels and public
 * numbers: the known noise says whether there is anything to gain, and students trained without a fifth of the labels
 * whether it does harm.
 *
 * @param open whether it is
 * @param reason why, for the report
 * @param trials what was compared
 */
record ConsistencyGate(boolean open, String reason, List<Trial> trials) {

  ConsistencyGate {
    trials = List.copyOf(trials);
  }

  /** Asked for how many more of the votes held out a student without consistency wins than one with it. */
  interface Comparison {
    HeldOutGain plainGain() throws InterruptedException;
  }

  /** Whether {@link #of} may ask for a comparison, of two students. */
  static boolean compares(AutoSwitch asked, boolean canHoldOut, double score) {
    return asked == AutoSwitch.AUTO && canHoldOut && score > Gate.NOISE;
  }

  /**
   * Decides.
   *
   * @param canHoldOut whether there are labels enough to hold some out
   * @param score the noise that the denoiser lets through, see {@link DistillationReport#noiseScore}
   * @param comparison asked if it comes to that
   */
  static ConsistencyGate of(
      AutoSwitch asked, boolean canHoldOut, double score, Comparison comparison)
      throws InterruptedException {
    if (asked != AutoSwitch.AUTO) {
      return asPlanned(asked);
    }
    if (!canHoldOut) {
      return new ConsistencyGate(false, "off: no label can be held out of one", List.of());
    }
    if (!compares(asked, canHoldOut, score)) {
      return new ConsistencyGate(
          false,
          String.format(Locale.ROOT, "off: noise score %.4f is not above %.3f", score, Gate.NOISE),
          List.of());
    }
    HeldOutGain plain = comparison.plainGain();
    boolean open = plain.deviations() <= Gate.CLEAR;
    return new ConsistencyGate(
        open,
        String.format(
            Locale.ROOT,
            "%s: noise score %.4f is above %.3f, %s on labels held out a student without it is ahead by %.1f standard"
                + " errors, %s than %.1f",
            open ? "on" : "off",
            score,
            Gate.NOISE,
            open ? "and" : "but",
            plain.deviations(),
            open ? "not more" : "more",
            Gate.CLEAR),
        List.of(Trial.of("without consistency", "with consistency", plain, !open)));
  }

  /** The same for class sums, which release no label of a sample that could be held out. */
  static ConsistencyGate ofClassSums(AutoSwitch asked) {
    return asked == AutoSwitch.AUTO
        ? new ConsistencyGate(false, "off: class sums label no sample", List.of())
        : asPlanned(asked);
  }

  private static ConsistencyGate asPlanned(AutoSwitch asked) {
    boolean on = asked == AutoSwitch.ON;
    return new ConsistencyGate(on, (on ? "on" : "off") + ", as the plan says", List.of());
  }
}
