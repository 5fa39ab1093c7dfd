package dev.retort.accounting;

import java.util.List;

/**
 * The privacy loss of discrete Gaussian noise by the definition: the law of each coordinate's loss, convolved term by term.
 * All terms are positive, so that nothing cancels; each figure is within 1e-13 of itself. For small sigma and few queries.
 */
final class DiscreteConvolution {

  // Beyond 14 standard deviations lies less than 1e-43.
  private static final int REACH = 14;

  private final double step;
  private final double offset;
  // Masses at the indices -half .. half.
  private final double[] mass;

  DiscreteConvolution(double sigma, List<Long> change, int count) {
    this.step = 1 / (sigma * sigma);
    double[] sum = {1};
    double halfSquares = 0;
    for (int query = 0; query < count; query++) {
      for (long c : change) {
        sum = convolve(sum, coordinate(sigma, (int) Math.abs(c)));
        halfSquares += c * c / 2.0;
      }
    }
    this.offset = halfSquares * step;
    this.mass = sum;
  }

  private static double[] coordinate(double sigma, int c) {
    int most = (int) Math.ceil(REACH * sigma);
    double normaliser = 0;
    for (int z = most; z >= 1; z--) {
      normaliser += 2 * Math.exp(-z * z / (2 * sigma * sigma));
    }
    normaliser += 1;
    double[] law = new double[2 * most * c + 1];
    for (int z = -most; z <= most; z++) {
      law[(most + z) * c] = Math.exp(-z * z / (2 * sigma * sigma)) / normaliser;
    }
    return law;
  }

  private static double[] convolve(double[] a, double[] b) {
    double[] sum = new double[a.length + b.length - 1];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        sum[i + j] += a[i] * b[j];
      }
    }
    return sum;
  }

  private double loss(int i) {
    return offset + (i - mass.length / 2) * step;
  }

  double delta(double epsilon) {
    double sum = 0;
    for (int i = mass.length - 1; i >= 0 && loss(i) > epsilon; i--) {
      sum += mass[i] * -Math.expm1(epsilon - loss(i));
    }
    return sum;
  }

  double epsilon(double delta) {
    if (delta(0) <= delta) {
      return 0;
    }
    double low = 0;
    double high = loss(mass.length - 1);
    for (int i = 0; i < 80; i++) {
      double middle = (low + high) / 2;
      if (delta(middle) > delta) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The Renyi divergence of order {@code alpha}: ln E exp((alpha - 1) loss) / (alpha - 1). */
  double renyi(double alpha) {
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      sum += mass[i] * Math.exp((alpha - 1) * loss(i));
    }
    return Math.log(sum) / (alpha - 1);
  }
}
