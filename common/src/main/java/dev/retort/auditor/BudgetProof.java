package dev.retort.auditor;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Proves that a zCDP budget keeps an (epsilon, delta) promise, by Canonne, Kamath, Steinke 2020, Proposition 12: if for some
 * alpha > 1
 *
 * <pre>alpha rho + ln(1 - 1/alpha) - ln(delta alpha) / (alpha - 1) &lt;= epsilon</pre>
 *
 * <p>then rho-zCDP is (epsilon, delta)-DP. One alpha is proof enough; it is looked for in doubles and tried in decimals of 60
 * digits.
 */
final class BudgetProof {

  // The logarithms are off by less.
  private static final BigDecimal SLACK = new BigDecimal("1e-40");

  private BudgetProof() {}

  /**
   * Whether a loss of {@code picoRho} 1e-12 is (epsilon, delta)-DP.
   *
   * @param delta in (0, 1)
   */
  static boolean holds(BigInteger picoRho, BigDecimal epsilon, BigDecimal delta) {
    if (delta.signum() <= 0 || delta.compareTo(BigDecimal.ONE) >= 0) {
      return false;
    }
    if (picoRho.signum() == 0) {
      return epsilon.signum() >= 0;
    }
    BigDecimal rho = new BigDecimal(picoRho, 12);
    BigDecimal excess = new BigDecimal(excessOrder(rho.doubleValue(), delta.doubleValue()));
    BigDecimal alpha = excess.add(BigDecimal.ONE);
    BigDecimal bound = alpha
        .multiply(rho)
        .add(DecimalLogarithm.of(excess).subtract(DecimalLogarithm.of(alpha)))
        .subtract(DecimalLogarithm.of(delta)
            .add(DecimalLogarithm.of(alpha))
            .divide(excess, DecimalLogarithm.DIGITS));
    // Compared, an epsilon of 1e999999999 costs nothing; calculated with, it would fill the memory.
    return bound.add(SLACK).compareTo(epsilon) <= 0;
  }

  // Where the bound's derivative in t = alpha - 1 vanishes: rho t^2 + ln(1 + t) + ln(delta) = 0.
  private static double excessOrder(double rho, double delta) {
    double low = 0;
    double high = Math.sqrt(-Math.log(delta) / rho);
    for (int halving = 0; halving < 200; halving++) {
      double middle = low + (high - low) / 2;
      if (rho * middle * middle + Math.log1p(middle) + Math.log(delta) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
