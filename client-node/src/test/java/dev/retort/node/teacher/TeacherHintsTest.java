package dev.retort.node.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.label.IntegerLabel;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.HiddenProjection;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Network;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.node.shard.ShardKey;
import dev.retort.privacy.DiscreteGaussianHints;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TeacherHintsTest {

  private static final int CLASSES = 3;
  private static final int DIMENSIONS = 4;
  private static final int NORM = 100;
  private static final int SAMPLES = 50;
  private static final SampleShape ROW = SampleShape.row(2);
  private static final LabelGrid GRID = new LabelGrid(5);
  private static final DiscreteGaussianHints MECHANISM =
      new DiscreteGaussianHints(GRID, 7, CLASSES, DIMENSIONS, NORM, 1);

  private final LearnEngine engine = LearnEngine.start(1);
  private final Network initial =
      Network.untrained(new Architecture.Mlp(List.of(8)), ROW, CLASSES, 1);
  private final HiddenProjection projection = HiddenProjection.draw(8, DIMENSIONS, 2);

  private static FloatSamples points(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * 2];
    for (int i = 0; i < count; i++) {
      values[2 * i] = (float) (Math.cos(i % 3 * 2.1) * 3 + random.nextDouble(-0.5, 0.5));
      values[2 * i + 1] = (float) (Math.sin(i % 3 * 2.1) * 3 + random.nextDouble(-0.5, 0.5));
    }
    return new FloatSamples(ROW, values);
  }

  private static LabelledSamples records(int count) {
    return new LabelledSamples(
        points(count, 1), IntStream.range(0, count).map(i -> i % 3).toArray(), CLASSES);
  }

  private int[] sums(LabelledSamples records, int shards, double learningRate) throws Exception {
    List<String> units =
        IntStream.range(0, records.count()).mapToObj(i -> "u" + i).toList();
    TrainedEnsemble ensemble = new TeacherVotes(engine, ComputeDevice.cpu())
        .trainFrom(
            initial,
            records,
            ShardAssignment.of(new ShardKey(new byte[ShardKey.BYTES]), units, shards),
            new TrainingSettings(20, 4, learningRate, 7),
            Progress.silent());
    TeacherHints hints = TeacherHints.of(
        engine, ComputeDevice.cpu(), initial, projection, NORM, points(SAMPLES, 2), SAMPLES);
    return TeacherVotes.countWithHints(ensemble, MECHANISM, hints, points(SAMPLES, 2), SAMPLES)
        .sums();
  }

  @Test
  void countWithHints_trainedTeachers_sayLabelsOfWholeWeightAndHints() throws Exception {
    int[] sums = sums(records(200), 4, 0.02);
    int right = 0;
    int moved = 0;
    for (int row = 0; row < SAMPLES; row++) {
      int[] label = Arrays.copyOfRange(sums, row * 7, row * 7 + CLASSES);
      assertThat(Arrays.stream(label).sum()).isEqualTo(4 * 5 * 7);
      right += label[row % 3] == Arrays.stream(label).max().orElseThrow() ? 1 : 0;
      moved +=
          Arrays.stream(sums, row * 7 + CLASSES, row * 7 + 7).anyMatch(each -> each != 0) ? 1 : 0;
    }
    assertThat(right).isGreaterThan(45);
    assertThat(moved).isEqualTo(SAMPLES);
  }

  @Test
  void countWithHints_teachersThatHaveNotMoved_sayNoHint() throws Exception {
    int[] sums = sums(records(200), 4, 1e-9);
    for (int row = 0; row < SAMPLES; row++) {
      assertThat(Arrays.copyOfRange(sums, row * 7 + CLASSES, row * 7 + 7)).containsOnly(0);
    }
  }

  @Test
  void countWithHints_noRecordsAtAll_isTheUniformLabelAndTheZeroHint() throws Exception {
    int[] sums = sums(
        new LabelledSamples(new FloatSamples(ROW, new float[0]), new int[0], CLASSES), 2, 0.02);
    for (int row = 0; row < SAMPLES; row++) {
      int[] uniform = IntegerLabel.uniform(GRID, CLASSES, row);
      for (int c = 0; c < CLASSES; c++) {
        assertThat(sums[row * 7 + c]).isEqualTo(2 * 7 * uniform[c]);
      }
      assertThat(Arrays.copyOfRange(sums, row * 7 + CLASSES, row * 7 + 7)).containsOnly(0);
    }
  }

  @Test
  void countWithHints_hiddenLayerThatIsNotFinite_isTheUniformLabelAndTheZeroHint()
      throws Exception {
    // Products with weights overflow, and with them the loss, its gradient and every weight.
    float[] poison = {Float.MAX_VALUE, -Float.MAX_VALUE};
    int[] sums =
        sums(new LabelledSamples(new FloatSamples(ROW, poison), new int[] {1}, CLASSES), 1, 0.5);
    for (int row = 0; row < SAMPLES; row++) {
      int[] uniform = IntegerLabel.uniform(GRID, CLASSES, row);
      for (int c = 0; c < CLASSES; c++) {
        assertThat(sums[row * 7 + c]).isEqualTo(7 * uniform[c]);
      }
      assertThat(Arrays.copyOfRange(sums, row * 7 + CLASSES, row * 7 + 7)).containsOnly(0);
    }
  }

  @Test
  void countWithHints_oneUnitReplaced_movesNoFurtherThanTheSensitivity() throws Exception {
    LabelledSamples before = records(60);
    int[] labels = before.labels();
    labels[17] = (labels[17] + 1) % CLASSES;
    int[] a = sums(before, 10, 0.2);
    int[] b = sums(new LabelledSamples(before.samples(), labels, CLASSES), 10, 0.2);
    long largest = 0;
    for (int row = 0; row < SAMPLES; row++) {
      long squared = 0;
      long hint = 0;
      for (int i = 0; i < 7; i++) {
        long moved = (long) a[row * 7 + i] - b[row * 7 + i];
        squared += moved * moved;
        hint += i < CLASSES ? 0 : moved * moved;
      }
      assertThat(hint).isLessThanOrEqualTo(4L * NORM * NORM);
      largest = Math.max(largest, squared);
    }
    assertThat(largest).isBetween(1L, MECHANISM.l2Squared());
  }
}
