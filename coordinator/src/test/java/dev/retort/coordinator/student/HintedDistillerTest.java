package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.LabelledSamples;
import dev.retort.label.LabelGrid;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.Progress;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Students of sums that hold hints behind the labels. */
final class HintedDistillerTest {

  private static final int TEACHERS = 300;
  private static final int DIMENSIONS = 4;

  private final LearnEngine engine = LearnEngine.start(1);
  private final Distiller distiller = new Distiller(engine, ComputeDevice.cpu());

  private static StudyPlan plan(String features, String... more) {
    String[] overrides = new String[more.length + 3];
    overrides[0] = "student.features=" + features;
    overrides[1] = "teachers.architecture=mlp-32";
    overrides[2] = "hints.dimensions=" + DIMENSIONS;
    System.arraycopy(more, 0, overrides, 3, more.length);
    return StudentPlans.plan("mlp-32", overrides);
  }

  /**
   * Votes of some skill, and hints of half the clip's length in a direction of the class.
   *
   * @param votesOfNoise sigma, in votes
   */
  private static AggregatedLabels sums(
      LabelledSamples transfer, StudyPlan plan, double votesOfNoise, boolean tellingHints) {
    LabelGrid units = StudyNoise.labelUnits(plan);
    int[][] votes = UnsafeSimulatedSites.votes(
        transfer.labels(), Stripes.CLASSES, TEACHERS, 0.5, units.size(), 5);
    SplittableRandom random = new SplittableRandom(9);
    int[][] rows = new int[votes.length][Stripes.CLASSES + DIMENSIONS];
    int[][] direction = new int[Stripes.CLASSES][DIMENSIONS];
    for (int[] each : direction) {
      for (int d = 0; d < DIMENSIONS; d++) {
        each[d] = tellingHints ? (random.nextBoolean() ? 1 : -1) * StudyPlan.Hints.NORM / 4 : 0;
      }
    }
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(votes[row], 0, rows[row], 0, Stripes.CLASSES);
      for (int d = 0; d < DIMENSIONS; d++) {
        rows[row][Stripes.CLASSES + d] = TEACHERS * direction[transfer.label(row)][d];
      }
    }
    int sigma = (int) (votesOfNoise * units.size());
    return UnsafeSimulatedSites.noised(rows, TEACHERS, 3, units, sigma, 6);
  }

  private double accuracy(Distillation distillation, LabelledSamples test) {
    try (NetworkScorer scorer =
        NetworkScorer.open(engine, ComputeDevice.cpu(), distillation.student())) {
      return scorer.accuracy(test);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hint", "progressive"})
  void distil_tellingHints_learnsAndReportsThem(String features) throws Exception {
    LabelledSamples transfer = Stripes.images(400, 1);
    StudyPlan plan = plan(features, "student.epochs=15");
    AggregatedLabels sums = sums(transfer, plan, 60, true);
    Distillation distillation =
        distiller.distil(sums, List.of(), transfer.samples(), plan, Progress.silent());
    assertThat(distillation.student().classes()).isEqualTo(Stripes.CLASSES);
    assertThat(accuracy(distillation, Stripes.images(400, 2))).isGreaterThan(0.85);
    HintReport hints = distillation.report().hints();
    assertThat(hints).isNotNull();
    assertThat(hints.dimensions()).isEqualTo(DIMENSIONS);
    // Three sites' sigma over all teachers' hints of length 1.
    double sigma = (int) (60.0 * StudyNoise.labelUnits(plan).size());
    assertThat(hints.noiseStandardDeviation())
        .isCloseTo(Math.sqrt(3) * sigma / TEACHERS / StudyPlan.Hints.NORM, within(1e-9));
    assertThat(hints.reliability()).isBetween(0.2, 1.0);
    // The labels' noise does not count the hints' columns.
    assertThat(distillation.report().noiseStandardDeviation())
        .isCloseTo(Math.sqrt(3) * 60 / TEACHERS, within(1e-3));
  }

  @Test
  void distil_hintsOfMereNoise_areFoundToSayNothing() throws Exception {
    LabelledSamples transfer = Stripes.images(400, 1);
    StudyPlan plan = plan("hint");
    Distillation distillation = distiller.distil(
        sums(transfer, plan, 60, false), List.of(), transfer.samples(), plan, Progress.silent());
    HintReport hints = distillation.report().hints();
    assertThat(hints).isNotNull();
    assertThat(hints.reliability()).isLessThan(0.2);
  }

  @Test
  void distil_generationsAndRehearsal_trainEveryStudentWithHints() throws Exception {
    LabelledSamples transfer = Stripes.images(80, 1);
    StudyPlan plan = plan(
        "progressive",
        "student.generations=2",
        "student.rehearsal=on",
        "student.epochs=2",
        "student.selfTraining=off");
    Distillation distillation = distiller.distil(
        sums(transfer, plan, 30, true), List.of(), transfer.samples(), plan, Progress.silent());
    assertThat(distillation.report().trials()).hasSize(6);
    assertThat(distillation.report().hints()).isNotNull();
  }
}
