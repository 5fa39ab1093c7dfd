package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.ContributionKey;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.data.LabelledSamples;
import dev.retort.encode.DenseMatrix;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.plan.ClassShares;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LabelPosteriorTest {

  private static final int TEACHERS = 300;

  private final LabelledSamples images = Stripes.images(400, 1);
  private final List<PublicBasis> bases = PublicBasis.of(images.samples());

  private int[][] votes(double skill) {
    return UnsafeSimulatedSites.votes(images.labels(), 3, TEACHERS, skill, 1, 5);
  }

  private double accuracy(DenseMatrix labels) {
    int right = 0;
    for (int row = 0; row < labels.rows(); row++) {
      right += labels.argMax(row) == images.label(row) ? 1 : 0;
    }
    return (double) right / labels.rows();
  }

  @Test
  void of_tinyNoise_keepsWhatWasObserved() {
    AggregatedLabels labels =
        UnsafeSimulatedSites.noised(votes(0.5), TEACHERS, 1, LabelGrid.VOTE, 1, 1);
    LabelPosterior posterior = LabelPosterior.of(LabelEstimate.of(labels), bases);
    for (int row = 0; row < 400; row++) {
      for (int c = 0; c < 3; c++) {
        assertThat(posterior.mean().get(row, c)).isCloseTo(labels.mean(row, c), within(0.1));
      }
    }
    assertThat(accuracy(posterior.mean())).isGreaterThan(0.99);
  }

  @Test
  void of_noiseBeyondEachLabel_recoversTheClasses() {
    AggregatedLabels labels =
        UnsafeSimulatedSites.noised(votes(0.5), TEACHERS, 3, LabelGrid.VOTE, 150, 2);
    DenseMatrix raw = DenseMatrix.of(400, 3, i -> labels.mean(i / 3, i % 3));
    assertThat(accuracy(raw)).isLessThan(0.65);
    LabelPosterior posterior = LabelPosterior.of(LabelEstimate.of(labels), bases);
    assertThat(accuracy(posterior.mean())).isGreaterThan(0.9);
    assertThat(posterior.dimensions()).isLessThan(40);
  }

  @Test
  void of_nothingButNoise_fitsNothing() {
    AggregatedLabels labels = UnsafeSimulatedSites.noised(
        UnsafeSimulatedSites.votes(images.labels(), 3, TEACHERS, 0, 1, 5),
        TEACHERS,
        3,
        LabelGrid.VOTE,
        100_000,
        3);
    LabelPosterior posterior = LabelPosterior.of(LabelEstimate.of(labels), bases);
    assertThat(posterior.dimensions()).isLessThan(10);
    assertThat(posterior.mean().array()).doesNotContain(Double.NaN);
  }

  @Test
  void of_unansweredSamples_areInferredFromNeighboursWithLessConfidence() {
    int[][] votes = votes(0.8);
    LabelAggregator aggregator = new LabelAggregator(400, 3);
    int[] values = new int[300 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = votes[i / 3][i % 3];
    }
    aggregator.fold(
        new ContributionKey("a", 0),
        new LabelBlock(0, 300, 3, values),
        TEACHERS,
        LabelGrid.VOTE,
        1);
    LabelPosterior posterior = LabelPosterior.of(LabelEstimate.of(aggregator.result()), bases);
    int right = 0;
    for (int row = 300; row < 400; row++) {
      right += posterior.mean().argMax(row) == images.label(row) ? 1 : 0;
      assertThat(posterior.variance(row)).isGreaterThan(posterior.variance(0));
    }
    assertThat(right).isGreaterThan(85);
  }

  /** Votes of teachers of whom four in five say class 0 whatever they see. */
  private LabelEstimate skewed() {
    int[][] votes = UnsafeSimulatedSites.votes(images.labels(), 3, TEACHERS / 5, 0.6, 1, 5);
    for (int[] row : votes) {
      row[0] += TEACHERS - TEACHERS / 5;
    }
    return LabelEstimate.of(UnsafeSimulatedSites.noised(votes, TEACHERS, 3, LabelGrid.VOTE, 10, 2));
  }

  @Test
  void evened_teachersThatFavourAClass_stillTellAllApart() {
    LabelPosterior posterior = LabelPosterior.of(skewed(), bases);
    assertThat(accuracy(posterior.mean())).isLessThan(0.5);
    LabelPosterior even = posterior.evened();
    assertThat(accuracy(even.mean())).isGreaterThan(0.95);
    assertThat(even.basis()).isEqualTo(posterior.basis());
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      for (int row = 0; row < 400; row++) {
        sum += even.mean().get(row, c);
      }
      assertThat(sum / 400).isCloseTo(1.0 / 3, within(1e-9));
    }
  }

  @Test
  void evened_classThatNobodyEverNames_isFinite() {
    int[][] votes = new int[400][3];
    for (int row = 0; row < 400; row++) {
      votes[row][images.label(row) == 0 ? 0 : 1] = TEACHERS;
    }
    LabelPosterior even = LabelPosterior.of(
            LabelEstimate.of(UnsafeSimulatedSites.noised(votes, TEACHERS, 3, LabelGrid.VOTE, 1, 2)),
            bases)
        .evened();
    for (int row = 0; row < 400; row++) {
      assertThat(even.variance(row)).isFinite().isNotNegative();
    }
    assertThat(even.mean().array()).doesNotContain(Double.NaN);
  }

  @Test
  void smoothing_asTheLabelsHaveIt_changesNothing() {
    LabelPosterior posterior = LabelPosterior.of(skewed(), bases);
    assertThat(new Smoothing(posterior.basis(), ClassShares.LABELS).of(posterior))
        .isSameAs(posterior);
    assertThat(accuracy(
            new Smoothing(posterior.basis(), ClassShares.EVEN).of(skewed()).mean()))
        .isGreaterThan(0.95);
  }
}
