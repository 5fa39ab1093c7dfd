package dev.retort.node.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleShape;
import dev.retort.encode.ClassSumSpace;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.UnitSelection;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassSumsTest {

  private static final int CLASSES = 3;
  private static final int FEATURES = 4;
  private static final int NORM = StudyPlan.ClassSums.NORM;
  private static final ShardKey KEY = new ShardKey(new byte[ShardKey.BYTES]);
  private static final Mechanism MECHANISM =
      new DiscreteGaussianFeatures((FEATURES + 1) * CLASSES, NORM, 1000);
  private static final ClassSumSpace SPACE = new ClassSumSpace(points(100, 1), FEATURES);

  private static FloatSamples points(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FloatSamples(SampleShape.row(FEATURES), values);
  }

  private static PrivateTable records(List<String> units, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] labels =
        IntStream.range(0, units.size()).map(i -> random.nextInt(CLASSES)).toArray();
    return new PrivateTable(
        new LabelledSamples(points(units.size(), seed), labels, CLASSES), units, List.of());
  }

  private static AnswerTable sums(PrivateTable records, int most) throws InterruptedException {
    return ClassSums.of(records, UnitSelection.of(KEY, records.units(), most), SPACE, MECHANISM);
  }

  @Test
  void of_recordsThatAreUnits_isTheSumOfTheirPoints() throws Exception {
    PrivateTable records = records(List.of("a", "b", "c", "d"), 7);
    int[] sums = sums(records, 10).sums();
    float[] points = SPACE.points(records.records().samples());
    for (int k = 0; k <= FEATURES; k++) {
      for (int c = 0; c < CLASSES; c++) {
        double expected = 0;
        for (int row = 0; row < 4; row++) {
          expected += records.records().label(row) == c ? points[row * (FEATURES + 1) + k] : 0;
        }
        // Each of at most four rows is rounded toward zero.
        assertThat((double) sums[k * CLASSES + c])
            .isBetween(expected * NORM - 5, expected * NORM + 5);
      }
    }
  }

  @Test
  void of_oneUnitReplaced_movesByAtMostTwiceTheNorm() throws Exception {
    List<String> units = new ArrayList<>();
    for (int unit = 0; unit < 30; unit++) {
      // Some with a record, some with many.
      for (int i = 0; i <= unit % 7 * (unit % 5); i++) {
        units.add("unit-" + unit);
      }
    }
    PrivateTable before = records(units, 11);
    double farthest = 0;
    for (int unit = 0; unit < 30; unit++) {
      String name = "unit-" + unit;
      List<String> renamed =
          units.stream().map(one -> one.equals(name) ? "other" : one).toList();
      LabelledSamples changed = records(units, 12 + unit).records();
      float[] values = new float[units.size() * FEATURES];
      int[] labels = new int[units.size()];
      for (int row = 0; row < labels.length; row++) {
        LabelledSamples from = units.get(row).equals(name) ? changed : before.records();
        from.samples()
            .gather(new int[] {row}, 0, 1, FloatBuffer.wrap(values, row * FEATURES, FEATURES));
        labels[row] = from.label(row);
      }
      PrivateTable after = new PrivateTable(
          new LabelledSamples(new FloatSamples(SampleShape.row(FEATURES), values), labels, CLASSES),
          renamed,
          List.of());
      for (int most : new int[] {5, 100}) {
        int[] one = sums(before, most).sums();
        int[] other = sums(after, most).sums();
        double squares = 0;
        for (int i = 0; i < one.length; i++) {
          squares += Math.pow(one[i] - other[i], 2);
        }
        farthest = Math.max(farthest, Math.sqrt(squares));
      }
    }
    assertThat(farthest).isBetween(0.5 * NORM, 2.0 * NORM);
  }

  private static AnswerTable residuals(PrivateTable records, float[] weights) throws Exception {
    return ClassSums.residuals(
        records, UnitSelection.of(KEY, records.units(), 10), SPACE, weights, MECHANISM);
  }

  @Test
  void residuals_ofAClassifier_areWhatItLeavesOfEachRecord() throws Exception {
    PrivateTable records = records(List.of("a", "b", "c", "d"), 7);
    float[] weights = new float[(FEATURES + 1) * CLASSES];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.sin(i) * 3;
    }
    int[] sums = residuals(records, weights).sums();
    float[] points = SPACE.points(records.records().samples());
    double[] expected = new double[weights.length];
    for (int row = 0; row < 4; row++) {
      double[] share = new double[CLASSES];
      double total = 0;
      for (int c = 0; c < CLASSES; c++) {
        double logit = 0;
        for (int k = 0; k <= FEATURES; k++) {
          logit += points[row * (FEATURES + 1) + k] * weights[k * CLASSES + c];
        }
        share[c] = Math.exp(logit);
        total += share[c];
      }
      double[] left = new double[weights.length];
      double squares = 0;
      for (int i = 0; i < left.length; i++) {
        int c = i % CLASSES;
        double hit = records.records().label(row) == c ? 1 : 0;
        left[i] = points[row * (FEATURES + 1) + i / CLASSES] * (hit - share[c] / total);
        squares += left[i] * left[i];
      }
      for (int i = 0; i < left.length; i++) {
        expected[i] += left[i] / Math.max(1, Math.sqrt(squares));
      }
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) sums[i]).isBetween(expected[i] * NORM - 5, expected[i] * NORM + 5);
    }
  }

  @Test
  void residuals_ofOneUnit_areNoLongerThanTheNorm() throws Exception {
    for (float size : new float[] {0, 1, 1e4f, 3e38f}) {
      float[] weights = new float[(FEATURES + 1) * CLASSES];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = i % 2 == 0 ? size : -size;
      }
      int[] sums =
          residuals(records(List.of("a", "a", "a", "a", "a"), 3), weights).sums();
      double squares = 0;
      for (int sum : sums) {
        squares += (double) sum * sum;
      }
      assertThat(Math.sqrt(squares)).isBetween(1.0, (double) NORM);
    }
  }

  @Test
  void of_noRecords_isZero() throws Exception {
    assertThat(sums(records(List.of(), 1), 10).sums()).containsOnly(0);
  }
}
