package dev.retort.forecast;

import dev.retort.plan.Aggregation;

/**
 * An upper bound on a loss.
 *
 * @param scope whose loss
 * @param aggregation whose noise
 * @param accountant by which conversion
 * @param absent nodes that collude with whoever looks, or whose noise is missing
 * @param sigma standard deviation of the noise that is left on what is seen, in grid units
 * @param rho the loss in zCDP
 * @param epsilon the bound; positive infinity where this accountant has none
 */
public record EpsilonBound(
    Scope scope,
    Aggregation aggregation,
    Accountant accountant,
    int absent,
    double sigma,
    double rho,
    double epsilon) {

  /** From here on a bound says next to nothing: e^10 is odds of 22,000 to 1. */
  public static final double MEANINGLESS = 10;

  public EpsilonBound {
    require(absent >= 0, "absent", ">= 0", absent);
    require(sigma > 0 && Double.isFinite(sigma), "sigma", "> 0 and finite", sigma);
    require(rho >= 0 && Double.isFinite(rho), "rho", ">= 0 and finite", rho);
    require(epsilon >= 0, "epsilon", ">= 0", epsilon);
  }

  /** Whether the bound is worth stating as a guarantee: below {@link #MEANINGLESS}. */
  public boolean isMeaningful() {
    return epsilon < MEANINGLESS;
  }

  private static void require(boolean holds, String name, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + rule + ": " + value);
    }
  }
}
