package dev.retort.audit;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A test that is fixed before the runs it is judged by: the change is claimed where the statistic reaches the threshold.
 *
 * @param statistic its index among the statistics tried
 * @param threshold the smallest score that counts as a positive
 */
record FixedTest(int statistic, double threshold) {

  private static final int BETWEEN_QUANTILES = 64;

  /**
   * The test that does best on the runs set aside for choosing.
   *
   * @param without scores of runs without the change, by statistic; sorted by this call
   * @param with scores of runs with it, likewise
   * @param bound what to maximise
   */
  static FixedTest best(
      List<double[]> without, List<double[]> with, ToDoubleFunction<ErrorCounts> bound) {
    @Nullable FixedTest best = null;
    double bestBound = Double.NEGATIVE_INFINITY;
    for (int statistic = 0; statistic < without.size(); statistic++) {
      double[] zeros = without.get(statistic);
      double[] ones = with.get(statistic);
      Arrays.sort(zeros);
      Arrays.sort(ones);
      for (double threshold : thresholds(zeros, ones)) {
        ErrorCounts counts = new ErrorCounts(
            zeros.length - below(zeros, threshold),
            zeros.length,
            below(ones, threshold),
            ones.length);
        double value = bound.applyAsDouble(counts);
        if (best == null || value > bestBound) {
          best = new FixedTest(statistic, threshold);
          bestBound = value;
        }
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("statistics must be at least one: 0");
    }
    return best;
  }

  /** Thresholds at quantiles, and close to both ends where the direct bound is best. */
  private static TreeSet<Double> thresholds(double[] zeros, double[] ones) {
    TreeSet<Double> thresholds = new TreeSet<>();
    for (double[] sorted : List.of(zeros, ones)) {
      int last = sorted.length - 1;
      for (int k = 0; k <= BETWEEN_QUANTILES; k++) {
        thresholds.add(sorted[(int) ((long) last * k / BETWEEN_QUANTILES)]);
      }
      for (int rank = 1; rank < sorted.length / BETWEEN_QUANTILES; rank *= 2) {
        thresholds.add(sorted[rank]);
        thresholds.add(sorted[last - rank]);
      }
      // Above every score seen: no positive among these runs.
      thresholds.add(Math.nextUp(sorted[last]));
    }
    return thresholds;
  }

  /** How many entries are below {@code threshold}. */
  private static int below(double[] sorted, double threshold) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < threshold) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
