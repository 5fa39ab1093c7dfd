package dev.retort.accounting;

import java.util.HashMap;
import java.util.Map;

/**
 * Finds how far a positive quantity can go before its cost exceeds a limit, for costs that take seconds each and are close
 * to a power of the quantity: false position on logarithms (Dowell, Jarratt 1971, the Illinois method), kept within a
 * bracket and helped by bisection.
 */
final class ThresholdSearch {

  private static final int ILLINOIS_STEPS_BETWEEN_BISECTIONS = 3;

  private final Cost cost;
  private final double limit;
  private final Map<Double, Double> known = new HashMap<>();

  /** What a quantity costs. */
  interface Cost {
    double at(double quantity) throws UnsupportedNoiseException;
  }

  /** The search for where {@code cost}, monotone, passes {@code limit}. */
  ThresholdSearch(Cost cost, double limit) {
    this.cost = cost;
    this.limit = limit;
  }

  boolean fits(double quantity) throws UnsupportedNoiseException {
    return costOf(quantity) <= limit;
  }

  private double costOf(double quantity) throws UnsupportedNoiseException {
    Double before = known.get(quantity);
    if (before != null) {
      return before;
    }
    double now = cost.at(quantity);
    known.put(quantity, now);
    return now;
  }

  /**
   * A quantity that fits, next to one that does not.
   *
   * @param fitting a quantity that fits
   * @param exceeding one that does not, above or below
   * @param tolerance how close the two may be left, relative; below 0 for whole numbers, to which they are then brought as
   *     close as 1
   */
  double refine(double fitting, double exceeding, double tolerance)
      throws UnsupportedNoiseException {
    double good = fitting;
    double bad = exceeding;
    double goodExcess = excess(costOf(good));
    double badExcess = excess(costOf(bad));
    boolean lastFitted = false;
    boolean first = true;
    int steps = 0;
    while (isOpen(good, bad, tolerance)) {
      boolean bisect =
          steps++ % (ILLINOIS_STEPS_BETWEEN_BISECTIONS + 1) == ILLINOIS_STEPS_BETWEEN_BISECTIONS
              || Double.isInfinite(goodExcess)
              || Double.isInfinite(badExcess);
      double middle = bisect
          ? good + (bad - good) / 2
          : Math.exp(
              (Math.log(good) * badExcess - Math.log(bad) * goodExcess) / (badExcess - goodExcess));
      middle = inside(middle, good, bad, tolerance);
      double middleCost = costOf(middle);
      double middleExcess = excess(middleCost);
      // Not by the excess: a cost just above the limit may have the limit's logarithm.
      boolean fitted = middleCost <= limit;
      boolean sameSide = !first && fitted == lastFitted;
      if (fitted) {
        good = middle;
        goodExcess = middleExcess;
        badExcess *= sameSide ? 0.5 : 1;
      } else {
        bad = middle;
        badExcess = middleExcess;
        goodExcess *= sameSide ? 0.5 : 1;
      }
      first = false;
      lastFitted = fitted;
    }
    return good;
  }

  private double excess(double costs) {
    return Math.log(costs) - Math.log(limit);
  }

  private static boolean isOpen(double good, double bad, double tolerance) {
    double gap = Math.abs(good - bad);
    return tolerance < 0 ? gap > 1 : gap > tolerance * good;
  }

  // At least a quarter of the tolerance from either end, so that every step makes way.
  private static double inside(double wanted, double good, double bad, double tolerance) {
    double low = Math.min(good, bad);
    double high = Math.max(good, bad);
    double margin = tolerance < 0 ? 1 : tolerance * high / 4;
    double clamped = Math.max(low + margin, Math.min(high - margin, wanted));
    return tolerance < 0 ? Math.rint(clamped) : clamped;
  }
}
