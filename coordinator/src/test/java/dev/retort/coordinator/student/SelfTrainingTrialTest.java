package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.encode.DenseMatrix;
import dev.retort.label.LabelGrid;
import dev.retort.plan.ClassShares;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** On points of a plane whose true classes say which way is better; noise is seeded, so each test has one verdict. */
final class SelfTrainingTrialTest {

  private static final int ROWS = 1200;
  private static final int TEACHERS = 100;

  private final SplittableRandom random = new SplittableRandom(5);
  private final float[] values = new float[2 * ROWS];
  private final int[] truth = new int[ROWS];

  /** What labels held out say, and by how much the truth has plain targets ahead. */
  private record Outcome(HeldOutGain plain, double ahead) {}

  private Outcome run(int classes, int sigma) {
    PublicBasis graph = PublicBasis.of(new FloatSamples(SampleShape.row(2), values)).stream()
        .filter(PublicBasis::isGraph)
        .findFirst()
        .orElseThrow();
    LabelEstimate labels = LabelEstimate.of(UnsafeSimulatedSites.noised(
        UnsafeSimulatedSites.votes(truth, classes, TEACHERS, 0.6, 1, 9),
        TEACHERS,
        1,
        LabelGrid.VOTE,
        sigma,
        11));
    LabelPosterior posterior = LabelPosterior.of(labels, graph);
    return new Outcome(
        SelfTrainingTrial.run(labels, new Smoothing(graph, ClassShares.LABELS), 1),
        right(StudentTargets.of(posterior, false)) - right(StudentTargets.of(posterior, true)));
  }

  private double right(StudentTargets targets) {
    DenseMatrix said = targets.probabilities();
    int right = 0;
    for (int row = 0; row < ROWS; row++) {
      right += said.argMax(row) == truth[row] ? 1 : 0;
    }
    return (double) right / ROWS;
  }

  @Test
  void run_checkerboardThatGroupsWipeOut_plainTargetsAreAhead() {
    for (int row = 0; row < ROWS; row++) {
      double x = 7 * random.nextDouble();
      double y = 7 * random.nextDouble();
      values[2 * row] = (float) x;
      values[2 * row + 1] = (float) y;
      truth[row] = ((int) x + (int) y) % 2;
    }
    Outcome outcome = run(2, 30);
    assertThat(outcome.ahead()).isGreaterThan(0.1);
    assertThat(outcome.plain().deviations()).isGreaterThan(Gate.CLEAR);
  }

  @Test
  void run_clustersUnderLargeNoise_selfTrainingIsAhead() {
    for (int row = 0; row < ROWS; row++) {
      truth[row] = random.nextInt(4);
      values[2 * row] = (float) (3 * (truth[row] % 2) + 0.4 * random.nextGaussian());
      values[2 * row + 1] = (float) (3 * (truth[row] / 2) + 0.4 * random.nextGaussian());
    }
    Outcome outcome = run(4, 300);
    assertThat(outcome.ahead()).isLessThan(-0.05);
    assertThat(outcome.plain().deviations()).isLessThan(-1);
  }
}
