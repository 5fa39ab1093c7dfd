package dev.retort.accounting;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The privacy-loss distribution of a fixed list of events (Sommer, Meiser, Mohammadi 2019; Koskela, Jalko, Honkela 2020),
 * discretised from above. Valid for campaigns whose noise and count are fixed in advance; it is no filter.
 *
 * <p>Where losses lie on a lattice of their own, as with discrete Gaussian noise alone, nothing is discretised. Otherwise
 * the lattice is refined until a halving of its step moves the figure by less than a millionth. Both directions of each
 * pair of neighbours are computed and the worse one reported. Immutable and safe for use by several threads.
 */
public final class PrivacyLossDistribution {

  /** Deltas below this are refused. */
  public static final double SMALLEST_DELTA = 1e-200;

  private static final double LONGEST_EXACT = 1 << 23;
  private static final double LONGEST_REFINED = 1 << 21;
  private static final double CLOSE_ENOUGH = 1e-6;

  private final List<Repeated> events;

  /**
   * Events alike.
   *
   * @param count how many, at least 1
   */
  public record Repeated(NoiseEvent event, long count) {
    public Repeated {
      Checks.positive("count", count);
    }
  }

  private PrivacyLossDistribution(List<Repeated> events) {
    this.events = List.copyOf(events);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("events must not be empty");
    }
  }

  /** That of {@code count} events alike. */
  public static PrivacyLossDistribution of(NoiseEvent event, long count) {
    return new PrivacyLossDistribution(List.of(new Repeated(event, count)));
  }

  /** That of all {@code events} together. */
  public static PrivacyLossDistribution of(List<Repeated> events) {
    return new PrivacyLossDistribution(events);
  }

  /**
   * An upper bound on the smallest epsilon >= 0 at {@code delta}.
   *
   * @param delta in [1e-200, 1)
   */
  public double epsilon(double delta) {
    Checks.probability("delta", delta);
    if (delta < SMALLEST_DELTA) {
      throw new IllegalArgumentException("delta must be >= " + SMALLEST_DELTA + ": " + delta);
    }
    return worst(new EpsilonAt(delta));
  }

  /**
   * An upper bound on delta at {@code epsilon}.
   *
   * @param epsilon at least 0 and finite
   */
  public double delta(double epsilon) {
    return worst(new DeltaAt(Checks.notNegative("epsilon", epsilon)));
  }

  /** One point of the curve. */
  private sealed interface Figure {

    double of(LossComposition composition);

    double of(WideDiscreteGaussian wide);

    double transformLength(LossComposition composition);
  }

  private record EpsilonAt(double delta) implements Figure {
    @Override
    public double of(LossComposition composition) {
      return composition.epsilon(delta);
    }

    @Override
    public double of(WideDiscreteGaussian wide) {
      return wide.epsilon(delta);
    }

    @Override
    public double transformLength(LossComposition composition) {
      return composition.transformLengthForEpsilon(delta);
    }
  }

  private record DeltaAt(double epsilon) implements Figure {
    @Override
    public double of(LossComposition composition) {
      return composition.delta(epsilon);
    }

    @Override
    public double of(WideDiscreteGaussian wide) {
      return wide.delta(epsilon);
    }

    @Override
    public double transformLength(LossComposition composition) {
      return composition.transformLengthForDelta(epsilon);
    }
  }

  private double worst(Figure figure) {
    LossComposition lattice = LossParts.onOwnLattice(events);
    if (lattice != null && figure.transformLength(lattice) <= LONGEST_EXACT) {
      return figure.of(lattice);
    }
    WideDiscreteGaussian wide = wide();
    if (wide != null) {
      return figure.of(wide);
    }
    double remove = refined(LossParts.removing(events), figure);
    return LossParts.isSymmetric(events)
        ? remove
        : Math.max(remove, refined(LossParts.adding(events), figure));
  }

  private @Nullable WideDiscreteGaussian wide() {
    WideDiscreteGaussian wide = new WideDiscreteGaussian();
    for (Repeated repeated : events) {
      if (!(repeated.event() instanceof DiscreteGaussian discrete)
          || discrete.sigma() < WideDiscreteGaussian.SMALLEST_SIGMA) {
        return null;
      }
      for (long change : discrete.change()) {
        wide.add(discrete.sigma(), Math.abs((double) change), (double) repeated.count());
      }
    }
    return wide;
  }

  private static double refined(LossParts parts, Figure figure) {
    double fineness = 16;
    double best = Double.POSITIVE_INFINITY;
    while (true) {
      LossComposition composition = new LossComposition(parts.onLattice(fineness));
      if (figure.transformLength(composition) > LONGEST_REFINED
          && best < Double.POSITIVE_INFINITY) {
        return best;
      }
      double now = figure.of(composition);
      if (Math.abs(best - now) <= CLOSE_ENOUGH * now) {
        return Math.min(best, now);
      }
      best = Math.min(best, now);
      fineness *= 2;
    }
  }
}
