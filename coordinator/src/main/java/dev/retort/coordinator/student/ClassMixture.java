package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;

/**
 * Groups samples whose posterior mean labels are alike: a mixture of one Gaussian a class with a shared spread, begun at
 * the arg max and refined by expectation maximisation.
 *
 * <p>Weak teachers name some classes too often and others hardly ever, and shrinkage draws every label towards the
 * average, so the arg max favours the common classes. A class's own mean label is a sum over all its samples, in which
 * noise and shrinkage cancel.
 */
final class ClassMixture {

  private static final int ITERATIONS = 3;

  private ClassMixture() {}

  /**
   * The probability of each class for each sample, samples by classes: the mean of two refinements, one step from soft
   * shares and several from hard ones. The first errs where noise is large, the second where classes overlap.
   *
   * @param labels posterior mean labels
   * @param likely the chance that each class leads its sample's label
   */
  static DenseMatrix responsibilities(DenseMatrix labels, DenseMatrix likely) {
    DenseMatrix hard = new DenseMatrix(labels.rows(), labels.columns());
    for (int row = 0; row < labels.rows(); row++) {
      hard.set(row, labels.argMax(row), 1);
    }
    for (int i = 0; i < ITERATIONS; i++) {
      hard = refined(labels, hard);
    }
    DenseMatrix soft = refined(labels, likely);
    DenseMatrix mean = hard;
    for (int i = 0; i < mean.array().length; i++) {
      mean.array()[i] = (hard.array()[i] + soft.array()[i]) / 2;
    }
    return mean;
  }

  private static DenseMatrix refined(DenseMatrix labels, DenseMatrix shares) {
    int classes = labels.columns();
    double[] ones = new double[labels.rows()];
    java.util.Arrays.fill(ones, 1);
    DenseMatrix centres = shares.transposeTimes(ones, labels);
    double[] counts = new double[classes];
    for (int row = 0; row < shares.rows(); row++) {
      for (int c = 0; c < classes; c++) {
        counts[c] += shares.get(row, c);
      }
    }
    for (int c = 0; c < classes; c++) {
      for (int k = 0; k < classes; k++) {
        centres.set(c, k, counts[c] > 0 ? centres.get(c, k) / counts[c] : 0);
      }
    }
    DenseMatrix squared = new DenseMatrix(labels.rows(), classes);
    double spread = 0;
    for (int row = 0; row < labels.rows(); row++) {
      for (int c = 0; c < classes; c++) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
          double difference = labels.get(row, k) - centres.get(c, k);
          sum += difference * difference;
        }
        // A class that nobody names has no mean label, and gets no samples.
        squared.set(row, c, counts[c] > 0 ? sum : Double.POSITIVE_INFINITY);
        spread += shares.get(row, c) > 0 ? shares.get(row, c) * sum : 0;
      }
    }
    double variance = Math.max(1e-9, spread / labels.rows() / classes);
    DenseMatrix result = new DenseMatrix(labels.rows(), classes);
    for (int row = 0; row < labels.rows(); row++) {
      double[] logits = new double[classes];
      for (int c = 0; c < classes; c++) {
        logits[c] = -squared.get(row, c) / (2 * variance);
      }
      result.setSoftmax(row, logits, 1);
    }
    return result;
  }
}
