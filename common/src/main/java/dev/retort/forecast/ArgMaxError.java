package dev.retort.forecast;

import java.util.List;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * The probability that Gaussian noise on every class makes another class than the leading one the largest.
 *
 * <p>Given the leader's own noise z, in standard deviations, the others are independent, so that with leads g
 *
 * <pre>P(error) = integral of phi(z) (1 - product over rivals of Phi(z + g)) dz,</pre>
 *
 * <p>computed by the trapezoidal rule, which for an integrand this smooth is exact to the rounding of doubles. Ties of
 * integer noise count half.
 */
final class ArgMaxError {

  /** Beyond this many standard deviations the density is below 1e-318. */
  private static final double REACH = 38;

  private static final double STEP = 1.0 / 16;

  private ArgMaxError() {}

  /**
   * Classes that are behind.
   *
   * @param lead how far the leading class is above each, at least 0
   * @param count how many there are, at least 1
   */
  record Rival(double lead, int count) {
    Rival {
      // A share that should be 0 may be computed as -1e-17.
      if (!(lead >= -1e-9) || count < 1) {
        throw new IllegalArgumentException(
            "lead must be >= 0 and count >= 1: " + lead + ", " + count);
      }
      lead = Math.max(0, lead);
    }
  }

  /**
   * The probability, within 1e-13 of its value.
   *
   * @param rivals all other classes
   * @param sigma the noise's standard deviation in the leads' unit, above 0
   */
  static double probability(List<Rival> rivals, double sigma) {
    if (!(sigma > 0)) {
      throw new IllegalArgumentException("sigma must be > 0: " + sigma);
    }
    int steps = (int) (REACH / STEP);
    double sum = 0;
    for (int i = -steps; i <= steps; i++) {
      double z = i * STEP;
      double logProduct = 0;
      for (Rival rival : rivals) {
        double overtakes = 0.5 * Erfc.value((z + rival.lead() / sigma) / Math.sqrt(2));
        logProduct += rival.count() * Math.log1p(-overtakes);
      }
      // The complement directly, so that a small probability keeps its digits.
      sum += Math.exp(-z * z / 2) * -Math.expm1(logProduct);
    }
    return Math.min(1, sum * STEP / Math.sqrt(2 * Math.PI));
  }
}
