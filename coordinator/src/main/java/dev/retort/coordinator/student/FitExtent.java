package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import java.util.SplittableRandom;

/**
 * How far to fit a classifier to class sums, decided by held-out data: the sums with added noise and with the same noise taken
 * off are independent of each other (Leiner and others 2023, section 2.1), and so are two halves of the public samples.
 * Weights fitted to one of each are scored on the other. Deterministic.
 *
 * @param shrinkage the weight of the weights' squared length
 * @param stretch how much farther than that to go the same way, at least 1
 * @param surerThanSure whether the records would be likelier than if each had the likeliest class of its point, which shows that
 *     the points stand in for them badly
 */
record FitExtent(double shrinkage, double stretch, boolean surerThanSure) {

  // In units of the mean second moment of a feature, falling.
  private static final double[] SHRINKAGES = {
    3, 1.7, 1, 0.55, 0.3, 0.17, 0.1, 0.055, 0.03, 0.017, 0.01, 0.0055, 0.003, 0.0017, 0.001
  };
  // How much farther than a shrunk fit goes it may be worth going the same way.
  private static final double[] STRETCHES = {1, 1.7, 3, 5.5, 10, 17, 30};
  private static final int HELD_OUT_STEPS = 25;

  /** Makes a fit to points of what a round answered. */
  interface Beginning {
    MomentFit fit(DenseMatrix points, DenseMatrix answer);
  }

  /**
   * Chooses.
   *
   * @param answer dimensions by classes: what the round told
   * @param error the standard deviation of what is wrong about each of its entries
   * @param seed of what is held out
   */
  static FitExtent choose(
      Beginning beginning, DenseMatrix points, DenseMatrix answer, double error, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] added = new double[answer.array().length];
    for (int i = 0; i < added.length; i++) {
      added[i] = error * gaussian(random);
    }
    int half = points.rows() / 2;
    int[] order = Shuffle.of(points.rows(), random);
    double unit = 1.0 / points.columns();
    double[][] scores = new double[SHRINKAGES.length][STRETCHES.length];
    double[] sure = new double[SHRINKAGES.length];
    for (int fold = 0; fold < 2; fold++) {
      int sign = fold == 0 ? 1 : -1;
      DenseMatrix own = rows(points, order, fold == 0 ? 0 : half, fold == 0 ? half : order.length);
      DenseMatrix other =
          rows(points, order, fold == 0 ? half : 0, fold == 0 ? order.length : half);
      MomentFit fit = beginning.fit(own, shifted(answer, added, sign));
      MomentFit judge = beginning.fit(other, shifted(answer, added, -sign));
      for (int i = 0; i < SHRINKAGES.length; i++) {
        fit.descend(SHRINKAGES[i] * unit, HELD_OUT_STEPS);
        sure[i] += judge.surest(fit.weights());
        for (int j = 0; j < STRETCHES.length; j++) {
          scores[i][j] += judge.loss(fit.weights(STRETCHES[j]));
        }
      }
    }
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i][0] < scores[best][0] ? i : best;
    }
    // One more: the likelihood rewards confidence, and what is wanted is the leading class.
    // Confidence comes after.
    int shrinkage = Math.max(0, best - 1);
    int stretch = 0;
    for (int j = 1; j < STRETCHES.length; j++) {
      stretch = scores[shrinkage][j] < scores[shrinkage][stretch] ? j : stretch;
    }
    return new FitExtent(
        SHRINKAGES[shrinkage] * unit, STRETCHES[stretch], scores[shrinkage][0] < sure[shrinkage]);
  }

  private static DenseMatrix shifted(DenseMatrix moments, double[] by, int sign) {
    return DenseMatrix.of(
        moments.rows(), moments.columns(), i -> moments.array()[i] + sign * by[i]);
  }

  private static DenseMatrix rows(DenseMatrix points, int[] order, int from, int to) {
    int columns = points.columns();
    return DenseMatrix.of(
        to - from, columns, i -> points.get(order[from + i / columns], i % columns));
  }

  /** A standard normal draw (Box and Muller 1958). */
  private static double gaussian(SplittableRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
