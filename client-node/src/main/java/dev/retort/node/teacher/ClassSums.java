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
    int classes = records.records().classes();
    int[] sums = new int[space.dimensions() * classes];
    float[] row = new float[sums.length];
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
          addPoint(points, at * space.dimensions(), records.records().label(each), classes, row);
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

  private static void addPoint(float[] points, int from, int label, int classes, float[] row) {
    for (int k = 0; k < row.length / classes; k++) {
      row[k * classes + label] += points[from + k];
    }
  }

  private static void add(int[] clipped, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      // No sum of at most 100,000 rows of norm 2^14 leaves the range of an int.
      sums[i] += clipped[i];
    }
  }
}
