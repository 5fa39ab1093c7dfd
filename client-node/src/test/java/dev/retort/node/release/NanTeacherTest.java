package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.merkle.Digest;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.node.teacher.TeacherVotes;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.transfer.SampleRange;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that makes its teacher answer NaN neither shows as an error nor keeps an answer from adding up. */
class NanTeacherTest {

  private static final int CLASSES = 3;
  private static final int SAMPLES = 5;
  private static final LabelGrid GRID = new LabelGrid(10);

  @TempDir
  Path directory;

  @Test
  void release_teacherThatAnswersNan_saysThePublicUniformLabel() throws Exception {
    // One unit with a record of infinite weight, and so one teacher whose weights are NaN; the
    // other shard is empty.
    float[] poison = new float[] {Float.MAX_VALUE, -Float.MAX_VALUE};
    LabelledSamples records =
        new LabelledSamples(new FloatSamples(SampleShape.row(2), poison), new int[] {1}, CLASSES);
    TrainedEnsemble ensemble = new TeacherVotes(LearnEngine.start(1), ComputeDevice.cpu())
        .train(
            new Architecture.Linear(),
            records,
            ShardAssignment.of(new ShardKey(new byte[ShardKey.BYTES]), List.of("u"), 2),
            new TrainingSettings(5, 4, 0.5, 7),
            Progress.silent());
    assertThat(ensemble.isPresent(0) ^ ensemble.isPresent(1)).isTrue();
    float[] points = new float[2 * SAMPLES];
    Arrays.fill(points, Float.MAX_VALUE);
    AnswerTable votes =
        TeacherVotes.count(ensemble, GRID, new FloatSamples(SampleShape.row(2), points), SAMPLES);
    for (int row = 0; row < SAMPLES; row++) {
      int[] uniform = IntegerLabel.uniform(GRID, CLASSES, row);
      for (int c = 0; c < CLASSES; c++) {
        assertThat(votes.sums()[row * CLASSES + c]).isEqualTo(2 * uniform[c]);
      }
    }
    Path file = directory.resolve("ledger.db");
    DiscreteGaussianHistogram mechanism = new DiscreteGaussianHistogram(GRID, CLASSES, 400);
    try (PrivacyLedger ledger = UnsafeTestLedgers.open(file)) {
      ledger.openPolicy("main", "patient", new ApproxDp(1, 1e-6));
      ledger.bindDataset(
          new DatasetBind("main", Digest.of(new byte[] {1}), votes.rows(), "prf-mod-teachers/1"));
      LabelRelease door = ReleaseFixture.door(ledger);
      door.openCampaign(ReleaseFixture.CAMPAIGN, mechanism);
      ReleaseOutcome outcome = door.release(
          new ReleaseRequest(
              ReleaseFixture.NORTH,
              "main",
              ReleaseFixture.CAMPAIGN,
              ReleaseFixture.TRANSFER_SET,
              0,
              SAMPLES,
              mechanism),
          () -> votes.block(new SampleRange(0, SAMPLES)).values());
      assertThat(outcome).isInstanceOf(Released.class);
    }
    assertThat(LedgerVerifier.verify(file).findings()).isEmpty();
  }
}
