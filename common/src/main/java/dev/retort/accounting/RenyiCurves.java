package dev.retort.accounting;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.DiscreteGaussianOfLength;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;

/** The Renyi divergences of each kind of noise, as upper bounds. */
final class RenyiCurves {

  private static final double ROUNDING = 0x1p-49;

  private RenyiCurves() {}

  static RenyiCurve of(NoiseEvent event) {
    if (event instanceof Gaussian gaussian) {
      return gaussian(gaussian.sigma(), gaussian.l2Squared());
    }
    if (event instanceof DiscreteGaussianOfLength discrete) {
      // Canonne, Kamath, Steinke 2020, Proposition 5: never more than the continuous Gaussian's.
      return gaussian(discrete.sigma(), discrete.l2Squared());
    }
    if (event instanceof DiscreteGaussian discrete) {
      return order -> discreteGaussian(discrete, order);
    }
    if (event instanceof Laplace laplace) {
      return order -> laplace.change().stream()
          .mapToDouble(change -> laplace(change / laplace.scale(), order))
          .sum();
    }
    if (event instanceof SampledGaussian sampled) {
      return new SampledGaussianRenyi(sampled.noiseMultiplier(), sampled.rate());
    }
    throw new IllegalStateException("event must have a Renyi curve: " + event);
  }

  private static RenyiCurve gaussian(double sigma, double l2Squared) {
    double rho = l2Squared / (2 * sigma * sigma);
    return order -> order * rho * (1 + ROUNDING);
  }

  /** The largest order worth trying for {@code event}. */
  static double largestOrder(NoiseEvent event) {
    return event instanceof SampledGaussian sampled
        ? Math.max(256, 100 * sampled.noiseMultiplier())
        : 1e9;
  }

  // The lattice sum of the two shifted Gaussians completes to a square, which leaves the Gaussian's
  // divergence and the ratio of two theta functions; the second is never the larger.
  private static double discreteGaussian(DiscreteGaussian event, double order) {
    double variance = event.sigma() * event.sigma();
    double sum = 0;
    for (long change : event.change()) {
      double shift = order * change;
      double gaussian = order * change * (double) change / (2 * variance);
      double ratio = Theta.logRatio(event.sigma(), shift) + 4 * ROUNDING;
      sum += gaussian + Math.min(0, ratio) / (order - 1);
    }
    return sum * (1 + ROUNDING) + event.change().size() * 8 * ROUNDING;
  }

  // Mironov 2017, Table II, with 1 taken out of the logarithm: its parts cancel to first order.
  private static double laplace(double epsilon, double order) {
    double t = order - 1;
    double rise = order / (order + t);
    double fall = t / (order + t);
    if (t * epsilon > 1) {
      return (t * epsilon + Math.log(rise + fall * Math.exp(-(order + t) * epsilon)))
          / t
          * (1 + ROUNDING);
    }
    double excess = rise * Math.expm1(t * epsilon) + fall * Math.expm1(-order * epsilon);
    double magnitude = rise * t * epsilon + fall * order * epsilon;
    return Math.log1p(excess + ROUNDING * magnitude) / t * (1 + ROUNDING);
  }
}
