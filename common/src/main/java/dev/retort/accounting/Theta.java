package dev.retort.accounting;

/** The normaliser of a shifted discrete Gaussian, theta(s) = sum over integers x of exp(-(x - s)^2 / (2 sigma^2)). */
final class Theta {

  private Theta() {}

  /** ln(theta(shift) / theta(0)): 0 at whole shifts and below 0 between. */
  static double logRatio(double sigma, double shift) {
    double fraction = shift - Math.rint(shift);
    if (fraction == 0) {
      return 0;
    }
    if (sigma >= 0.4) {
      return logPoisson(sigma, fraction) - logPoisson(sigma, 0);
    }
    return logDirect(sigma, fraction) - logDirect(sigma, 0);
  }

  /** ln theta(0), the logarithm of the discrete Gaussian's normaliser. */
  static double logNormaliser(double sigma) {
    return sigma >= 0.4
        ? Math.log(sigma * Math.sqrt(2 * Math.PI)) + logPoisson(sigma, 0)
        : logDirect(sigma, 0);
  }

  // Poisson summation: theta(s) / (sigma sqrt(2 pi)) = 1 + 2 sum exp(-2 pi^2 sigma^2 k^2) cos(2 pi
  // k s).
  private static double logPoisson(double sigma, double fraction) {
    double sum = 0;
    for (int k = 1; k <= 8; k++) {
      sum += 2
          * Math.exp(-2 * Math.PI * Math.PI * sigma * sigma * k * k)
          * Math.cos(2 * Math.PI * k * fraction);
    }
    return Math.log1p(sum);
  }

  // The largest term, that of x = 0, stands apart: with little noise all of them underflow.
  private static double logDirect(double sigma, double fraction) {
    double sum = 0;
    for (int x = -20; x <= 20; x++) {
      sum += Math.exp(x * (2 * fraction - x) / (2 * sigma * sigma));
    }
    return Math.log(sum) - fraction * fraction / (2 * sigma * sigma);
  }
}
