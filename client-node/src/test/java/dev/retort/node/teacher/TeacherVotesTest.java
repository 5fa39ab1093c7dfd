package dev.retort.node.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.label.IntegerLabel;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.node.shard.ShardKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TeacherVotesTest {

  private static final int CLASSES = 3;
  private static final ShardKey KEY = new ShardKey(new byte[ShardKey.BYTES]);
  private static final TrainingSettings SETTINGS = new TrainingSettings(20, 4, 0.05, 7);
  private static final LabelGrid GRID = new LabelGrid(15);

  private final TeacherVotes teachers = new TeacherVotes(LearnEngine.start(2), ComputeDevice.cpu());

  /** Points around three corners of the plane, each its own class. */
  private static FloatSamples points(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * 2];
    for (int i = 0; i < count; i++) {
      values[2 * i] = (float) (Math.cos(i % 3 * 2.1) * 3 + random.nextDouble(-0.5, 0.5));
      values[2 * i + 1] = (float) (Math.sin(i % 3 * 2.1) * 3 + random.nextDouble(-0.5, 0.5));
    }
    return new FloatSamples(SampleShape.row(2), values);
  }

  private static LabelledSamples records(int count) {
    return new LabelledSamples(
        points(count, 1), IntStream.range(0, count).map(i -> i % 3).toArray(), CLASSES);
  }

  private TrainedEnsemble train(LabelledSamples records, List<String> units, int shards)
      throws InterruptedException {
    return teachers.train(
        new Architecture.Linear(),
        records,
        ShardAssignment.of(KEY, units, shards),
        SETTINGS,
        Progress.silent());
  }

  private static List<String> units(int count) {
    return IntStream.range(0, count).mapToObj(i -> "u" + i).toList();
  }

  @Test
  void count_separableClasses_votesForTheRightOnes() throws Exception {
    AnswerTable votes =
        TeacherVotes.count(train(records(300), units(300), 4), GRID, points(60, 2), 60);
    int right = 0;
    for (int row = 0; row < 60; row++) {
      int[] sums = Arrays.copyOfRange(votes.sums(), row * CLASSES, (row + 1) * CLASSES);
      assertThat(Arrays.stream(sums).sum()).isEqualTo(4 * 15);
      right += sums[row % 3] == Arrays.stream(sums).max().orElseThrow() ? 1 : 0;
    }
    assertThat(right).isGreaterThan(55);
  }

  @Test
  void count_noRecordsAtAll_isThePublicUniformLabelOfEveryTeacher() throws Exception {
    LabelledSamples nothing = new LabelledSamples(
        new FloatSamples(SampleShape.row(2), new float[0]), new int[0], CLASSES);
    AnswerTable votes =
        TeacherVotes.count(train(nothing, List.of(), 2), LabelGrid.VOTE, points(4, 2), 4);
    for (int row = 0; row < 4; row++) {
      int[] uniform = IntegerLabel.uniform(LabelGrid.VOTE, CLASSES, row);
      for (int c = 0; c < CLASSES; c++) {
        assertThat(votes.sums()[row * CLASSES + c]).isEqualTo(2 * uniform[c]);
      }
    }
  }

  @Test
  void count_oneUnitReplaced_movesOneTeachersLabelAtMost() throws Exception {
    List<String> units = units(120);
    LabelledSamples before = records(120);
    int[] labels = before.labels();
    labels[17] = (labels[17] + 1) % CLASSES;
    LabelledSamples after = new LabelledSamples(before.samples(), labels, CLASSES);
    int[] a =
        TeacherVotes.count(train(before, units, 10), GRID, points(50, 2), 50).sums();
    int[] b =
        TeacherVotes.count(train(after, units, 10), GRID, points(50, 2), 50).sums();
    long largest = 0;
    for (int row = 0; row < 50; row++) {
      long squared = 0;
      for (int c = 0; c < CLASSES; c++) {
        long moved = (long) a[row * CLASSES + c] - b[row * CLASSES + c];
        squared += moved * moved;
      }
      largest = Math.max(largest, squared);
    }
    // The sensitivity that the noise is made for: L2^2 = 2 S^2.
    assertThat(largest).isBetween(1L, 2L * 15 * 15);
  }

  @Test
  void train_progress_countsEmptyShardsToo() throws Exception {
    List<Integer> totals = new ArrayList<>();
    teachers.train(
        new Architecture.Linear(),
        records(2),
        ShardAssignment.of(KEY, units(2), 6),
        SETTINGS,
        (done, total) -> totals.add(total));
    assertThat(totals).isNotEmpty().containsOnly(6);
  }

  @Test
  void count_limitBeyondTheTransferSet_isRefused() throws Exception {
    TrainedEnsemble ensemble = train(records(6), units(6), 2);
    assertThatThrownBy(() -> TeacherVotes.count(ensemble, GRID, points(5, 2), 6))
        .hasMessage("limit must be in [1, 5]: 6");
  }
}
