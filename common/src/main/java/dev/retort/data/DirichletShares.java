package dev.retort.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Shares drawn from a symmetric Dirichlet distribution; the same on every platform, hence {@link StrictMath}. */
final class DirichletShares {

  private DirichletShares() {}

  /**
   * Draws {@code count} shares that sum to 1 but for rounding.
   *
   * @param alpha the concentration, positive and finite
   */
  static double[] draw(int count, double alpha, SplittableRandom random) {
    if (!(alpha > 0) || !Double.isFinite(alpha)) {
      throw new IllegalArgumentException("alpha must be > 0 and finite: " + alpha);
    }
    // Logarithms, because gamma variates of a small alpha underflow.
    double[] logs = new double[count];
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      logs[i] = logGamma(alpha, random);
      greatest = Math.max(greatest, logs[i]);
    }
    double shift = greatest;
    double[] shares =
        Arrays.stream(logs).map(log -> StrictMath.exp(log - shift)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }

  /** The logarithm of a Gamma(alpha, 1) variate: Marsaglia and Tsang 2000, with their boost for alpha below 1. */
  private static double logGamma(double alpha, SplittableRandom random) {
    if (alpha < 1) {
      // X U^(1/alpha) is Gamma(alpha) for X of Gamma(alpha + 1).
      return logGamma(alpha + 1, random) + StrictMath.log(positive(random)) / alpha;
    }
    double d = alpha - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = gaussian(random);
      double v = StrictMath.pow(1 + c * x, 3);
      if (v > 0
          && StrictMath.log(positive(random)) < 0.5 * x * x + d * (1 - v + StrictMath.log(v))) {
        return StrictMath.log(d) + StrictMath.log(v);
      }
    }
  }

  /** Box and Muller's cosine branch; SplittableRandom has no Gaussian that every release computes alike. */
  private static double gaussian(SplittableRandom random) {
    return StrictMath.sqrt(-2 * StrictMath.log(positive(random)))
        * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }

  private static double positive(SplittableRandom random) {
    return 1 - random.nextDouble();
  }
}
