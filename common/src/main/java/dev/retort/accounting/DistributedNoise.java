package dev.retort.accounting;

import dev.retort.privacy.Conversion;

/**
 * The noise of an answer that is the sum of many parties' answers, each with discrete Gaussian noise of its own, where
 * only the sum is seen (Kairouz, Liu, Steinke 2021, Theorem 1).
 *
 * <p>A sum of discrete Gaussians is not a discrete Gaussian. It is one up to a factor within exp(+-tau) a coordinate,
 * with
 *
 * <pre>tau = 10 sum over k in [1, n - 1] of exp(-2 pi^2 s^2 k / (k + 1))</pre>
 *
 * <p>for n contributions of variance s^2. Only contributions count that are certain to be in the sum and unknown to
 * whoever looks at it: those of parties that are honest and did not drop out. All bounds are upper bounds.
 */
public final class DistributedNoise {

  /** The theorem's own condition: a standard deviation of a half. */
  public static final double SMALLEST_VARIANCE = 0.25;

  private static final double ROUNDING = 0x1p-46;

  private final double variance;
  private final double tau;

  /**
   * The noise of {@code contributors} parties.
   *
   * @param contributors honest parties whose noise is in the sum, at least 1
   * @param localVariance the parameter sigma^2 of each one's discrete Gaussian, at least 1/4 and finite
   */
  public DistributedNoise(int contributors, double localVariance) {
    Checks.positive("contributors", contributors);
    Checks.positive("localVariance", localVariance);
    if (localVariance < SMALLEST_VARIANCE) {
      throw new IllegalArgumentException(
          "localVariance must be >= " + SMALLEST_VARIANCE + ": " + localVariance);
    }
    this.variance = contributors * localVariance;
    this.tau = tau(contributors, localVariance);
  }

  /** How far the sum is from a discrete Gaussian, as a bound on the log-ratio of their laws at every integer. */
  public double tau() {
    return tau;
  }

  /** The parameter sigma^2 of the discrete Gaussian that the sum is close to. */
  public double variance() {
    return variance;
  }

  /**
   * The Renyi divergence of order {@code alpha} between the noised sums of neighbouring data sets.
   *
   * @param alpha above 1 and finite
   */
  public double renyi(double alpha, AnswerChange change) {
    if (!(alpha > 1) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha must be > 1 and finite: " + alpha);
    }
    double shifted = alpha * centralRho(change) + offset(change);
    return Math.min(shifted, alpha * rho(change)) * (1 + ROUNDING);
  }

  /** A loss in zCDP: the theorem's second and third term, whichever is smaller. */
  public double rho(AnswerChange change) {
    double inNoise = Math.sqrt(change.l2Squared() / variance);
    double second = inNoise * inNoise
        + 2 * change.l1() / Math.sqrt(variance) * tau
        + tau * tau * change.coordinates();
    double third = inNoise + tau * Math.sqrt((double) change.coordinates());
    return Math.min(second, third * third) / 2 * (1 + ROUNDING);
  }

  /**
   * Epsilon at {@code delta} by that divergence, minimised over all orders.
   *
   * @param delta in (0, 1)
   */
  public double epsilon(AnswerChange change, double delta) {
    // The first term is a zCDP loss and a constant, which the conversion passes on as it is.
    double shifted = Conversion.epsilon(centralRho(change), delta) + offset(change);
    return Math.min(shifted * (1 + ROUNDING), Conversion.epsilon(rho(change), delta));
  }

  /**
   * Epsilon at {@code delta} by the exact Gaussian curve, through {@link HiddenGaussian}.
   *
   * @param delta in (0, 1)
   * @return positive infinity where the noise is too small for it
   */
  public double gdpEpsilon(AnswerChange change, double delta) {
    return HiddenGaussian.epsilon(change, variance, tau, delta);
  }

  private double centralRho(AnswerChange change) {
    return change.l2Squared() / variance / 2 * (1 + ROUNDING);
  }

  private double offset(AnswerChange change) {
    return tau * change.coordinates();
  }

  private static double tau(int contributors, double localVariance) {
    double exponent = 2 * StrictMath.PI * StrictMath.PI * localVariance;
    double sum = 0;
    for (int k = contributors - 1; k >= 1; k--) {
      sum += StrictMath.exp(-exponent * k / (k + 1));
    }
    // The additions round by n units in the last place at most, and an exponential carries its
    // argument's rounding, 2^-51 of it; below exp(-745) all is 0, and so is its part in any bound.
    return 10 * sum * (1 + (contributors + 4 * Math.min(exponent, 1000) + 8) * 0x1p-52);
  }
}
