package dev.retort.accounting;

/**
 * A discretised privacy-loss distribution of one event: mass on a lattice of losses, and the mass of infinite loss. It
 * dominates the event's own distribution: at every epsilon its delta is at least as large.
 *
 * <p>Not a probability distribution to the last bit; the mass that rounding may have lost is accounted for where losses
 * are composed.
 */
final class LossCells {

  private final double offset;
  private final double step;
  private final long[] index;
  private final double[] mass;
  private final double infinite;

  /**
   * Mass {@code mass[i]} at the loss {@code offset + index[i] * step}; both arrays are kept, not copied.
   *
   * @param infinite the mass of infinite loss
   */
  LossCells(double offset, double step, long[] index, double[] mass, double infinite) {
    this.offset = offset;
    this.step = step;
    this.index = index;
    this.mass = mass;
    this.infinite = infinite;
  }

  double offset() {
    return offset;
  }

  double step() {
    return step;
  }

  double infinite() {
    return infinite;
  }

  int size() {
    return mass.length;
  }

  long index(int cell) {
    return index[cell];
  }

  double mass(int cell) {
    return mass[cell];
  }

  double loss(int cell) {
    return offset + index[cell] * step;
  }

  /** The largest loss that has mass. */
  double largestLoss() {
    double largest = Double.NEGATIVE_INFINITY;
    for (int cell = 0; cell < mass.length; cell++) {
      if (mass[cell] > 0) {
        largest = Math.max(largest, loss(cell));
      }
    }
    return largest;
  }

  /**
   * The cumulant-generating function K(t) = ln E exp(t loss) over finite losses, with its first two derivatives.
   *
   * @param t the tilt
   */
  Cumulants cumulants(double t) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int cell = 0; cell < mass.length; cell++) {
      if (mass[cell] > 0) {
        largest = Math.max(largest, t * loss(cell) + Math.log(mass[cell]));
      }
    }
    double sum = 0;
    double mean = 0;
    for (int cell = 0; cell < mass.length; cell++) {
      double weight = mass[cell] * Math.exp(t * loss(cell) - largest);
      // The largest exponent may be beyond what exp can reach on its own side of a tiny mass.
      if (Double.isInfinite(weight) || Double.isNaN(weight)) {
        weight = mass[cell] > 0 ? Math.exp(t * loss(cell) + Math.log(mass[cell]) - largest) : 0;
      }
      sum += weight;
      mean += weight * loss(cell);
    }
    mean /= sum;
    double variance = 0;
    for (int cell = 0; cell < mass.length; cell++) {
      if (mass[cell] > 0) {
        double away = loss(cell) - mean;
        variance += Math.exp(t * loss(cell) + Math.log(mass[cell]) - largest) * away * away;
      }
    }
    return new Cumulants(largest + Math.log(sum), mean, variance / sum);
  }

  /**
   * The first cumulants of a tilted loss.
   *
   * @param log K(t), the logarithm of the moment-generating function
   * @param mean K'(t)
   * @param variance K''(t)
   */
  record Cumulants(double log, double mean, double variance) {

    static final Cumulants NONE = new Cumulants(0, 0, 0);

    /** Those of the sum of this and {@code count} independent copies of {@code other}. */
    Cumulants plus(double count, Cumulants other) {
      return new Cumulants(
          log + count * other.log, mean + count * other.mean, variance + count * other.variance);
    }
  }
}
