package dev.retort.coordinator.student;

import dev.retort.coordinator.student.DistillationReport.Trial;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether what the classifier of an earlier study of class sums says joins the targets that labels give, decided by labels held
 * out, from released numbers and public samples.
 *
 * @param classifier what it says of each sample; null if it does not join
 * @param reason why, for the report
 * @param trials what was compared
 */
record Joining(@Nullable StudentTargets classifier, String reason, List<Trial> trials) {

  /**
   * How many standard errors labels alone must be ahead for the classifier to be left, which has been paid for: 1 in 44 times
   * where there is no difference.
   */
  static final double CLEAR = 2;

  private static final int FOLDS = 5;

  Joining {
    trials = List.copyOf(trials);
  }

  /** Nothing joins. */
  static Joining none() {
    return new Joining(null, "none: student.after names no study", List.of());
  }

  /**
   * Decides. Each fifth of the answered samples is named in turn from the labels of the others, with the classifier, which saw
   * no label, and without; costs five more fits of the posterior.
   *
   * @param classifier what it says of each sample
   * @param labels of the same samples
   * @param selfTraining whether targets of labels are self-trained
   * @param seed which samples are dealt to which fold
   */
  static Joining of(
      StudentTargets classifier,
      LabelEstimate labels,
      Smoothing smoothing,
      boolean selfTraining,
      long seed) {
    int[] alone = new int[labels.samples()];
    int[] joined = new int[labels.samples()];
    Arrays.fill(alone, HeldOutGain.NOT_HELD_OUT);
    Arrays.fill(joined, HeldOutGain.NOT_HELD_OUT);
    HeldOut heldOut = HeldOut.deal(labels, FOLDS, seed);
    for (int fold = 0; fold < FOLDS; fold++) {
      LabelEstimate rest = heldOut.without(fold);
      if (rest.answered() > 0) {
        StudentTargets targets = StudentTargets.of(smoothing.of(rest), selfTraining);
        heldOut.name(fold, targets.probabilities(), alone);
        heldOut.name(fold, targets.joinedBy(classifier).probabilities(), joined);
      }
    }
    HeldOutGain gain = HeldOutGain.of(labels, alone, joined);
    boolean left = gain.deviations() > CLEAR;
    return new Joining(
        left ? null : classifier,
        String.format(
            Locale.ROOT,
            left
                ? "left: on labels held out, labels alone are ahead by %.1f standard errors, more than %.1f"
                : "joined: on labels held out, labels alone are ahead by %.1f standard errors, not more than %.1f",
            gain.deviations(),
            CLEAR),
        List.of(Trial.of("labels alone", "with the earlier study's classifier", gain, left)));
  }

  /** {@code targets} of labels, joined by the classifier if it joins. */
  StudentTargets join(StudentTargets targets) {
    return classifier == null ? targets : targets.joinedBy(classifier);
  }
}
