package dev.retort.accounting;

import java.util.List;

/**
 * From Renyi DP to (epsilon, delta), by Canonne, Kamath, Steinke 2020, Proposition 12:
 *
 * <pre>epsilon = r(alpha) + ln(1 - 1/alpha) - ln(delta alpha) / (alpha - 1)</pre>
 *
 * <p>Every order gives a valid bound; the search for the best one only decides how tight it is.
 */
final class RenyiConversion {

  private static final double ROUNDING = 0x1p-49;
  private static final double SMALLEST_ORDER_MINUS_ONE = 0.01;
  private static final int COARSE_STEPS = 160;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private RenyiConversion() {}

  /** The bound that the best of {@code orders} gives, each above 1. */
  static double epsilon(RenyiCurve curve, List<Double> orders, double delta) {
    double best = Double.POSITIVE_INFINITY;
    for (double order : orders) {
      best = Math.min(best, at(curve, order, delta));
    }
    return best;
  }

  /** The bound that the best of all orders in (1.01, {@code largestOrder}] gives. */
  static double epsilon(RenyiCurve curve, double largestOrder, double delta) {
    double low = Math.log(SMALLEST_ORDER_MINUS_ONE);
    double high = Math.log(largestOrder - 1);
    double step = (high - low) / COARSE_STEPS;
    double best = Double.POSITIVE_INFINITY;
    int bestStep = 0;
    for (int i = 0; i <= COARSE_STEPS; i++) {
      double epsilon = at(curve, 1 + Math.exp(low + i * step), delta);
      if (epsilon < best) {
        best = epsilon;
        bestStep = i;
      }
    }
    return Math.min(
        best,
        refine(
            curve,
            delta,
            low + Math.max(0, bestStep - 1) * step,
            low + Math.min(COARSE_STEPS, bestStep + 1) * step));
  }

  // Golden-section search over the logarithm of alpha - 1. The bound is flat around its minimum, so
  // half the bits of alpha are enough.
  private static double refine(RenyiCurve curve, double delta, double from, double to) {
    double low = from;
    double high = to;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = at(curve, 1 + Math.exp(left), delta);
    double atRight = at(curve, 1 + Math.exp(right), delta);
    while (high - low > 1e-9) {
      if (atLeft <= atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = at(curve, 1 + Math.exp(left), delta);
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = at(curve, 1 + Math.exp(right), delta);
      }
    }
    return Math.min(atLeft, atRight);
  }

  private static double at(RenyiCurve curve, double order, double delta) {
    double t = order - 1;
    double divergence = curve.at(order);
    if (Double.isNaN(divergence) || divergence == Double.POSITIVE_INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    // The divergence of order 1 is at most this one, and bounds total variation (Bretagnolle, Huber
    // 1979): delta alone then covers all.
    if (delta * delta + Math.expm1(-divergence) > ROUNDING) {
      return 0;
    }
    double shrink = Math.log1p(-1 / order);
    double logOrder = Math.log1p(t);
    double magnitude = divergence - shrink + order / t + (logOrder - Math.log(delta)) / t;
    double epsilon = divergence + shrink - (Math.log(delta) + logOrder) / t;
    return Math.max(0, epsilon + ROUNDING * magnitude);
  }
}
