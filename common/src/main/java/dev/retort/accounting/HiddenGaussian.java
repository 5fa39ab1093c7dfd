package dev.retort.accounting;

/**
 * The exact Gaussian curve as an upper bound for discrete Gaussian noise. The discrete Gaussian is not mu-GDP, but a
 * continuous Gaussian of slightly less variance is hidden in it.
 *
 * <p>Let X be continuous Gaussian with mean m and variance v - s^2, and Y, given X, discrete Gaussian around X with
 * variance s^2 (Peikert 2010, Theorem 3.1). Y sees the records through X alone, so the loss of Y is at most that of X.
 * And for every integer m, Y has the law of m plus discrete Gaussian noise of variance v, up to a factor between
 * (1 - eta) / (1 + eta) and 1 + eta, since the mass of a discrete Gaussian hardly depends on where it is centred: by
 * Poisson's summation it is s sqrt(2 pi) (1 +- eta), with eta = 2 sum over k >= 1 of exp(-2 pi^2 s^2 k^2). At s = 1.5 eta
 * is 1e-19.
 */
public final class HiddenGaussian {

  /** s^2: large enough for eta to vanish, small enough to cost nothing where the noise is of some size. */
  private static final double SMOOTHING_VARIANCE = 2.25;

  /** Above ln((1 + eta) / (1 - eta)) of one coordinate at that s^2, which is 2.1e-19. */
  private static final double CLOSENESS = 4e-19;

  private HiddenGaussian() {}

  /** Whether this argument has anything to say of an event's noise. */
  static boolean isHiddenIn(NoiseEvent event) {
    double sigma = event instanceof NoiseEvent.DiscreteGaussian discrete
        ? discrete.sigma()
        : event instanceof NoiseEvent.DiscreteGaussianOfLength length ? length.sigma() : 0;
    return sigma * sigma > SMOOTHING_VARIANCE;
  }

  /**
   * An upper bound on epsilon at {@code delta}, where each coordinate's noise has, up to a factor within
   * exp(+-closeness) at every integer, the law of a discrete Gaussian.
   *
   * @param change what the noise hides
   * @param variance the parameter sigma^2 of that discrete Gaussian, above 0
   * @param closeness at least 0; 0 for a discrete Gaussian itself
   * @param delta in (0, 1)
   * @return positive infinity where the noise is too small for this argument, below a variance of 2.25
   */
  public static double epsilon(
      AnswerChange change, double variance, double closeness, double delta) {
    Checks.positive("variance", variance);
    Checks.notNegative("closeness", closeness);
    Checks.probability("delta", delta);
    double hidden = (variance - SMOOTHING_VARIANCE) * (1 - 0x1p-50);
    // If p and q are within e^(+-c) of P and Q everywhere, then p - e^epsilon q is at most
    // e^c (P - e^(epsilon - 2c) Q).
    double factor = (closeness + CLOSENESS) * change.coordinates() * (1 + 0x1p-50);
    double deltaLeft = delta * Math.exp(-factor) * (1 - 0x1p-50);
    if (!(hidden > 0) || !(deltaLeft > 0)) {
      return Double.POSITIVE_INFINITY;
    }
    double mu = Math.sqrt(change.l2Squared() / hidden) * (1 + 0x1p-50);
    return (GaussianDp.epsilon(mu, deltaLeft) + 2 * factor) * (1 + 0x1p-50);
  }
}
