package dev.retort.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * The privacy loss of discrete Gaussian noise on one coordinate that moves by an integer c: (c / sigma^2) z + c^2 / (2
 * sigma^2), z the noise. Its values are a lattice already, so that sums of losses need no rounding at all; alike in both
 * directions and for c and -c.
 */
final class DiscreteLoss {

  private DiscreteLoss() {}

  /**
   * The exact distribution, on the lattice of step {@code unit / sigma^2}.
   *
   * @param change by how much the coordinate moves, a positive multiple of {@code unit}
   * @param reach noise beyond this many standard deviations counts as infinite loss
   */
  static LossCells exact(double sigma, long change, long unit, double reach) {
    int most = mostNoise(sigma, reach);
    double logNormaliser = Theta.logNormaliser(sigma);
    List<Long> index = new ArrayList<>();
    List<Double> mass = new ArrayList<>();
    for (int z = -most; z <= most; z++) {
      double m = Math.exp(-(double) z * z / (2 * sigma * sigma) - logNormaliser);
      if (m > 0) {
        index.add(Math.multiplyExact(z, change / unit));
        mass.add(m);
      }
    }
    return new LossCells(
        (double) change * change / (2 * sigma * sigma),
        unit / (sigma * sigma),
        index.stream().mapToLong(Long::longValue).toArray(),
        mass.stream().mapToDouble(Double::doubleValue).toArray(),
        LossLaws.normalTail(reach));
  }

  /** The distribution with its dots connected on multiples of {@code step}, which should be wider than the lattice's. */
  static LossCells connected(double sigma, long change, double step, double reach) {
    double perUnit = change / (sigma * sigma);
    double middle = (double) change * change / (2 * sigma * sigma);
    int most = mostNoise(sigma, reach);
    double logNormaliser = Theta.logNormaliser(sigma);
    long first = (long) Math.floor((middle - most * perUnit) / step) - 1;
    long last = (long) Math.ceil((middle + most * perUnit) / step) + 1;
    int size = Math.toIntExact(last - first + 1);
    double[] mass = new double[size];
    double whole = Math.expm1(-step);
    for (int z = -most; z <= most; z++) {
      double m = Math.exp(-(double) z * z / (2 * sigma * sigma) - logNormaliser);
      if (m > 0) {
        double loss = middle + z * perUnit;
        long below = (long) Math.floor(loss / step);
        double upper = Math.min(1, Math.max(0, Math.expm1(below * step - loss) / whole));
        mass[(int) (below - first)] += m * (1 - upper);
        mass[(int) (below - first) + 1] += m * upper;
      }
    }
    long[] index = new long[size];
    for (int i = 0; i < size; i++) {
      index[i] = first + i;
    }
    return new LossCells(0, step, index, mass, LossLaws.normalTail(reach));
  }

  // The tails of the discrete Gaussian are no heavier than the continuous one's, from one integer
  // further out.
  private static int mostNoise(double sigma, double reach) {
    return (int) Math.ceil(reach * sigma) + 1;
  }
}
