package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.plan.RoundInput.Selection;
import java.util.Arrays;
import java.util.List;

/**
 * Unbiased estimates of the noise-free mean labels of the first samples of a transfer set, each with a variance that is
 * known exactly. Post-processing of what was released: whatever reads it costs no privacy.
 *
 * <p>Errors of different samples and classes must be independent, with a mean of 0: a sample kept from a fit says how
 * good the fit is only if its error is news to it. Immutable.
 */
public interface LabelEstimate {

  /** The count of samples, with labels or not: the first so many of the transfer set. */
  int samples();

  /** The size of the label space. */
  int classes();

  /** Whether sample {@code row} has a label. */
  boolean isAnswered(int row);

  /**
   * The unbiased mean label of sample {@code row} at class {@code label}: may be negative or above 1, and a row need not
   * sum to 1. Of an answered sample only.
   */
  double mean(int row, int label);

  /** The variance of each {@link #mean} of sample {@code row}, at least 0. Of an answered sample only. */
  double variance(int row);

  /** The count of samples with labels. */
  default int answered() {
    int answered = 0;
    for (int row = 0; row < samples(); row++) {
      answered += isAnswered(row) ? 1 : 0;
    }
    return answered;
  }

  /** What the sites' sums say. */
  static LabelEstimate of(AggregatedLabels labels) {
    return new LabelEstimate() {
      @Override
      public int samples() {
        return labels.samples();
      }

      @Override
      public int classes() {
        return labels.classes();
      }

      @Override
      public boolean isAnswered(int row) {
        return labels.isAnswered(row);
      }

      @Override
      public double mean(int row, int label) {
        return labels.mean(row, label);
      }

      @Override
      public double variance(int row) {
        return labels.variance(row);
      }
    };
  }

  /**
   * Estimates at the samples that questions were about.
   *
   * @param inOrder question by question
   * @param selections of rounds, the questions in order
   * @param samples the transfer set's
   */
  static LabelEstimate of(LabelEstimate inOrder, List<Selection> selections, int samples) {
    int[] question = new int[samples];
    Arrays.fill(question, -1);
    int asked = 0;
    for (Selection selection : selections) {
      for (int sample : selection.samples()) {
        question[sample] = asked++;
      }
    }
    return new LabelEstimate() {
      @Override
      public int samples() {
        return samples;
      }

      @Override
      public int classes() {
        return inOrder.classes();
      }

      @Override
      public boolean isAnswered(int row) {
        return question[row] >= 0 && inOrder.isAnswered(question[row]);
      }

      @Override
      public double mean(int row, int label) {
        return inOrder.mean(question[row], label);
      }

      @Override
      public double variance(int row) {
        return inOrder.variance(question[row]);
      }
    };
  }
}
