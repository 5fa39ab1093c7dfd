package dev.retort.audit;

import org.jspecify.annotations.Nullable;

/**
 * Fisher's linear discriminant: the matched filter for the noise's covariance, which is learnt from runs of its own. It
 * finds noise that any two entries share, and is the matched filter where no two do. Learning must end before the first
 * score. Not thread-safe.
 */
final class LinearDiscriminant implements OutputStatistic {

  /** More entries than this are too many to learn a covariance of. */
  static final int MOST_ENTRIES = 128;

  // Keeps a covariance of shared noise invertible; beside unshared noise it is nothing.
  private static final double RIDGE = 1e-9;

  private final NeighbouringInputs inputs;
  private final double[][] products;
  private final double[] residual;
  private long learnt;
  private double @Nullable [] weights;

  LinearDiscriminant(NeighbouringInputs inputs) {
    this.inputs = inputs;
    this.products = new double[inputs.entries()][inputs.entries()];
    this.residual = new double[inputs.entries()];
  }

  @Override
  public String name() {
    return "linear discriminant, learnt";
  }

  @Override
  public void learn(int[] output, int from, boolean changed) {
    for (int i = 0; i < residual.length; i++) {
      residual[i] = (double) output[from + i] - (changed ? inputs.with(i) : inputs.without(i));
      for (int j = 0; j <= i; j++) {
        products[i][j] += residual[i] * residual[j];
      }
    }
    learnt++;
  }

  @Override
  public double score(int[] output, int from) {
    double[] known = weights;
    if (known == null) {
      known = weights();
      weights = known;
    }
    double sum = 0;
    for (int i = 0; i < known.length; i++) {
      sum += known[i] * ((double) output[from + i] - inputs.without(i));
    }
    return sum;
  }

  private double[] weights() {
    double[] difference = new double[residual.length];
    double trace = 0;
    for (int i = 0; i < difference.length; i++) {
      difference[i] = (double) inputs.with(i) - inputs.without(i);
      trace += products[i][i];
    }
    for (int i = 0; i < difference.length; i++) {
      products[i][i] += RIDGE * trace / difference.length + Math.max(1, learnt) * RIDGE;
    }
    Cholesky.solve(products, difference);
    return difference;
  }
}
