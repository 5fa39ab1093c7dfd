package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.encode.DenseMatrix;
import dev.retort.learn.DistillationTargets;
import dev.retort.plan.Switch;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StudentTargetsTest {

  @Property(tries = 200)
  void onSimplex_anyPoint_isNonNegativeAndSumsToOne(
      @ForAll @Size(min = 2, max = 8) double[] values) {
    double[] bounded = Arrays.stream(values).map(v -> v % 1000).toArray();
    double[] projected = StudentTargets.onSimplex(bounded);
    assertThat(Arrays.stream(projected).min().orElseThrow()).isNotNegative();
    assertThat(Arrays.stream(projected).sum()).isCloseTo(1, within(1e-9));
  }

  @Test
  void onSimplex_pointOfTheSimplex_isItself() {
    assertThat(StudentTargets.onSimplex(new double[] {0.2, 0.5, 0.3}))
        .containsExactly(new double[] {0.2, 0.5, 0.3}, within(1e-12));
  }

  @Property(tries = 200)
  void argMaxProbability_twoVariables_isNormalDistributionOfTheirDifference(
      @ForAll @DoubleRange(min = -3, max = 3) double difference) {
    double[] probabilities = ArgMaxProbability.of(new double[] {difference, 0}, 1 / Math.sqrt(2));
    // Both have variance 1/2, so the difference is standard normal about its mean.
    assertThat(probabilities[0] + probabilities[1]).isCloseTo(1, within(1e-12));
    assertThat(probabilities[0]).isCloseTo(standardNormal(difference), within(1e-3));
  }

  private static double standardNormal(double x) {
    double sum = 0;
    int steps = 20_000;
    for (int i = 0; i < steps; i++) {
      double z = -9 + (x + 9) * (i + 0.5) / steps;
      sum += Math.exp(-z * z / 2);
    }
    return sum * (x + 9) / steps / Math.sqrt(2 * Math.PI);
  }

  @Test
  void argMaxProbability_noNoise_isTheLargest() {
    assertThat(ArgMaxProbability.of(new double[] {0.1, 0.9, 0}, 0))
        .containsExactly(new double[] {0, 1, 0}, within(1e-9));
  }

  @Test
  void toTraining_smallMargin_isNotTrusted() {
    DenseMatrix means = DenseMatrix.of(2, 2, i -> new double[] {0.9, 0.1, 0.52, 0.48}[i]);
    StudentTargets targets = new StudentTargets(means, means, new double[] {0.001, 0.001});
    assertThat(targets.isTrusted(0)).isTrue();
    assertThat(targets.isTrusted(1)).isFalse();
    assertThat(targets.trusted()).isEqualTo(1);
    DistillationTargets training = targets.toTraining(Switch.ON);
    assertThat(training.count()).isEqualTo(2);
    assertThat(training.classes()).isEqualTo(2);
  }

  @Test
  void mixedWith_noisierLabel_believesTheStudentMoreButNotMostly() {
    DenseMatrix means = DenseMatrix.of(3, 2, i -> i % 2 == 0 ? 1 : 0);
    StudentTargets targets = new StudentTargets(means, means, new double[] {0.001, 0.004, 10});
    DenseMatrix student = DenseMatrix.of(3, 2, i -> i % 2 == 0 ? 0 : 1);
    DenseMatrix mixed = targets.mixedWith(student, 0.004).probabilities();
    assertThat(mixed.row(0)).containsExactly(new double[] {0.8, 0.2}, within(1e-6));
    assertThat(mixed.row(1)).containsExactly(new double[] {0.5, 0.5}, within(1e-6));
    assertThat(mixed.row(2)).containsExactly(new double[] {0.5, 0.5}, within(1e-6));
  }

  @Test
  void joinedBy_noisierOther_getsTheSmallerShare() {
    DenseMatrix own = DenseMatrix.of(1, 2, i -> i == 0 ? 0.9 : 0.1);
    DenseMatrix other = DenseMatrix.of(1, 2, i -> i == 0 ? 0.2 : 0.8);
    // Off by 0.02 and by 0.06, of which 0.01 each is no noise.
    StudentTargets joined = new StudentTargets(own, own, new double[] {0.01})
        .joinedBy(new StudentTargets(other, other, new double[] {0.05}));
    assertThat(joined.means().row(0)).containsExactly(new double[] {0.725, 0.275}, within(1e-12));
    double first = Math.pow(0.9, 0.75) * Math.pow(0.2, 0.25);
    double second = Math.pow(0.1, 0.75) * Math.pow(0.8, 0.25);
    assertThat(joined.probabilities().get(0, 0)).isCloseTo(first / (first + second), within(1e-3));
    assertThat(joined.variance()[0])
        .isCloseTo(0.75 * 0.75 * 0.01 + 0.25 * 0.25 * 0.05, within(1e-12));
  }

  @Test
  void joinedBy_bothWithoutNoise_getHalfEach() {
    DenseMatrix own = DenseMatrix.of(1, 2, i -> i == 0 ? 0.9 : 0.1);
    DenseMatrix other = DenseMatrix.of(1, 2, i -> i == 0 ? 0 : 1);
    StudentTargets joined = new StudentTargets(own, own, new double[] {0})
        .joinedBy(new StudentTargets(other, other, new double[] {0}));
    assertThat(joined.means().row(0)).containsExactly(new double[] {0.45, 0.55}, within(1e-12));
    assertThat(joined.probabilities().get(0, 1)).isGreaterThan(0.9);
    assertThat(joined.variance()[0]).isZero();
  }

  @Test
  void classMixture_classNobodyNames_getsNoSamples() {
    DenseMatrix labels = DenseMatrix.of(4, 3, i -> new double[] {.6, .4, 0}[i % 3]);
    DenseMatrix hard = DenseMatrix.of(4, 3, i -> i % 3 == 0 ? 1 : 0);
    DenseMatrix shares = ClassMixture.responsibilities(labels, hard);
    for (int row = 0; row < 4; row++) {
      assertThat(shares.row(row)).containsExactly(new double[] {1, 0, 0}, within(1e-9));
    }
  }
}
