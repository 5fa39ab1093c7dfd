package dev.retort.audit;

import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.Erfcx;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * The trade-off between two unit-variance Gaussians whose means lie mu apart, and the (epsilon, delta) curve of it
 * (Dong, Roth, Su 2019, Corollary 2.13; Balle, Wang 2018, Theorem 8).
 */
final class GaussianTradeOff {

  private static final double SQRT_2 = Math.sqrt(2);
  private static final double EVALUATION_ERROR = 1e-12;
  private static final double RELATIVE_WIDTH = 1e-14;

  private GaussianTradeOff() {}

  /** The mu at which a test has these error rates: Phi^-1(1 - falsePositive) - Phi^-1(falseNegative). */
  static double mu(double falsePositiveRate, double falseNegativeRate) {
    return SQRT_2
        * (InverseErfc.value(2 * falsePositiveRate) + InverseErfc.value(2 * falseNegativeRate));
  }

  /** delta(epsilon) = Phi(-epsilon/mu + mu/2) - e^epsilon Phi(-epsilon/mu - mu/2), for mu > 0. */
  static double delta(double epsilon, double mu) {
    double near = epsilon / mu - mu / 2;
    double far = epsilon / mu + mu / 2;
    // far^2 - near^2 = 2 epsilon, so that e^epsilon meets the tail's own exponential and neither
    // overflows.
    double scale = Math.exp(-near * near / 2) / 2;
    if (near > 0) {
      return scale * (Erfcx.value(near / SQRT_2) - Erfcx.value(far / SQRT_2));
    }
    return Erfc.value(near / SQRT_2) / 2 - scale * Erfcx.value(far / SQRT_2);
  }

  /**
   * The epsilon of {@code mu} at {@code delta}, rounded down: never above the exact value, below it by less than 1e-8 of
   * it plus 1e-8. 0 if no more can be said.
   *
   * @param delta in (0, 1)
   */
  static double epsilonBelow(double mu, double delta) {
    if (!(delta > 0) || !(delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1): " + delta);
    }
    double enough = delta * (1 + EVALUATION_ERROR) + 0x1p-1000;
    if (!(mu > 0) || delta(0, mu) <= enough) {
      return 0;
    }
    double low = 0;
    double high = 1;
    while (delta(high, mu) > enough) {
      low = high;
      high *= 2;
    }
    while (high - low > RELATIVE_WIDTH * high) {
      double middle = low + (high - low) / 2;
      if (delta(middle, mu) > enough) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
