package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.encode.DenseMatrix;
import dev.retort.label.LabelGrid;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Votes that are a steep function of one direction of a table. Seeds are fixed, so nothing here is left to chance. */
final class LogisticFitTest {

  private static final int ROWS = 4500;
  private static final int COLUMNS = 4;
  private static final int TEACHERS = 200;

  private final float[] values = values();
  private final Samples table = new FloatSamples(SampleShape.row(COLUMNS), values);

  private static float[] values() {
    SplittableRandom random = new SplittableRandom(11);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  /** The share of teachers that vote for class 1. */
  private double share(int row) {
    return 1 / (1 + Math.exp(-6 * values[row * COLUMNS] - 2));
  }

  private LabelEstimate labels(double sigma, boolean signal) {
    int[][] votes = new int[ROWS][2];
    for (int row = 0; row < ROWS; row++) {
      votes[row][1] = signal ? (int) Math.round(TEACHERS * share(row)) : TEACHERS / 2;
      votes[row][0] = TEACHERS - votes[row][1];
    }
    return LabelEstimate.of(
        UnsafeSimulatedSites.noised(votes, TEACHERS, 1, LabelGrid.VOTE, (int) sigma, 4));
  }

  private double error(LabelPosterior posterior) {
    double squares = 0;
    for (int row = 0; row < ROWS; row++) {
      double miss = posterior.mean().get(row, 1) - share(row);
      squares += miss * miss;
    }
    return Math.sqrt(squares / ROWS);
  }

  @Test
  void of_saturatingVotesOfATable_choosesTheLogisticFit() {
    LabelPosterior posterior = LabelPosterior.of(labels(100, true), PublicBasis.of(table));
    assertThat(posterior.basis().name()).isEqualTo("principal components, logistic");
    // A chord of this curve misses it by 0.1 whatever the noise, which is 0.5 a label here.
    assertThat(error(posterior)).isLessThan(0.05);
    assertThat(posterior.dimensions()).isBetween(1.0, 6.0);
  }

  @Test
  void of_twoClasses_sumToOne() {
    LabelPosterior posterior = LabelPosterior.of(labels(100, true), PublicBasis.of(table));
    for (int row = 0; row < ROWS; row++) {
      assertThat(posterior.mean().get(row, 0) + posterior.mean().get(row, 1))
          .isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void best_nothingButNoise_isFlat() {
    LabelPosterior posterior = new LogisticFit(
            ObservedLabels.of(labels(2000, false)).summingToOne(),
            PublicBasis.of(table).get(0))
        .best();
    for (int row = 0; row < ROWS; row++) {
      assertThat(posterior.mean().get(row, 1)).isBetween(0.0, 1.0);
      assertThat(posterior.variance(row)).isPositive();
    }
    assertThat(posterior.dimensions()).isLessThan(4);
  }

  @Test
  void summingToOne_keepsDifferencesAndTheirVariance() {
    ObservedLabels observed = new ObservedLabels(
        DenseMatrix.of(2, 3, i -> List.of(0.9, 0.4, -0.1, 0.0, 0.0, 0.0).get(i)),
        new double[] {0.3, Double.POSITIVE_INFINITY},
        1);
    ObservedLabels projected = observed.summingToOne();
    assertThat(projected.mean(0, 0) + projected.mean(0, 1) + projected.mean(0, 2))
        .isCloseTo(1, within(1e-12));
    assertThat(projected.mean(0, 0) - projected.mean(0, 1)).isCloseTo(0.5, within(1e-12));
    assertThat(projected.variance(0)).isCloseTo(0.2, within(1e-12));
    assertThat(projected.spread() * projected.variance(0)).isCloseTo(0.3, within(1e-12));
    assertThat(projected.isAnswered(0)).isTrue();
    assertThat(projected.isAnswered(1)).isFalse();
  }
}
