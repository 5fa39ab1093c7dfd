package dev.retort.privacy;

/**
 * A privacy filter for zCDP: grants costs, chosen adaptively and by anybody, while their sum stays within the budget.
 * Whatever is granted is budget-zCDP in total (Feldman, Zrnic 2021). Pure arithmetic, without tolerance; the answer
 * depends on public numbers alone.
 *
 * @param budget what may be spent in all, below {@link Zcdp#UNBOUNDED}
 * @param spent what was spent, at most the budget
 */
public record BudgetFilter(Zcdp budget, Zcdp spent) {

  public BudgetFilter {
    if (budget.equals(Zcdp.UNBOUNDED)) {
      throw new IllegalArgumentException("budget must be bounded: " + budget);
    }
    if (spent.compareTo(budget) > 0) {
      throw new IllegalArgumentException("spent must be <= budget " + budget + ": " + spent);
    }
  }

  /** A filter of which nothing is spent. */
  public static BudgetFilter full(Zcdp budget) {
    return new BudgetFilter(budget, Zcdp.ZERO);
  }

  /** What may still be spent. */
  public Zcdp left() {
    return budget.minus(spent);
  }

  /** Grants {@code cost} if it fits, to the last pico-rho. */
  public Decision tryCharge(Zcdp cost) {
    // Comparing with what is left cannot overflow, as adding to what was spent could.
    return cost.compareTo(left()) <= 0
        ? new Granted(new BudgetFilter(budget, spent.plus(cost)))
        : new Refused(cost, left());
  }

  /** The filter's answer. */
  public sealed interface Decision {}

  /**
   * The cost fits.
   *
   * @param after the filter once it is spent
   */
  public record Granted(BudgetFilter after) implements Decision {}

  /**
   * The cost does not fit, and nothing changes.
   *
   * @param asked the cost
   * @param left what could still be spent
   */
  public record Refused(Zcdp asked, Zcdp left) implements Decision {}
}
