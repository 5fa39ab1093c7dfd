package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import java.util.Arrays;

/**
 * A Gaussian prior on the coefficients of a basis, with the normal equations of a least-squares fit: what the fit finds
 * and how likely that makes the observations.
 */
final class CoefficientPrior {

  private final DenseMatrix right;
  private final double[] deviation;
  private final DenseMatrix factor;

  /**
   * A prior and a fit.
   *
   * @param gram of the basis, each row weighted by its precision
   * @param right the basis times the weighted observations, one column a class
   * @param deviation of each coefficient under the prior
   */
  CoefficientPrior(DenseMatrix gram, DenseMatrix right, double[] deviation) {
    int n = gram.rows();
    this.right = right;
    this.deviation = deviation.clone();
    DenseMatrix whitened = DenseMatrix.of(
        n,
        n,
        i -> deviation[i / n] * gram.get(i / n, i % n) * deviation[i % n]
            + (i / n == i % n ? 1 : 0));
    this.factor = whitened.cholesky();
  }

  /** Deviations that fall with roughness: the variance of coefficient k is scale * exp(-smoothness * roughness_k). */
  static double[] deviations(double[] roughness, double smoothness, double scale) {
    return Arrays.stream(roughness)
        .map(each -> Math.sqrt(scale * Math.exp(-smoothness * each)))
        .toArray();
  }

  /** Half the log determinant of the fit's precision against the prior's: what the fit pays for its freedom. */
  double halfLogDeterminant() {
    double sum = 0;
    for (int k = 0; k < deviation.length; k++) {
      sum += Math.log(factor.get(k, k));
    }
    return sum;
  }

  /** The part of the log evidence that the prior changes. */
  double evidence() {
    double sum = -right.columns() * halfLogDeterminant();
    DenseMatrix half = factor.solveLower(scaledByRow(right));
    for (double value : half.array()) {
      sum += value * value / 2;
    }
    return sum;
  }

  /** The posterior mean of the coefficients, one column a class. */
  DenseMatrix coefficients() {
    return covariance().times(right);
  }

  /** The posterior covariance of the coefficients of one class. */
  DenseMatrix covariance() {
    int n = deviation.length;
    DenseMatrix half =
        factor.solveLower(DenseMatrix.of(n, n, i -> i / n == i % n ? deviation[i / n] : 0));
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return half.transposeTimes(ones, half);
  }

  private DenseMatrix scaledByRow(DenseMatrix matrix) {
    int width = matrix.columns();
    return DenseMatrix.of(
        matrix.rows(), width, i -> deviation[i / width] * matrix.get(i / width, i % width));
  }
}
