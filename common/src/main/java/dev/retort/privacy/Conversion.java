package dev.retort.privacy;

/**
 * Between rho-zCDP and (epsilon, delta), by Canonne, Kamath, Steinke 2020, Proposition 12 and Corollary 13:
 *
 * <pre>epsilon = min over alpha > 1 of  alpha rho + ln(1 - 1/alpha) - ln(delta alpha) / (alpha - 1)</pre>
 *
 * <p>Every alpha gives a valid bound, so the search for the best one needs no directed rounding; only its evaluation
 * does. All arithmetic is StrictMath or IEEE basic operations: an auditor's machine finds the same bits.
 */
public final class Conversion {

  private static final double SMALLEST_ALPHA_MINUS_ONE = 1e-4;
  private static final double EVALUATION_ERROR = 0x1p-49;

  private Conversion() {}

  /**
   * An upper bound on the epsilon of a rho-zCDP loss at {@code delta}, at least 0. Never below the exact minimum; above
   * it by at most 1e-13 of the formula's largest term.
   *
   * @param delta in (0, 1)
   */
  public static double epsilon(Zcdp loss, double delta) {
    return epsilon(Math.nextUp(loss.rho()), delta);
  }

  /**
   * The same for a loss that need not be whole pico-rho: for reports on noise that no ledger charges.
   *
   * @param rho at least 0 and finite
   * @param delta in (0, 1)
   */
  public static double epsilon(double rho, double delta) {
    if (!(rho >= 0) || Double.isInfinite(rho)) {
      throw new IllegalArgumentException("rho must be >= 0 and finite: " + rho);
    }
    if (!(delta > 0) || !(delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1): " + delta);
    }
    return Math.max(0, epsilonAt(rho, delta, bestAlphaMinusOne(rho, delta)));
  }

  /**
   * The largest zCDP filter that guarantees {@code guarantee}, rounded down to a whole pico-rho: the largest loss whose
   * {@link #epsilon} is at most the guarantee's.
   *
   * @return at least {@link Zcdp#ZERO}; below {@link Zcdp#UNBOUNDED}
   */
  public static Zcdp budget(ApproxDp guarantee) {
    long fits = 0;
    long exceeds = Long.MAX_VALUE;
    if (epsilon(Zcdp.ZERO, guarantee.delta()) > guarantee.epsilon()) {
      return Zcdp.ZERO;
    }
    while (exceeds - fits > 1) {
      long middle = fits + (exceeds - fits) / 2;
      if (epsilon(new Zcdp(middle), guarantee.delta()) <= guarantee.epsilon()) {
        fits = middle;
      } else {
        exceeds = middle;
      }
    }
    return new Zcdp(fits);
  }

  // The derivative in alpha is rho + ln(delta alpha) / (alpha - 1)^2: with t = alpha - 1, the
  // minimum is the one root of
  // rho t^2 + ln(1 + t) + ln(delta), which rises from ln(delta) < 0.
  private static double bestAlphaMinusOne(double rho, double delta) {
    double logDelta = StrictMath.log(delta);
    double low = 0;
    double high = Math.min(StrictMath.sqrt(-logDelta / rho), 1 / delta);
    for (int i = 0; i < 200 && low < high; i++) {
      double middle = low + (high - low) / 2;
      if (rho * middle * middle + StrictMath.log1p(middle) + logDelta < 0) {
        low = middle;
      } else {
        high = middle;
      }
      if (Math.nextUp(low) >= high) {
        break;
      }
    }
    return Math.max(high, SMALLEST_ALPHA_MINUS_ONE);
  }

  private static double epsilonAt(double rho, double delta, double t) {
    double alpha = 1 + t;
    double linear = alpha * rho;
    double logShrink = StrictMath.log1p(-1 / alpha);
    double logDeltaAlpha = StrictMath.log(delta) + StrictMath.log1p(t);
    double tail = -logDeltaAlpha / t;
    // Each term is a handful of operations, each within 1 ulp; ln(1 - 1/alpha) also carries the
    // rounding of 1/alpha,
    // magnified by alpha / t, and the tail the cancellation between its two logarithms.
    double magnitude =
        linear - logShrink + alpha / t + (StrictMath.log1p(t) - StrictMath.log(delta)) / t;
    return linear + logShrink + tail + EVALUATION_ERROR * magnitude;
  }
}
