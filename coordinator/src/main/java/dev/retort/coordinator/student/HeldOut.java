package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import java.util.SplittableRandom;

/**
 * A deal of the answered samples into folds of equal size, within one, by a seed alone. Each fold in its turn is kept
 * from a fit and scores it.
 */
final class HeldOut {

  private static final int NONE = -1;

  private final LabelEstimate labels;
  private final int[] fold;

  private HeldOut(LabelEstimate labels, int[] fold) {
    this.labels = labels;
    this.fold = fold;
  }

  /**
   * Deals the answered samples of {@code labels}.
   *
   * @param folds at least 2
   */
  static HeldOut deal(LabelEstimate labels, int folds, long seed) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds must be >= 2: " + folds);
    }
    int[] answered = new int[labels.answered()];
    int[] fold = new int[labels.samples()];
    int filled = 0;
    for (int row = 0; row < fold.length; row++) {
      fold[row] = NONE;
      if (labels.isAnswered(row)) {
        answered[filled++] = row;
      }
    }
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < answered.length; i++) {
      int other = i + random.nextInt(answered.length - i);
      int row = answered[other];
      answered[other] = answered[i];
      fold[row] = i % folds;
    }
    return new HeldOut(labels, fold);
  }

  /** Whether sample {@code row} is in fold {@code which}. */
  boolean isIn(int row, int which) {
    return row < fold.length && fold[row] == which;
  }

  /** Writes the leading class of each sample of fold {@code which} into {@code classes}. */
  void name(int which, DenseMatrix probabilities, int[] classes) {
    for (int row = 0; row < fold.length; row++) {
      if (fold[row] == which) {
        classes[row] = probabilities.argMax(row);
      }
    }
  }

  /** The labels but for those of fold {@code which}. */
  LabelEstimate without(int which) {
    return new Part(labels, fold, which);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Part(LabelEstimate whole, int[] fold, int missing) implements LabelEstimate {

    @Override
    public int samples() {
      return whole.samples();
    }

    @Override
    public int classes() {
      return whole.classes();
    }

    @Override
    public boolean isAnswered(int row) {
      return whole.isAnswered(row) && fold[row] != missing;
    }

    @Override
    public double mean(int row, int label) {
      return whole.mean(row, label);
    }

    @Override
    public double variance(int row) {
      return whole.variance(row);
    }
  }
}
