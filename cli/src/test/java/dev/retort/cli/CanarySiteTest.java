package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainingSettings;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.node.shard.ShardKey;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CanarySiteTest {

  private static final int TEACHERS = 6;
  private static final int FEATURES = 5;
  private static final LabelGrid GRID = new LabelGrid(255);

  private static CanarySite site() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[120 * FEATURES];
    int[] labels = new int[120];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    for (int row = 0; row < labels.length; row++) {
      labels[row] = values[row * FEATURES] > 0 ? 1 : random.nextInt(3);
    }
    LearnEngine engine = LearnEngine.start();
    return new CanarySite(
        engine,
        engine.resolve(DeviceChoice.parse("cpu")),
        Architecture.parse("mlp-8"),
        new TrainingSettings(10, 8, 0.01, 4),
        PrivateTable.ofRows(
            new LabelledSamples(new FloatSamples(SampleShape.row(FEATURES), values), labels, 3)),
        new ShardKey(new byte[ShardKey.BYTES]),
        TEACHERS);
  }

  private static FloatSamples draw(CanarySite site, int count) {
    return CanaryRecords.draw(site.table().records().samples(), count, 9);
  }

  @Test
  void unitPerShard_anySite_putsOneCanaryInEachShard() throws Exception {
    CanarySite site = site();
    List<String> units = site.unitPerShard();
    int[][] rows = ShardAssignment.of(site.key(), units, TEACHERS).rows();
    for (int shard = 0; shard < TEACHERS; shard++) {
      assertThat(rows[shard]).containsExactly(shard);
    }
  }

  /** What both audits rest on: a teacher trained alone is the one among all, and no canary moves another's teacher. */
  @Test
  void trainOnly_oneShard_givesTheTeacherOfTheWholeSiteBitForBit() throws Exception {
    CanarySite site = site();
    FloatSamples canary = draw(site, 1);
    Samples asked = canary.subset(new int[3]);
    PrivateTable with =
        site.with(canary, List.of(new CanarySite.Canary(site.unitPerShard().get(2), 0, 1, 4)));
    int[][] before = site.labels(site.train(site.table(), Progress.silent()), GRID, asked);
    int[][] after = site.labels(site.train(with, Progress.silent()), GRID, asked);
    int[][] alone = site.labels(site.trainOnly(2, with), GRID, asked);
    int[][] aloneWithout = site.labels(site.trainOnly(2, site.table()), GRID, asked);
    assertThat(alone[2]).isEqualTo(after[2]).isNotEqualTo(before[2]);
    assertThat(aloneWithout[2]).isEqualTo(before[2]);
    for (int shard : new int[] {0, 1, 3, 4, 5}) {
      assertThat(after[shard]).isEqualTo(before[shard]);
    }
  }

  @Test
  void with_severalRecordsAUnit_appendsThemBehindTheSitesOwn() throws Exception {
    CanarySite site = site();
    FloatSamples canaries = draw(site, 2);
    PrivateTable with = site.with(
        canaries,
        List.of(new CanarySite.Canary("a", 1, 2, 2), new CanarySite.Canary("b", 0, 0, 1)));
    assertThat(with.count()).isEqualTo(123);
    assertThat(with.units().subList(120, 123)).containsExactly("a", "a", "b");
    assertThat(with.records().label(121)).isEqualTo(2);
    float[] last = new float[2 * FEATURES];
    with.records().samples().gather(new int[] {7, 120}, 0, 2, FloatBuffer.wrap(last));
    float[] expected = new float[2 * FEATURES];
    site.table().records().samples().gather(new int[] {7}, 0, 1, FloatBuffer.wrap(expected));
    canaries.gather(new int[] {1}, 0, 1, FloatBuffer.wrap(expected, FEATURES, FEATURES));
    assertThat(last).containsExactly(expected);
  }

  @Test
  void draw_anyRecords_takesEachNumberFromTheirExtremes() throws Exception {
    CanarySite site = site();
    float[] drawn = new float[FEATURES];
    draw(site, 1).gather(new int[] {0}, 0, 1, FloatBuffer.wrap(drawn));
    for (float number : drawn) {
      assertThat(Math.abs(number)).isBetween(0.9f, 1f);
    }
  }
}
