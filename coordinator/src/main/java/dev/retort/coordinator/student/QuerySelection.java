package dev.retort.coordinator.student;

import dev.retort.data.Samples;
import dev.retort.encode.DenseMatrix;
import dev.retort.plan.QueryOrder;
import dev.retort.plan.RoundInput.Selection;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyRounds;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which public samples the rounds of a study ask for. Reads public samples and released labels alone; deterministic.
 *
 * <p>What is far from all that was asked says most of what is not known yet (k-centre: Gonzalez 1985; Sener and Savarese 2018,
 * section 4). Later rounds weigh that distance by doubt: the chance that the class which leads a sample's fitted label is not
 * the one that truly does.
 */
public final class QuerySelection {

  private QuerySelection() {}

  /**
   * The samples of the first round, as many as the plan says.
   *
   * @param transfer as teachers see them
   * @throws IllegalArgumentException if the plan asks for the samples as they lie
   */
  public static Selection first(StudyPlan plan, Samples transfer) {
    int count = StudyRounds.ranges(plan).get(0).count();
    if (plan.queries().plan() == QueryOrder.ALL) {
      throw new IllegalArgumentException("queries.plan must choose samples: all");
    }
    if (plan.queries().plan() == QueryOrder.RANDOM) {
      return new Selection(
          Arrays.copyOf(Shuffle.of(transfer.count(), new SplittableRandom(plan.seed())), count));
    }
    double[] alike = new double[transfer.count()];
    Arrays.fill(alike, 1);
    return new Selection(spread(PublicBasis.described(transfer), count, List.of(), alike));
  }

  /**
   * The samples of a later round: none that was asked for before.
   *
   * @param asked the selections of the rounds before
   * @param labels of all transfer samples, as far as they were asked for and answered
   */
  public static Selection next(
      StudyPlan plan, List<Selection> asked, LabelEstimate labels, PublicSamples transfer) {
    int count = StudyRounds.ranges(plan).get(asked.size()).count();
    double[] doubt = doubt(LabelPosterior.of(labels, transfer.bases()));
    return new Selection(spread(PublicBasis.described(transfer.teachers()), count, asked, doubt));
  }

  private static double[] doubt(LabelPosterior posterior) {
    double[] doubt = new double[posterior.mean().rows()];
    for (int row = 0; row < doubt.length; row++) {
      double[] likely =
          ArgMaxProbability.of(posterior.mean().row(row), Math.sqrt(posterior.variance(row)));
      doubt[row] = 1 - Arrays.stream(likely).max().orElse(1);
    }
    return doubt;
  }

  /** One sample after another, each the farthest from all asked and chosen so far, by distance times weight. */
  private static int[] spread(
      DenseMatrix points, int count, List<Selection> asked, double[] weight) {
    double[] squared = new double[points.rows()];
    Arrays.fill(squared, Double.POSITIVE_INFINITY);
    boolean[] taken = new boolean[points.rows()];
    for (Selection before : asked) {
      for (int sample : before.samples()) {
        take(points, sample, squared, taken);
      }
    }
    int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      // The first of all lies nearest to the middle of the pool, which coordinates are centred on.
      int next = i == 0 && asked.isEmpty() ? innermost(points) : farthest(squared, taken, weight);
      chosen[i] = next;
      take(points, next, squared, taken);
    }
    return chosen;
  }

  private static void take(DenseMatrix points, int sample, double[] squared, boolean[] taken) {
    taken[sample] = true;
    double[] from = points.row(sample);
    IntStream.range(0, points.rows())
        .parallel()
        .forEach(row -> squared[row] = Math.min(squared[row], squaredDistance(points, row, from)));
  }

  private static double squaredDistance(DenseMatrix points, int row, double[] from) {
    double sum = 0;
    for (int k = 0; k < from.length; k++) {
      double difference = points.get(row, k) - from[k];
      sum += difference * difference;
    }
    return sum;
  }

  private static int innermost(DenseMatrix points) {
    double[] middle = new double[points.columns()];
    int best = 0;
    double bestSquared = Double.POSITIVE_INFINITY;
    for (int row = 0; row < points.rows(); row++) {
      double squared = squaredDistance(points, row, middle);
      if (squared < bestSquared) {
        bestSquared = squared;
        best = row;
      }
    }
    return best;
  }

  private static int farthest(double[] squared, boolean[] taken, double[] weight) {
    int best = -1;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < squared.length; row++) {
      double score = Math.sqrt(squared[row]) * weight[row];
      if (!taken[row] && score > bestScore) {
        bestScore = score;
        best = row;
      }
    }
    return best;
  }
}
