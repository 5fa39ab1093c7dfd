package dev.retort.coordinator.student;

import java.util.Arrays;

/**
 * Whether plain targets name classes better than self-training does, by labels held out: each fifth of the answered
 * samples is named in turn from the labels of the others, with the graph as the student, so that every noised label
 * counts once and no network is trained. Costs five more fits of the posterior.
 */
final class SelfTrainingTrial {

  private static final int FOLDS = 5;

  private SelfTrainingTrial() {}

  /**
   * The gain of plain targets over self-training.
   *
   * @param seed which samples are dealt to which fold
   */
  static HeldOutGain run(LabelEstimate labels, Smoothing smoothing, long seed) {
    HeldOut heldOut = HeldOut.deal(labels, FOLDS, seed);
    int[] plain = new int[labels.samples()];
    int[] selfTrained = new int[labels.samples()];
    Arrays.fill(plain, HeldOutGain.NOT_HELD_OUT);
    Arrays.fill(selfTrained, HeldOutGain.NOT_HELD_OUT);
    for (int fold = 0; fold < FOLDS; fold++) {
      LabelEstimate rest = heldOut.without(fold);
      if (rest.answered() > 0) {
        LabelPosterior posterior = smoothing.of(rest);
        heldOut.name(fold, StudentTargets.of(posterior, false).probabilities(), plain);
        heldOut.name(fold, StudentTargets.of(posterior, true).probabilities(), selfTrained);
      }
    }
    return HeldOutGain.of(labels, plain, selfTrained);
  }
}
