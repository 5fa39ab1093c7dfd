package dev.retort.accounting;

import java.util.TreeMap;

/**
 * Puts loss laws on a lattice by connecting the dots (Doroshenko, Ghazi, Kamath, Kumar, Manurangsi 2022): the mass between
 * two lattice points goes to the two so that both P's and Q's mass is kept. The delta of the result is exact at the points
 * used and above the true one between.
 *
 * <p>The masses come from quadrature of positive integrands, not from differences of deltas, so that a fine lattice loses
 * no digits.
 */
final class LossGrid {

  // Gauss-Legendre on [0, 1], five points.
  private static final double[] NODES = {
    0.046910077030668, 0.23076534494715845, 0.5, 0.7692346550528416, 0.953089922969332
  };
  private static final double[] WEIGHTS = {
    0.11846344252809454,
    0.23931433524968324,
    0.28444444444444444,
    0.23931433524968324,
    0.11846344252809454
  };

  private final LossLaw law;
  private final double step;
  private final double from;
  private final double to;
  private final TreeMap<Long, Double> mass = new TreeMap<>();

  private LossGrid(LossLaw law, double step, double reach) {
    this.law = law;
    this.step = step;
    this.from = law.from(reach);
    this.to = law.to(reach);
  }

  /**
   * The law on multiples of {@code step}; away from the mean the points used lie apart by {@code coarsening} times their
   * distance from it. Mass beyond {@code reach} standard deviations of the noise counts as infinite loss.
   */
  static LossCells of(LossLaw law, double step, double coarsening, double reach) {
    LossGrid grid = new LossGrid(law, step, reach);
    long middle = Math.round(mean(law) / step);
    grid.rise(middle, coarsening);
    grid.fall(middle, coarsening);
    for (LossLaw.Atom atom : law.atoms()) {
      long below = (long) Math.floor(atom.loss() / step + 1e-9);
      grid.split(below, below + 1, atom.loss(), atom.mass());
    }
    return grid.cells(law.unreached(reach));
  }

  /** Roughly the standard deviation of a law's loss under P. */
  static double deviation(LossLaw law) {
    double mean = moment(law, 0, 1);
    return Math.sqrt(moment(law, mean, 2));
  }

  private static double mean(LossLaw law) {
    return moment(law, 0, 1);
  }

  // E (loss - centre)^power, by the midpoint rule.
  private static double moment(LossLaw law, double centre, int power) {
    double from = law.from(LossLaws.REACH);
    double length = law.to(LossLaws.REACH) - from;
    int panels = Math.max(64, (int) Math.ceil(length / law.scale() * 8));
    double width = length / panels;
    double sum = 0;
    for (int i = 0; i < panels; i++) {
      double x = from + (i + 0.5) * width;
      double density = law.density(x);
      sum += density == 0 ? 0 : width * density * Math.pow(law.loss(x) - centre, power);
    }
    for (LossLaw.Atom atom : law.atoms()) {
      sum += atom.mass() * Math.pow(atom.loss() - centre, power);
    }
    return sum;
  }

  private void rise(long middle, double coarsening) {
    long low = middle;
    while (low * step < law.loss(to)) {
      long high = low + width(low - middle, coarsening);
      between(low, high);
      low = high;
    }
  }

  private void fall(long middle, double coarsening) {
    long high = middle;
    while (high * step > law.loss(from)) {
      long low = high - width(middle - high, coarsening);
      between(low, high);
      high = low;
    }
  }

  private static long width(long distance, double coarsening) {
    return Math.max(1, (long) (coarsening * distance));
  }

  private void between(long low, long high) {
    double left = Math.max(from, law.outcome(low * step));
    double right = Math.min(to, law.outcome(high * step));
    if (!(left < right)) {
      return;
    }
    double losses = law.loss(right) - law.loss(left);
    int panels = Math.max(1, (int) Math.ceil(Math.max(8 * (right - left) / law.scale(), losses)));
    double width = (right - left) / panels;
    for (int panel = 0; panel < panels; panel++) {
      for (int node = 0; node < NODES.length; node++) {
        double x = left + (panel + NODES[node]) * width;
        double weight = WEIGHTS[node] * width * law.density(x);
        if (weight > 0) {
          split(low, high, law.loss(x), weight);
        }
      }
    }
  }

  // With P's mass m at loss l between e and e', the share w of e' solves m e^-l = m (1-w) e^-e + m
  // w
  // e^-e'.
  private void split(long low, long high, double loss, double amount) {
    double share = Math.expm1(low * step - loss) / Math.expm1((low - high) * step);
    double upper = Math.min(1, Math.max(0, share));
    add(high, amount * upper);
    add(low, amount * (1 - upper));
  }

  private void add(long index, double amount) {
    if (amount > 0) {
      mass.merge(index, amount, Double::sum);
    }
  }

  private LossCells cells(double infinite) {
    long[] index = new long[mass.size()];
    double[] masses = new double[mass.size()];
    int cell = 0;
    for (var entry : mass.entrySet()) {
      index[cell] = entry.getKey();
      masses[cell++] = entry.getValue();
    }
    return new LossCells(0, step, index, masses, infinite);
  }
}
