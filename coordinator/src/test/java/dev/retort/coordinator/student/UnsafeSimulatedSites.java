package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.ContributionKey;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import java.util.SplittableRandom;

/** Sites whose noise is seeded, so that a test of accuracy gives one verdict. Never for anything released. */
final class UnsafeSimulatedSites {

  private UnsafeSimulatedSites() {}

  /**
   * The aggregate of sites that share {@code teachers} evenly and each add their own noise.
   *
   * @param histogram the noise-free sums over all teachers, samples by classes
   */
  static AggregatedLabels noised(
      int[][] histogram, int teachers, int sites, LabelGrid grid, int sigma, long seed) {
    int samples = histogram.length;
    int classes = histogram[0].length;
    SplittableRandom random = new SplittableRandom(seed);
    LabelAggregator aggregator = new LabelAggregator(samples, classes);
    for (int site = 0; site < sites; site++) {
      int[] values = new int[samples * classes];
      for (int i = 0; i < values.length; i++) {
        // One site speaks for all teachers: only the sum is looked at.
        values[i] = (site == 0 ? histogram[i / classes][i % classes] : 0)
            + (int) Math.round(sigma * random.nextGaussian());
      }
      aggregator.fold(
          new ContributionKey("site-" + site, 0),
          new LabelBlock(0, samples, classes, values),
          teachers / sites,
          grid,
          sigma);
    }
    return aggregator.result();
  }

  /** Teachers who each name the true class with probability {@code skill}, and else any class. */
  static int[][] votes(int[] labels, int classes, int teachers, double skill, int grid, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] histogram = new int[labels.length][classes];
    for (int row = 0; row < labels.length; row++) {
      for (int t = 0; t < teachers; t++) {
        histogram[row][random.nextDouble() < skill ? labels[row] : random.nextInt(classes)] += grid;
      }
    }
    return histogram;
  }
}
