package dev.retort.accounting;

import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;

/** Epsilon of zCDP losses that no ledger charges, and that so may be any number. */
public final class ZcdpEpsilon {

  // A ceiling that the conversion to whole pico-rho stays clear of.
  private static final double MOST_RHO = 9e6;

  private ZcdpEpsilon() {}

  /**
   * An upper bound on the epsilon of a {@code rho}-zCDP loss at {@code delta}. Rho is rounded up to 1e-12.
   *
   * @param rho at least 0 and finite
   * @param delta in (0, 1)
   */
  public static double of(double rho, double delta) {
    Checks.notNegative("rho", rho);
    Checks.probability("delta", delta);
    if (rho < MOST_RHO) {
      return Conversion.epsilon(
          new Zcdp((long) Math.ceil(Math.nextUp(rho * Zcdp.PICO_PER_RHO))), delta);
    }
    // Bun, Steinke 2016, Proposition 1.3. So large a loss protects nobody, however it is converted.
    double looser = rho + 2 * Math.sqrt(rho * -Math.log(delta));
    return looser * (1 + 0x1p-48);
  }

  /**
   * An upper bound on the epsilon of {@code times} losses of {@code loss}, exact to the pico-rho in their sum.
   *
   * @param times at least 1
   * @param delta in (0, 1)
   */
  public static double of(Zcdp loss, long times, double delta) {
    Checks.positive("times", times);
    long product = loss.picoRho() * times;
    return Math.multiplyHigh(loss.picoRho(), times) == 0 && product >= 0
        ? Conversion.epsilon(new Zcdp(product), delta)
        : of(loss.rho() * times * (1 + 0x1p-50), delta);
  }
}
