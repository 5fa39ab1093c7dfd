package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.data.LabelledSamples;
import dev.retort.label.LabelGrid;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.Progress;
import dev.retort.learn.UnsuitableArchitectureException;
import dev.retort.plan.StudyPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DistillerTest {

  private static final int TEACHERS = 300;

  private final LearnEngine engine = LearnEngine.start(1);
  private final Distiller distiller = new Distiller(engine, ComputeDevice.cpu());

  private double accuracy(Distillation distillation, LabelledSamples test) {
    try (NetworkScorer scorer =
        NetworkScorer.open(engine, ComputeDevice.cpu(), distillation.student())) {
      return scorer.accuracy(test);
    }
  }

  private Distillation distil(
      LabelledSamples transfer, double skill, int grid, int sigma, StudyPlan plan)
      throws Exception {
    int[][] votes =
        UnsafeSimulatedSites.votes(transfer.labels(), Stripes.CLASSES, TEACHERS, skill, grid, 5);
    AggregatedLabels labels =
        UnsafeSimulatedSites.noised(votes, TEACHERS, 3, new LabelGrid(grid), sigma, 6);
    return distiller.distil(labels, transfer.samples(), plan, Progress.silent());
  }

  @Test
  void distil_imagesUnderLargeNoise_studentBeatsTheRawLabels() throws Exception {
    Distillation distillation =
        distil(Stripes.images(400, 1), 0.5, 1, 150, StudentPlans.plan("cnn-small"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.9);
    DistillationReport report = distillation.report();
    assertThat(report.noiseStandardDeviation()).isGreaterThan(0.8);
    assertThat(report.selfTraining()).startsWith("off: only");
    assertThat(report.curve())
        .extracting(DistillationReport.Stage::name)
        .containsExactly("denoiser", "student");
  }

  @Test
  void distil_imagesUnderModerateNoise_learnsThemWithSelfTraining() throws Exception {
    Distillation distillation =
        distil(Stripes.images(400, 1), 0.5, 1, 30, StudentPlans.plan("cnn-small"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.95);
    assertThat(distillation.report().selfTraining()).startsWith("on: noise score");
  }

  @Test
  void distil_imagesUnderTinyNoise_learnsThemWithoutSelfTraining() throws Exception {
    Distillation distillation =
        distil(Stripes.images(400, 1), 0.9, 1, 1, StudentPlans.plan("cnn-small"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.95);
    assertThat(distillation.report().selfTraining()).startsWith("off: noise score");
    assertThat(distillation.report().hardLabels()).isGreaterThan(300);
  }

  @Test
  void distil_tableAndLinearStudent_learns() throws Exception {
    StudyPlan plan = StudentPlans.plan("mlp-16", "student.epochs=30");
    LabelledSamples transfer = standardised(Stripes.table(400, 1));
    Distillation distillation = distil(transfer, 0.6, 1, 60, plan);
    assertThat(accuracy(distillation, standardised(Stripes.table(400, 2)))).isGreaterThan(0.8);
    assertThat(distillation.report().selfTraining()).startsWith("off");
  }

  @Test
  void distil_softGrid_learns() throws Exception {
    Distillation distillation =
        distil(Stripes.images(400, 1), 0.5, 20, 20 * 100, StudentPlans.plan("cnn-small"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.9);
  }

  @Test
  void distil_nothingButNoise_stillGivesAStudent() throws Exception {
    Distillation distillation =
        distil(Stripes.images(60, 1), 0, 1, 1_000_000, StudentPlans.plan("linear"));
    assertThat(distillation.report().noiseStandardDeviation()).isGreaterThan(1000);
  }

  @Test
  void distil_selfTrainingOff_isOff() throws Exception {
    Distillation distillation = distil(
        Stripes.images(100, 1),
        0.5,
        1,
        150,
        StudentPlans.plan("linear", "student.selfTraining=off"));
    assertThat(distillation.report().selfTraining()).isEqualTo("off, as the plan says");
  }

  @Test
  void distil_sameSeed_givesTheSameStudentAndTellsProgress() throws Exception {
    LabelledSamples transfer = Stripes.images(80, 1);
    int[][] votes =
        UnsafeSimulatedSites.votes(transfer.labels(), Stripes.CLASSES, TEACHERS, 0.6, 1, 5);
    AggregatedLabels labels =
        UnsafeSimulatedSites.noised(votes, TEACHERS, 3, LabelGrid.VOTE, 50, 6);
    StudyPlan plan = StudentPlans.plan("linear");
    List<Integer> told = new ArrayList<>();
    Distillation first =
        distiller.distil(labels, transfer.samples(), plan, (done, total) -> told.add(done));
    Distillation second = distiller.distil(labels, transfer.samples(), plan, Progress.silent());
    assertThat(first.student()).isEqualTo(second.student());
    assertThat(first.report()).isEqualTo(second.report());
    assertThat(told).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void distil_convolutionOnATable_isRefused() {
    assertThatThrownBy(
            () -> distil(Stripes.table(40, 1), 0.5, 1, 10, StudentPlans.plan("cnn-small")))
        .isInstanceOf(UnsuitableArchitectureException.class);
  }

  @Test
  void distil_nobodyAnswered_isRefused() {
    AggregatedLabels nothing = new LabelAggregator(10, 3).result();
    assertThatThrownBy(() -> distiller.distil(
            nothing,
            Stripes.images(10, 1).samples(),
            StudentPlans.plan("linear"),
            Progress.silent()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels must have at least one answered sample: 0");
  }

  /** As table readers hand them out: on one scale. */
  private static LabelledSamples standardised(LabelledSamples table) {
    float[] values = new float[table.count() * 4];
    java.nio.FloatBuffer out = java.nio.FloatBuffer.wrap(values);
    table
        .samples()
        .gather(
            java.util.stream.IntStream.range(0, table.count()).toArray(), 0, table.count(), out);
    for (int i = 0; i < values.length; i += 4) {
      values[i] /= 1000;
    }
    return new LabelledSamples(
        new dev.retort.data.FloatSamples(table.samples().shape(), values), table.labels(), 3);
  }
}
