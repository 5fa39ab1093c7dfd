package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.encode.DenseMatrix;
import dev.retort.label.LabelGrid;
import dev.retort.plan.ClassShares;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** On rows whose class is whether they lie right of 0. */
final class JoiningTest {

  private static final int ROWS = 1000;
  private static final int TEACHERS = 100;

  private final int[] truth = new int[ROWS];
  private final PublicBasis basis;
  private final Smoothing smoothing;

  JoiningTest() {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[2 * ROWS];
    for (int row = 0; row < ROWS; row++) {
      values[2 * row] = (float) random.nextGaussian();
      values[2 * row + 1] = (float) random.nextGaussian();
      truth[row] = values[2 * row] > 0 ? 1 : 0;
    }
    basis = PublicBasis.of(new FloatSamples(SampleShape.row(2), values)).get(0);
    smoothing = new Smoothing(basis, ClassShares.LABELS);
  }

  /** Votes of teachers who are right about seven times in ten, with a noise of {@code sigma} votes of 100. */
  private LabelEstimate labels(int sigma) {
    AggregatedLabels noised = UnsafeSimulatedSites.noised(
        UnsafeSimulatedSites.votes(truth, 2, TEACHERS, 0.4, 1, 9),
        TEACHERS,
        1,
        LabelGrid.VOTE,
        sigma,
        11);
    return LabelEstimate.of(noised);
  }

  private static StudentTargets saying(int[] classes, double variance) {
    DenseMatrix said = DenseMatrix.of(ROWS, 2, i -> classes[i / 2] == i % 2 ? 0.95 : 0.05);
    double[] variances = new double[ROWS];
    Arrays.fill(variances, variance);
    return new StudentTargets(said, said, variances);
  }

  @Test
  void of_classifierThatContradictsTheTeachers_isLeft() {
    int[] wrong = Arrays.stream(truth).map(label -> 1 - label).toArray();
    Joining joining = Joining.of(saying(wrong, 1e-6), labels(20), smoothing, false, 1);
    assertThat(joining.reason())
        .matches(
            "left: on labels held out, labels alone are ahead by [0-9.]+ standard errors, more than 2.0");
    assertThat(joining.trials())
        .extracting(DistillationReport.Trial::outcome)
        .containsExactly("taken");
    StudentTargets targets = saying(truth, 0.01);
    assertThat(joining.join(targets)).isSameAs(targets);
  }

  @Test
  void of_classifierThatKnowsWhatNoiseHides_joins() {
    LabelEstimate labels = labels(400);
    Joining joining = Joining.of(saying(truth, 1e-6), labels, smoothing, false, 1);
    assertThat(joining.reason())
        .startsWith("joined: on labels held out, labels alone are ahead by ");
    assertThat(joining.trials())
        .extracting(DistillationReport.Trial::outcome)
        .containsExactly("left");
    StudentTargets plain = StudentTargets.of(smoothing.of(labels), false);
    assertThat(right(joining.join(plain))).isGreaterThan(right(plain)).isGreaterThan(0.99);
  }

  private double right(StudentTargets targets) {
    int right = 0;
    for (int row = 0; row < ROWS; row++) {
      right += targets.probabilities().argMax(row) == truth[row] ? 1 : 0;
    }
    return (double) right / ROWS;
  }

  @Test
  void none_leavesTargetsAsTheyAre() {
    StudentTargets targets = saying(truth, 0.01);
    assertThat(Joining.none().join(targets)).isSameAs(targets);
    assertThat(Joining.none().reason()).isEqualTo("none: student.after names no study");
  }
}
