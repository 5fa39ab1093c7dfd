package dev.retort.accounting;

import java.util.function.DoublePredicate;

/** Finds where a monotone condition turns, among doubles of at least 0, to the last bit. */
final class MonotoneSearch {

  private static final double LARGEST = 1e300;

  private MonotoneSearch() {}

  /**
   * The smallest x >= low that satisfies a condition which, once satisfied, stays so for larger x.
   *
   * @param guess where to begin to look, above {@code low}
   * @return positive infinity if nothing up to 1e300 satisfies it
   */
  static double smallest(DoublePredicate holds, double low, double guess) {
    if (holds.test(low)) {
      return low;
    }
    double fails = low;
    double satisfies = Math.max(guess, low + Double.MIN_NORMAL);
    while (!holds.test(satisfies)) {
      if (satisfies >= LARGEST) {
        return Double.POSITIVE_INFINITY;
      }
      fails = satisfies;
      satisfies = Math.min(2 * satisfies, LARGEST);
    }
    while (true) {
      double middle = between(fails, satisfies);
      if (middle <= fails || middle >= satisfies) {
        return satisfies;
      }
      if (holds.test(middle)) {
        satisfies = middle;
      } else {
        fails = middle;
      }
    }
  }

  /**
   * The largest x >= low that satisfies a condition which, once it fails, fails for all larger x; {@code low} if it fails
   * everywhere above, positive infinity if it holds up to 1e300.
   */
  static double largest(DoublePredicate holds, double low, double guess) {
    double firstFailure = smallest(holds.negate(), low, guess);
    if (firstFailure <= low) {
      return low;
    }
    return firstFailure == Double.POSITIVE_INFINITY ? firstFailure : Math.nextDown(firstFailure);
  }

  // Where the two are of different magnitude, the geometric mean halves the count of bits that are
  // open.
  private static double between(double low, double high) {
    if (low == 0) {
      return high < 1e-280 ? 0 : high * 1e-3;
    }
    return high / low > 4 ? Math.sqrt(low) * Math.sqrt(high) : low + (high - low) / 2;
  }
}
