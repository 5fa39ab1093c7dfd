package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;

/**
 * Mean labels as they were observed, each with the variance of its noise.
 *
 * @param means samples by classes; unbiased, so entries may be negative
 * @param variances of each sample's entries; infinite where nobody answered
 * @param spread what a variance is to be multiplied by, so that differences of two classes taken for independent have
 *     the variance that they really have
 */
@SuppressWarnings("ArrayRecordComponent") // used within this package, and never compared
record ObservedLabels(DenseMatrix means, double[] variances, double spread) {

  /** The labels as they were released. */
  static ObservedLabels of(LabelEstimate labels) {
    DenseMatrix means = new DenseMatrix(labels.samples(), labels.classes());
    double[] variances = new double[labels.samples()];
    for (int row = 0; row < variances.length; row++) {
      variances[row] = labels.isAnswered(row) ? labels.variance(row) : Double.POSITIVE_INFINITY;
      for (int c = 0; c < labels.classes() && labels.isAnswered(row); c++) {
        means.set(row, c, labels.mean(row, c));
      }
    }
    return new ObservedLabels(means, variances, 1);
  }

  /**
   * The same labels, made to sum to 1 as the noise-free ones do. Of independent noise of variance v in C classes that
   * leaves v (1 - 1 / C) in each, and the differences of classes, with their noise, as they were.
   */
  ObservedLabels summingToOne() {
    int classes = classes();
    DenseMatrix projected = new DenseMatrix(samples(), classes);
    double[] less = new double[samples()];
    for (int row = 0; row < less.length; row++) {
      double excess = -1;
      for (int c = 0; c < classes; c++) {
        excess += means.get(row, c);
      }
      for (int c = 0; c < classes; c++) {
        projected.set(row, c, means.get(row, c) - excess / classes);
      }
      less[row] = variances[row] * (classes - 1) / classes;
    }
    return new ObservedLabels(projected, less, spread * classes / (classes - 1));
  }

  int samples() {
    return means.rows();
  }

  int classes() {
    return means.columns();
  }

  boolean isAnswered(int row) {
    return variances[row] < Double.POSITIVE_INFINITY;
  }

  double mean(int row, int label) {
    return means.get(row, label);
  }

  double variance(int row) {
    return variances[row];
  }
}
