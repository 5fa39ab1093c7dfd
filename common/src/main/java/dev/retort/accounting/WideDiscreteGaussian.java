package dev.retort.accounting;

/**
 * Discrete Gaussian noise so wide that its lattice is too fine to enumerate, held against the continuous Gaussian.
 *
 * <p>Smear each atom over the unit interval around it with the Gaussian's own density. With x = z / sigma and k = change /
 * sigma^2, the smeared mass is at least the atom's times 1 / (1 + eta), eta = 1 / (24 sigma^2) up to higher orders, and the
 * mean of e^-loss rises by the factor 1 + k x / (12 sigma) + k^2 / 24 at most. Delta is a mean of convex functions of
 * e^-loss, so spreading at a kept mean raises it: the continuous law, scaled by 1 + eta and with its losses moved up by the
 * logarithm of that factor, dominates. |x| is at most {@link LossLaws#REACH}.
 */
final class WideDiscreteGaussian {

  /** Below this sigma the higher orders are not negligible. */
  static final double SMALLEST_SIGMA = 1e4;

  private double muSquared;
  private double shift;
  private double logScale;

  /** Adds {@code count} coordinates that move by {@code change}. */
  void add(double sigma, double change, double count) {
    double perUnit = change / (sigma * sigma);
    muSquared += count * (change / sigma) * (change / sigma);
    shift += count * 2 * (perUnit * LossLaws.REACH / (12 * sigma) + perUnit * perUnit / 24);
    logScale += count * 2 / (24 * sigma * sigma);
  }

  /** The bound on epsilon. */
  double epsilon(double delta) {
    return GaussianDp.epsilon(mu(), delta * Math.exp(-logScale)) + shift;
  }

  /** The bound on delta. */
  double delta(double epsilon) {
    return Math.min(1, GaussianDp.delta(mu(), Math.max(0, epsilon - shift)) * Math.exp(logScale));
  }

  private double mu() {
    return Math.sqrt(muSquared) * (1 + 1e-15);
  }
}
