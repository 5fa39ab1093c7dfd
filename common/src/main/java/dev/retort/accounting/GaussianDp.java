package dev.retort.accounting;

import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.Erfcx;

/**
 * The exact privacy curve of Gaussian noise: mu-GDP (Dong, Roth, Su 2019, Corollary 2.13; Balle, Wang 2018, Theorem 8),
 * where mu is the L2 sensitivity over the standard deviation and mus of queries add up in squares.
 *
 * <pre>delta(epsilon) = Phi(-epsilon/mu + mu/2) - e^epsilon Phi(-epsilon/mu - mu/2)</pre>
 *
 * <p>It holds for the continuous Gaussian alone: the discrete Gaussian's curve lies now above it, now below.
 */
public final class GaussianDp {

  private static final double SQRT_HALF_PI = Math.sqrt(Math.PI / 2);
  private static final double SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
  private static final double SQRT_TWO = Math.sqrt(2);

  // Each operation and each special function below is within a few units in the last place.
  private static final double ROUNDING = 0x1p-50;

  private GaussianDp() {}

  /** A computed delta and a bound on how far off it is. */
  private record Computed(double delta, double error) {

    // Delta falls in epsilon, so that the rounding of the arguments is covered by shifting near.
    static Computed at(double mu, double epsilon, double shift) {
      double near = epsilon * (1 + shift * ROUNDING) / mu - mu / 2 + shift * mu * ROUNDING;
      double far = near + mu;
      // With phi the normal density, e^epsilon phi(far) = phi(near); M is Mills' ratio
      // Phi(-x)/phi(x).
      double density = Math.exp(-near * near / 2) / SQRT_TWO_PI;
      double lost = density * mills(far);
      double won = near >= 0 ? density * mills(near) : 0.5 * Erfc.value(near / SQRT_TWO);
      // The exponent's own rounding grows with its size.
      double rounding = ROUNDING * (1 + near * near / 8);
      return new Computed(won - lost, rounding * (won + lost) + Double.MIN_VALUE);
    }
  }

  /**
   * An upper bound on delta at {@code epsilon}, above the exact value by less than 1e-11 of it unless mu is below 1e-2 or
   * delta below 1e-100.
   *
   * @param mu above 0 and finite
   * @param epsilon at least 0 and finite
   */
  public static double delta(double mu, double epsilon) {
    Checks.positive("mu", mu);
    Checks.notNegative("epsilon", epsilon);
    Computed computed = Computed.at(mu, epsilon, -1);
    return Math.min(1, Math.max(0, computed.delta() + computed.error()));
  }

  /**
   * A lower bound on delta at {@code epsilon}, as close.
   *
   * @param mu above 0 and finite
   * @param epsilon at least 0 and finite
   */
  public static double deltaBelow(double mu, double epsilon) {
    Checks.positive("mu", mu);
    Checks.notNegative("epsilon", epsilon);
    Computed computed = Computed.at(mu, epsilon, 1);
    return Math.max(0, computed.delta() - computed.error());
  }

  /**
   * An upper bound on the smallest epsilon, at least 0, at which delta is at most {@code delta}; above the exact value by
   * less than 1e-11 of it.
   *
   * @param mu above 0 and finite
   * @param delta in (0, 1)
   */
  public static double epsilon(double mu, double delta) {
    Checks.positive("mu", mu);
    Checks.probability("delta", delta);
    return MonotoneSearch.smallest(epsilon -> delta(mu, epsilon) <= delta, 0, mu * mu / 2 + mu);
  }

  /**
   * A lower bound on that epsilon, as close: for certificates that a loss is at least so large.
   *
   * @param mu above 0 and finite
   * @param delta in (0, 1)
   */
  public static double epsilonBelow(double mu, double delta) {
    Checks.positive("mu", mu);
    Checks.probability("delta", delta);
    return MonotoneSearch.largest(epsilon -> deltaBelow(mu, epsilon) > delta, 0, mu * mu / 2 + mu);
  }

  /**
   * A lower bound on the largest mu whose epsilon at {@code delta} is at most {@code epsilon}, below the exact value by
   * less than 1e-11 of it.
   *
   * @param epsilon at least 0 and finite
   * @param delta in (0, 1)
   */
  public static double mu(double epsilon, double delta) {
    Checks.notNegative("epsilon", epsilon);
    Checks.probability("delta", delta);
    return MonotoneSearch.largest(mu -> mu == 0 || delta(mu, epsilon) <= delta, 0, 1);
  }

  private static double mills(double x) {
    return SQRT_HALF_PI * Erfcx.value(x / SQRT_TWO);
  }
}
