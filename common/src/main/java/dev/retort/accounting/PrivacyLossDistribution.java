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

  private static final double LONGEST = 1 << 24;
  private static final double LONGEST_WIDE = 1 << 18;
  private static final double LONGEST_OF_ALL = 1 << 26;
  // Beyond these a lattice takes minutes, and says little that Renyi DP does not.
  private static final int MOST_KINDS = 32;
  private static final double LARGEST_LOSS = 2000;
  private static final double MOST_CELLS = 1 << 22;
  private static final double COARSEST = 0x1p-8;
  private static final double FIRST_FINENESS = 16;
  private static final double FINEST = 1 << 13;
  private static final double CLOSE_ENOUGH = 1e-6;
  // From here on the Gaussian hidden in discrete noise gives away less than 5e-6 of epsilon.
  private static final double WIDE_SIGMA = 500;
  // Only sets how far tails are followed.
  private static final double MOST_COORDINATES = 1e4;

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
   * An upper bound on the smallest epsilon >= 0 at {@code delta}; positive infinity where no lattice of a length that can be
   * worked with holds the losses, as where one event's noise is far smaller than what it should hide.
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
    return Math.min(1, worst(new DeltaAt(Checks.notNegative("epsilon", epsilon))));
  }

  private double worst(Figure figure) {
    double events = 0;
    for (Repeated repeated : this.events) {
      events += (double) repeated.count();
    }
    double reach = figure.reach(events * MOST_COORDINATES);
    LossParts removing = LossParts.removing(this.events, reach);
    if (removing.gaussianMu() > 0) {
      return figure.of(removing.gaussianMu());
    }
    Hidden hidden = hidden();
    if (removing.kinds() > MOST_KINDS || removing.largestLoss() > LARGEST_LOSS) {
      return hidden == null ? Double.POSITIVE_INFINITY : figure.of(hidden);
    }
    boolean wide = hidden != null && hidden.sigma() >= WIDE_SIGMA;
    LossComposition lattice = removing.onOwnLattice();
    if (lattice != null && figure.transformLength(lattice) <= (wide ? LONGEST_WIDE : LONGEST)) {
      return figure.of(lattice);
    }
    if (hidden != null && wide) {
      return figure.of(hidden);
    }
    double worst = refined(removing, figure);
    if (!LossParts.isSymmetric(this.events)) {
      worst = Math.max(worst, refined(LossParts.adding(this.events, reach), figure));
    }
    return hidden == null ? worst : Math.min(worst, figure.of(hidden));
  }

  /** Discrete Gaussian noise that hides a continuous one. */
  private record Hidden(AnswerChange change, double sigma) {

    double epsilon(double delta) {
      return HiddenGaussian.epsilon(change, sigma * sigma, 0, delta);
    }

    double delta(double epsilon) {
      return Math.min(
          1,
          MonotoneSearch.smallest(
              delta -> delta >= 1 || (delta > 0 && epsilon(delta) <= epsilon), 0, 0.5));
    }
  }

  // All changes together, if all noise is discrete and alike.
  private @Nullable Hidden hidden() {
    double l1 = 0;
    double l2Squared = 0;
    long coordinates = 0;
    double sigma = 0;
    for (Repeated repeated : events) {
      if (!(repeated.event() instanceof DiscreteGaussian discrete)
          || (sigma != 0 && sigma != discrete.sigma())) {
        return null;
      }
      sigma = discrete.sigma();
      double count = (double) repeated.count();
      l1 += count * discrete.change().stream().mapToDouble(Math::abs).sum();
      l2Squared += count * discrete.l2Squared();
      coordinates = Math.addExact(
          coordinates, Math.multiplyExact(repeated.count(), discrete.change().size()));
    }
    return new Hidden(new AnswerChange(l1, l2Squared, coordinates), sigma);
  }

  private static double refined(LossParts parts, Figure figure) {
    double fineness = FIRST_FINENESS;
    if (parts.cells(fineness) > MOST_CELLS) {
      return Double.POSITIVE_INFINITY;
    }
    LossComposition composition = new LossComposition(parts.onLattice(fineness));
    // A great many events: any lattice is an upper bound, the coarser the looser.
    while (figure.transformLength(composition) > LONGEST && fineness > COARSEST) {
      fineness /= 4;
      composition = new LossComposition(parts.onLattice(fineness));
    }
    if (figure.transformLength(composition) > LONGEST_OF_ALL) {
      return Double.POSITIVE_INFINITY;
    }
    double best = Double.POSITIVE_INFINITY;
    while (true) {
      if (best < Double.POSITIVE_INFINITY
          && (fineness > FINEST || figure.transformLength(composition) > LONGEST)) {
        return best;
      }
      double now = figure.of(composition);
      if (Math.abs(best - now) <= CLOSE_ENOUGH * now) {
        return Math.min(best, now);
      }
      best = Math.min(best, now);
      fineness *= 2;
      if (parts.cells(fineness) > MOST_CELLS) {
        return best;
      }
      composition = new LossComposition(parts.onLattice(fineness));
    }
  }

  /** One point of the curve, computed from whatever describes the loss. */
  private sealed interface Figure {

    /** How many standard deviations of noise matter, for {@code coordinates} of them. */
    double reach(double coordinates);

    double of(LossComposition composition);

    double of(double mu);

    double of(Hidden hidden);

    double transformLength(LossComposition composition);
  }

  private record EpsilonAt(double delta) implements Figure {
    @Override
    public double reach(double coordinates) {
      // What lies beyond has less than a 1e-12 of delta.
      return Math.min(
          LossLaws.REACH,
          Math.sqrt(2 * (Math.log(coordinates) - Math.log(delta) + 12 * Math.log(10))));
    }

    @Override
    public double of(LossComposition composition) {
      return composition.epsilon(delta);
    }

    @Override
    public double of(double mu) {
      return GaussianDp.epsilon(mu, delta);
    }

    @Override
    public double of(Hidden hidden) {
      return hidden.epsilon(delta);
    }

    @Override
    public double transformLength(LossComposition composition) {
      return composition.transformLengthForEpsilon(delta);
    }
  }

  private record DeltaAt(double epsilon) implements Figure {
    @Override
    public double reach(double coordinates) {
      return LossLaws.REACH;
    }

    @Override
    public double of(LossComposition composition) {
      return composition.delta(epsilon);
    }

    @Override
    public double of(double mu) {
      return GaussianDp.delta(mu, epsilon);
    }

    @Override
    public double of(Hidden hidden) {
      return hidden.delta(epsilon);
    }

    @Override
    public double transformLength(LossComposition composition) {
      return composition.transformLengthForDelta(epsilon);
    }
  }
}
