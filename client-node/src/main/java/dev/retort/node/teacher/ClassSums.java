package dev.retort.node.teacher;

import dev.retort.data.PrivateTable;
import dev.retort.encode.ClassSumSpace;
import dev.retort.label.FixedPointFeatures;
import dev.retort.node.shard.UnitSelection;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.Mechanism;
import java.util.Arrays;
import java.util.List;

/**
 * Adds up a site's records by class in a public feature space. Each privacy unit is one row: for every class the sum of the
 * points of its records, all of it clipped to one L2 norm in integers. So replacing a unit, whatever its records, moves the
 * sum by at most twice that norm.
 */
public final class ClassSums {

  /** Bounds the points in memory. */
  private static final int CHUNK_UNITS = 1024;

  private ClassSums() {}

  /**
   * The exact sums: for each coordinate of the space one entry a class.
   *
   * @param records the site's records
   * @param selection the units that are counted, and the records of each
   * @param mechanism by which the sums are to be released
   * @throws InterruptedException if the thread is interrupted
   */
  public static AnswerTable of(
      PrivateTable records, UnitSelection selection, ClassSumSpace space, Mechanism mechanism)
      throws InterruptedException {
    return sum(
        records, selection, space, mechanism, (points, from, label, sums) -> sums[label] = 1);
  }

  /**
   * The exact sums of what a softmax regression leaves unexplained: where {@link #of} adds a record's point to the class of
   * its label, this takes off again the share of it that the classifier expects there. Without clipping it is the gradient of
   * the log-likelihood over the records.
   *
   * @param weights of the classifier, dimensions of the space by classes
   * @throws InterruptedException if the thread is interrupted
   */
  public static AnswerTable residuals(
      PrivateTable records,
      UnitSelection selection,
      ClassSumSpace space,
      float[] weights,
      Mechanism mechanism)
      throws InterruptedException {
    int classes = records.records().classes();
    if (weights.length != space.dimensions() * classes) {
      throw new IllegalArgumentException(
          "weights must be " + space.dimensions() + " by " + classes + ": " + weights.length);
    }
    return sum(records, selection, space, mechanism, (points, from, label, shares) -> {
      expect(points, from, weights, shares);
      for (int c = 0; c < classes; c++) {
        shares[c] = (c == label ? 1 : 0) - shares[c];
      }
    });
  }

  /** Says how much of a point counts towards each class. */
  private interface Shares {
    void of(float[] points, int from, int label, float[] shares);
  }

  private static AnswerTable sum(
      PrivateTable records,
      UnitSelection selection,
      ClassSumSpace space,
      Mechanism mechanism,
      Shares rule)
      throws InterruptedException {
    int classes = records.records().classes();
    int[] sums = new int[space.dimensions() * classes];
    float[] row = new float[sums.length];
    float[] shares = new float[classes];
    List<int[]> units = selection.units();
    for (int first = 0; first < units.size(); first += CHUNK_UNITS) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the study was closed");
      }
      List<int[]> chunk = units.subList(first, Math.min(units.size(), first + CHUNK_UNITS));
      int[] rows = chunk.stream().flatMapToInt(Arrays::stream).toArray();
      float[] points = space.points(records.records().samples().subset(rows));
      int at = 0;
      for (int[] unit : chunk) {
        Arrays.fill(row, 0);
        for (int each : unit) {
          Arrays.fill(shares, 0);
          rule.of(points, at * space.dimensions(), records.records().label(each), shares);
          addPoint(points, at * space.dimensions(), shares, row);
          at++;
        }
        add(
            FixedPointFeatures.clip(
                row, 0, row.length, StudyPlan.ClassSums.NORM, StudyPlan.ClassSums.NORM),
            sums);
      }
    }
    return new AnswerTable(mechanism, selection.most(), sums);
  }

  /** The classifier's probabilities at a point; uniform where its weights say nothing finite. */
  private static void expect(float[] points, int from, float[] weights, float[] probabilities) {
    int classes = probabilities.length;
    for (int k = 0; k < weights.length / classes; k++) {
      for (int c = 0; c < classes; c++) {
        probabilities[c] += points[from + k] * weights[k * classes + c];
      }
    }
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : probabilities) {
      largest = Math.max(largest, logit);
    }
    float total = 0;
    for (int c = 0; c < classes; c++) {
      probabilities[c] = (float) Math.exp(probabilities[c] - largest);
      total += probabilities[c];
    }
    boolean sane = Float.isFinite(total) && total > 0;
    for (int c = 0; c < classes; c++) {
      probabilities[c] = sane ? probabilities[c] / total : 1f / classes;
    }
  }

  private static void addPoint(float[] points, int from, float[] shares, float[] row) {
    int classes = shares.length;
    for (int k = 0; k < row.length / classes; k++) {
      for (int c = 0; c < classes; c++) {
        row[k * classes + c] += points[from + k] * shares[c];
      }
    }
  }

  private static void add(int[] clipped, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      // No sum of at most 100,000 rows of norm 2^14 leaves the range of an int.
      sums[i] += clipped[i];
    }
  }
}
