package dev.retort.accounting;

/**
 * The Renyi divergence of the Poisson-sampled Gaussian at any real order above 1 (Mironov, Talwar, Zhang 2019, Section
 * 3.3): of the mixture (1 - q) N(0, s^2) + q N(1, s^2) from N(0, s^2), which is the larger of the two directions (their
 * Theorem 5).
 *
 * <p>With u = q (exp((2x - 1) / (2 s^2)) - 1), whose mean is 0 under N(0, s^2), the moment less 1 is the mean of (1 + u)^a
 * - 1 - a u. That is nowhere negative, so nothing cancels however small q is. The trapezoid rule converges faster than any
 * power on such integrands.
 */
final class SampledGaussianRenyi implements RenyiCurve {

  private static final double REACH = 40;
  private static final double RELATIVE_ERROR = 1e-12;
  private static final double MOST_POINTS = 1 << 19;

  private final double sigma;
  private final double rate;

  SampledGaussianRenyi(double sigma, double rate) {
    this.sigma = sigma;
    this.rate = rate;
  }

  @Override
  public double at(double order) {
    // The integrand's singularities lie pi sigma^2 off the real axis.
    double step = Math.min(sigma, sigma * sigma) / 16;
    double from = -REACH * sigma;
    double points = Math.ceil((order + REACH * sigma - from) / step);
    // Sampling never adds to the Gaussian's divergence, and takes next to nothing off where there
    // is
    // next to no noise.
    if (rate == 1 || points > MOST_POINTS) {
      return order / (2 * sigma * sigma) * (1 + RELATIVE_ERROR);
    }
    int steps = (int) points;
    double[] logs = new double[steps + 1];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= steps; i++) {
      double x = from + i * step;
      logs[i] = -x * x / (2 * sigma * sigma) + logExcess(x, order);
      largest = Math.max(largest, logs[i]);
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - largest);
    }
    double logMoment = largest + Math.log(sum * step / (sigma * Math.sqrt(2 * Math.PI)));
    double rounding = RELATIVE_ERROR * (1 + Math.abs(largest));
    return logOnePlusExp(logMoment + rounding) / (order - 1) * (1 + RELATIVE_ERROR);
  }

  // ln((1 + u)^a - 1 - a u).
  private double logExcess(double x, double order) {
    double shift = (2 * x - 1) / (2 * sigma * sigma);
    double u = rate * Math.expm1(shift);
    double v = shift > 700 ? Math.log(rate) + shift : Math.log1p(u);
    double power = order * v;
    if (power > 30) {
      return power + Math.log1p(-(1 + order * Math.min(u, 1e300)) * Math.exp(-power));
    }
    if (Math.abs(u) * (1 + order) < 0.1) {
      // Binomial series from the second term on; what is left out is below 1e-17 of the first.
      double term = order * (order - 1) / 2 * u * u;
      double sum = 0;
      for (int j = 3; j <= 20; j++) {
        sum += term;
        term *= (order - j + 1) / j * u;
      }
      return Math.log(sum);
    }
    return Math.log(Math.expm1(power) - order * u);
  }

  private static double logOnePlusExp(double x) {
    return x > 40 ? x : Math.log1p(Math.exp(x));
  }
}
