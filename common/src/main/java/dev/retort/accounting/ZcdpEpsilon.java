package dev.retort.accounting;

import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;

/** Epsilon of zCDP losses that no ledger charges, and that so may be any number. */
public final class ZcdpEpsilon {

  private ZcdpEpsilon() {}

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
        : Conversion.epsilon(loss.rho() * times * (1 + 0x1p-50), delta);
  }
}
