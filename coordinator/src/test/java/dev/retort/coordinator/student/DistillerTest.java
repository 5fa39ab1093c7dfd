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
    return distiller.distil(labels, List.of(), transfer.samples(), plan, Progress.silent());
  }

  @Test
  void distil_imagesUnderLargeNoise_studentBeatsTheRawLabels() throws Exception {
    Distillation distillation =
        distil(Stripes.images(400, 1), 0.5, 1, 150, StudentPlans.plan("cnn-small"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.9);
    DistillationReport report = distillation.report();
    assertThat(report.noiseStandardDeviation()).isGreaterThan(0.8);
    assertThat(report.trials()).hasSize(1);
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
  void distil_teachersThatFavourAClassOfEvenSamples_studentTellsAllApart() throws Exception {
    LabelledSamples transfer = Stripes.images(400, 1);
    int[][] votes =
        UnsafeSimulatedSites.votes(transfer.labels(), Stripes.CLASSES, TEACHERS / 5, 0.6, 1, 5);
    for (int[] row : votes) {
      row[0] += TEACHERS - TEACHERS / 5;
    }
    AggregatedLabels labels =
        UnsafeSimulatedSites.noised(votes, TEACHERS, 3, LabelGrid.VOTE, 10, 6);
    StudyPlan plan =
        StudentPlans.plan("cnn-small", "student.classShares=even", "student.selfTraining=off");
    Distillation distillation =
        distiller.distil(labels, List.of(), transfer.samples(), plan, Progress.silent());
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.9);
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
  void distil_dynamic_learns() throws Exception {
    Distillation distillation = distil(
        Stripes.images(400, 1), 0.5, 1, 100, StudentPlans.plan("cnn-small", "student.dynamic=on"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.9);
  }

  @Test
  void distil_threeGenerations_learnsAndReportsEach() throws Exception {
    Distillation distillation = distil(
        Stripes.images(400, 1),
        0.5,
        1,
        100,
        StudentPlans.plan("cnn-small", "student.generations=3"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.9);
    assertThat(distillation.report().curve())
        .extracting(DistillationReport.Stage::name)
        .containsExactly("denoiser", "generation 1", "generation 2", "generation 3");
    assertThat(distillation.report().recipe()).endsWith("3 generations");
  }

  @Test
  void distil_rehearsal_triesEverySettingAndTellsProgressToItsEnd() throws Exception {
    LabelledSamples transfer = Stripes.images(80, 1);
    int[][] votes =
        UnsafeSimulatedSites.votes(transfer.labels(), Stripes.CLASSES, TEACHERS, 0.6, 1, 5);
    AggregatedLabels labels =
        UnsafeSimulatedSites.noised(votes, TEACHERS, 3, LabelGrid.VOTE, 50, 6);
    List<Integer> told = new ArrayList<>();
    Distillation distillation = distiller.distil(
        labels,
        List.of(),
        transfer.samples(),
        StudentPlans.plan(
            "linear", "student.rehearsal=on", "student.generations=2", "student.selfTraining=off"),
        (done, total) -> {
          told.add(done);
          assertThat(total).isEqualTo(7 * (2 + 2 + 5));
        });
    assertThat(distillation.report().trials())
        .extracting(DistillationReport.Trial::challenger)
        .containsExactly(
            "T 1.0, alpha 0.70, samples as they are, 1 generation",
            "T 4.0, alpha 0.70, samples as they are, 1 generation",
            "T 2.0, alpha 0.40, samples as they are, 1 generation",
            "T 2.0, alpha 1.00, samples as they are, 1 generation",
            "T 2.0, alpha 0.70, samples warped afresh at every pass, 1 generation",
            "generation 1");
    assertThat(distillation.report().trials())
        .extracting(DistillationReport.Trial::heldOut)
        .containsOnly(16);
    assertThat(told).isSorted().endsWith(7 * (2 + 2 + 5));
  }

  @Test
  void distil_consistencyOn_learnsAndSaysSo() throws Exception {
    Distillation distillation = distil(
        Stripes.images(400, 1),
        0.5,
        1,
        100,
        StudentPlans.plan("cnn-small", "student.consistency=on"));
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.9);
    assertThat(distillation.report().consistency()).isEqualTo("on, as the plan says");
    assertThat(distillation.report().recipe()).contains("held consistent");
  }

  @Test
  void distil_consistencyOnATable_learns() throws Exception {
    StudyPlan plan = StudentPlans.plan("mlp-16", "student.epochs=30", "student.consistency=on");
    Distillation distillation = distil(standardised(Stripes.table(400, 1)), 0.6, 1, 60, plan);
    assertThat(accuracy(distillation, standardised(Stripes.table(400, 2)))).isGreaterThan(0.8);
  }

  @Test
  void distil_consistencyAutoUnderNoise_comparesTwoStudentsAndTellsProgress() throws Exception {
    LabelledSamples transfer = Stripes.images(80, 1);
    int[][] votes =
        UnsafeSimulatedSites.votes(transfer.labels(), Stripes.CLASSES, TEACHERS, 0.6, 1, 5);
    AggregatedLabels labels =
        UnsafeSimulatedSites.noised(votes, TEACHERS, 3, LabelGrid.VOTE, 50, 6);
    List<Integer> told = new ArrayList<>();
    Distillation distillation = distiller.distil(
        labels,
        List.of(),
        transfer.samples(),
        StudentPlans.plan("linear", "student.consistency=auto", "student.selfTraining=off"),
        (done, total) -> {
          told.add(done);
          assertThat(total).isEqualTo(7 * 3);
        });
    assertThat(distillation.report().consistency()).contains(": noise score");
    assertThat(distillation.report().trials()).singleElement().satisfies(trial -> {
      assertThat(trial.challenger()).isEqualTo("without consistency");
      assertThat(trial.heldOut()).isEqualTo(16);
    });
    assertThat(told).isSorted().endsWith(7 * 3);
  }

  @Test
  void distil_consistencyAutoUnderTinyNoise_leavesItWithoutATrial() throws Exception {
    Distillation distillation = distil(
        Stripes.images(400, 1), 0.9, 1, 1, StudentPlans.plan("linear", "student.consistency=auto"));
    assertThat(distillation.report().consistency()).startsWith("off: noise score");
    assertThat(distillation.report().trials()).isEmpty();
  }

  @Test
  void distil_classSums_areHeldConsistentOnlyIfThePlanSaysSo() throws Exception {
    assertThat(ofClassSums("off").consistency()).isEqualTo("off, as the plan says");
    assertThat(ofClassSums("auto").consistency()).isEqualTo("off: class sums label no sample");
    assertThat(ofClassSums("auto").recipe()).isEqualTo(ofClassSums("off").recipe());
    assertThat(ofClassSums("on").consistency()).isEqualTo("on, as the plan says");
    assertThat(ofClassSums("on").recipe()).contains("held consistent");
  }

  private DistillationReport ofClassSums(String consistency) throws Exception {
    StudyPlan plan = StudentPlans.plan(
        "linear",
        "privacy.mechanism=class-sums",
        "queries.limit=1",
        "classSums.features=4",
        "student.consistency=" + consistency);
    return distiller
        .distil(
            ClassSumClassifierTest.sums(Stripes.table(1000, 2), 10_000, 3),
            List.of(),
            ClassSumClassifierTest.POOL.samples(),
            plan,
            Progress.silent())
        .report();
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
    Distillation first = distiller.distil(
        labels, List.of(), transfer.samples(), plan, (done, total) -> told.add(done));
    Distillation second =
        distiller.distil(labels, List.of(), transfer.samples(), plan, Progress.silent());
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
            List.of(),
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
