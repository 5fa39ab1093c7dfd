package dev.retort.accounting;

import dev.retort.accounting.LossComposition.Part;
import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.accounting.PrivacyLossDistribution.Repeated;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events taken apart into independent losses, like ones counted together, in one direction of every pair of neighbours. */
final class LossParts {

  private static final double LARGEST_LATTICE_SIGMA = 1 << 16;

  /** One coordinate's discrete noise. */
  private record Coordinate(double sigma, long change) {

    /** How far apart the losses lie of noise that lies within {@code reach} standard deviations. */
    double spread(double reach) {
      return 2 * reach * change / sigma;
    }
  }

  private final double reach;
  private final Map<LossLaw, Long> laws = new LinkedHashMap<>();
  private final Map<Coordinate, Long> coordinates = new LinkedHashMap<>();

  private LossParts(List<Repeated> events, double reach, boolean removing) {
    this.reach = reach;
    double muSquared = 0;
    for (Repeated repeated : events) {
      NoiseEvent event = repeated.event();
      long count = repeated.count();
      if (event instanceof Gaussian gaussian) {
        // Gaussian losses add up to a Gaussian loss.
        muSquared += count * gaussian.l2Squared() / (gaussian.sigma() * gaussian.sigma());
      } else if (event instanceof DiscreteGaussian discrete) {
        for (long change : discrete.change()) {
          coordinates.merge(
              new Coordinate(discrete.sigma(), Math.abs(change)), count, Math::addExact);
        }
      } else if (event instanceof Laplace laplace) {
        for (double change : laplace.change()) {
          laws.merge(new LossLaws.Laplace(change / laplace.scale()), count, Math::addExact);
        }
      } else if (event instanceof SampledGaussian sampled) {
        if (sampled.rate() == 1) {
          muSquared += count / (sampled.noiseMultiplier() * sampled.noiseMultiplier());
        } else {
          laws.merge(
              removing
                  ? new LossLaws.SampledRemove(sampled.noiseMultiplier(), sampled.rate())
                  : new LossLaws.SampledAdd(sampled.noiseMultiplier(), sampled.rate()),
              count,
              Math::addExact);
        }
      } else {
        throw new IllegalArgumentException("events must say their change: " + event);
      }
    }
    if (muSquared > 0) {
      laws.put(new LossLaws.Gaussian(Math.sqrt(muSquared) * (1 + 1e-15)), 1L);
    }
  }

  /**
   * The direction in which the record is in the data set that answers.
   *
   * @param reach noise beyond this many standard deviations counts as infinite loss
   */
  static LossParts removing(List<Repeated> events, double reach) {
    return new LossParts(events, reach, true);
  }

  /** The other direction. */
  static LossParts adding(List<Repeated> events, double reach) {
    return new LossParts(events, reach, false);
  }

  /** Whether both directions are the same. */
  static boolean isSymmetric(List<Repeated> events) {
    return events.stream()
        .noneMatch(
            repeated -> repeated.event() instanceof SampledGaussian sampled && sampled.rate() < 1);
  }

  /** The mu of all, if all are continuous Gaussian noise; else 0. */
  double gaussianMu() {
    return coordinates.isEmpty()
            && laws.size() == 1
            && laws.keySet().iterator().next() instanceof LossLaws.Gaussian gaussian
        ? gaussian.mu()
        : 0;
  }

  /** How many losses differ in law. */
  int kinds() {
    return laws.size() + coordinates.size();
  }

  /** The largest loss within reach of one event's noise, in one coordinate. */
  double largestLoss() {
    double continuous =
        laws.keySet().stream().mapToDouble(law -> law.loss(law.to(reach))).max().orElse(0);
    double discrete = coordinates.keySet().stream()
        .mapToDouble(coordinate -> coordinate.spread(reach) / 2
            + Math.pow(coordinate.change() / coordinate.sigma(), 2) / 2)
        .max()
        .orElse(0);
    return Math.max(continuous, discrete);
  }

  /** How many points {@link #onLattice} gives the coordinates of discrete noise, together. */
  double cells(double fineness) {
    double step = step(fineness);
    return coordinates.keySet().stream()
        .mapToDouble(coordinate -> coordinate.spread(reach) / step)
        .sum();
  }

  /** The composition without any discretisation, if all losses lie on one lattice. */
  @Nullable
  LossComposition onOwnLattice() {
    if (!laws.isEmpty()
        || coordinates.keySet().stream().map(Coordinate::sigma).distinct().count() != 1) {
      return null;
    }
    double sigma = coordinates.keySet().iterator().next().sigma();
    if (sigma > LARGEST_LATTICE_SIGMA) {
      return null;
    }
    long unit = coordinates.keySet().stream()
        .mapToLong(Coordinate::change)
        .reduce(0, LossParts::greatestCommonDivisor);
    List<Part> exact = new ArrayList<>();
    coordinates.forEach((coordinate, count) ->
        exact.add(new Part(DiscreteLoss.exact(sigma, coordinate.change(), unit, reach), count)));
    return new LossComposition(exact);
  }

  private double step(double fineness) {
    double step = Double.POSITIVE_INFINITY;
    for (LossLaw law : laws.keySet()) {
      step = Math.min(step, LossGrid.deviation(law) / fineness);
    }
    for (Coordinate coordinate : coordinates.keySet()) {
      step = Math.min(step, coordinate.change() / coordinate.sigma() / fineness);
    }
    for (LossLaw law : laws.keySet()) {
      if (law instanceof LossLaws.Laplace laplace) {
        // The atoms then lie on the lattice.
        step = laplace.epsilon() / Math.ceil(laplace.epsilon() / step);
      }
    }
    return step;
  }

  /**
   * All losses with their dots connected on one lattice.
   *
   * @param fineness lattice points to the standard deviation of the narrowest loss
   */
  List<Part> onLattice(double fineness) {
    double common = step(fineness);
    List<Part> parts = new ArrayList<>();
    laws.forEach(
        (law, count) -> parts.add(new Part(LossGrid.of(law, common, 1 / fineness, reach), count)));
    coordinates.forEach((coordinate, count) -> parts.add(new Part(
        DiscreteLoss.connected(coordinate.sigma(), coordinate.change(), common, reach), count)));
    return parts;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
