package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.encode.ClassSumSpace;
import dev.retort.encode.DenseMatrix;
import dev.retort.label.LabelGrid;
import dev.retort.plan.RoundInput.Classifier;
import dev.retort.plan.StudyPlan.ClassSums;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ClassSumClassifierTest {

  static final LabelledSamples POOL = Stripes.table(600, 1);
  private static final ClassSumSpace SPACE = new ClassSumSpace(POOL.samples(), 4);

  private static final int WIDTH = SPACE.dimensions() * Stripes.CLASSES;

  /** What sites would add up of {@code records}, with noise from a seed. */
  static AggregatedLabels sums(LabelledSamples records, double deviation, long seed) {
    LabelAggregator aggregator = new LabelAggregator(1, WIDTH);
    fold(aggregator, 0, left(records, null), deviation, seed);
    return aggregator.result();
  }

  private static void fold(
      LabelAggregator aggregator, int round, double[] exact, double deviation, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] noised = new long[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      noised[i] = Math.round(exact[i] + deviation * random.nextGaussian());
    }
    aggregator.foldSum(
        round, noised, 1, LabelGrid.VOTE, Math.max(1, Math.round(deviation * deviation)));
  }

  /** The sums of the records' points by class, less what a classifier expects of them. */
  private static double[] left(LabelledSamples records, @Nullable Classifier classifier) {
    double[] exact = new double[WIDTH];
    float[] points = SPACE.points(records.samples());
    for (int row = 0; row < records.count(); row++) {
      double[] share = new double[Stripes.CLASSES];
      if (classifier != null) {
        double total = 0;
        for (int c = 0; c < share.length; c++) {
          double logit = 0;
          for (int k = 0; k < SPACE.dimensions(); k++) {
            logit += points[row * SPACE.dimensions() + k]
                * classifier.weights()[k * Stripes.CLASSES + c];
          }
          share[c] = Math.exp(logit);
          total += share[c];
        }
        for (int c = 0; c < share.length; c++) {
          share[c] /= -total;
        }
      }
      share[records.label(row)] += 1;
      for (int i = 0; i < WIDTH; i++) {
        exact[i] += points[row * SPACE.dimensions() + i / Stripes.CLASSES]
            * share[i % Stripes.CLASSES]
            * ClassSums.NORM;
      }
    }
    return exact;
  }

  private static double length(double[] vector) {
    return Math.sqrt(java.util.Arrays.stream(vector).map(v -> v * v).sum());
  }

  private static double accuracy(ClassSumClassifier classifier) {
    int right = 0;
    for (int row = 0; row < POOL.count(); row++) {
      right += classifier.probabilities().argMax(row) == POOL.label(row) ? 1 : 0;
    }
    return (double) right / POOL.count();
  }

  private static ClassSumClassifier fit(AggregatedLabels sums) {
    return ClassSumClassifier.fit(sums, List.of(), SPACE, POOL.samples(), Stripes.CLASSES, 1);
  }

  @Test
  void fit_sumsOfManyRecords_classifiesThePool() {
    ClassSumClassifier classifier = fit(sums(Stripes.table(4000, 2), 1, 3));
    // Three clouds 3.5 deviations apart: the best rule is right in 93 of 100.
    assertThat(accuracy(classifier)).isGreaterThan(0.85);
    for (int row = 0; row < POOL.count(); row++) {
      double total = 0;
      for (int c = 0; c < Stripes.CLASSES; c++) {
        total += classifier.probabilities().get(row, c);
      }
      assertThat(total).isCloseTo(1, within(1e-9));
      assertThat(classifier.variance(row)).isNotNegative();
    }
  }

  @Test
  void fit_moreNoise_leavesMoreVariance() {
    LabelledSamples records = Stripes.table(4000, 2);
    ClassSumClassifier clear = fit(sums(records, 10_000, 3));
    ClassSumClassifier dim = fit(sums(records, 400_000, 3));
    assertThat(dim.noise()).isGreaterThan(20 * clear.noise());
    double clearVariance = 0;
    double dimVariance = 0;
    for (int row = 0; row < POOL.count(); row++) {
      clearVariance += clear.variance(row);
      dimVariance += dim.variance(row);
    }
    assertThat(dimVariance).isGreaterThan(2 * clearVariance);
  }

  @Test
  void fit_recordsThatLieApartFromThePublicSamples_shrinksMoreAndStillClassifiesThem() {
    LabelledSamples records = Stripes.table(4000, 2);
    ClassSumClassifier alike = fit(sums(records, 100, 3));
    ClassSumClassifier apart = fit(sums(moved(records, 0.5), 100, 3));
    assertThat(apart.noise()).isCloseTo(alike.noise(), within(0.01 * alike.noise()));
    assertThat(apart.shrinkage()).isGreaterThan(2 * alike.shrinkage());
    assertThat(accuracy(apart)).isGreaterThan(accuracy(alike) - 0.02);
    double variance = 0;
    for (int row = 0; row < POOL.count(); row++) {
      variance += apart.variance(row) - alike.variance(row);
    }
    assertThat(variance).isPositive();
  }

  /** The same records as another instrument would have measured them: every column moved by so many deviations. */
  private static LabelledSamples moved(LabelledSamples records, double deviations) {
    int[] rows = IntStream.range(0, records.count()).toArray();
    FloatBuffer values = FloatBuffer.allocate(4 * rows.length);
    records.samples().gather(rows, 0, rows.length, values);
    for (int i = 0; i < values.capacity(); i++) {
      values.put(i, (float) (values.get(i) + deviations * (i % 4 == 0 ? 1000 : 1)));
    }
    return new LabelledSamples(
        new FloatSamples(SampleShape.row(4), values.array()),
        IntStream.of(rows).map(records::label).toArray(),
        Stripes.CLASSES);
  }

  @Test
  void fit_laterRounds_mendWhatFewPublicSamplesStoodInBadlyFor() {
    int[] few = IntStream.range(0, POOL.count()).filter(row -> row % 10 == 0).toArray();
    List<Double> lengths = slopes(POOL.subset(few));
    assertThat(lengths.get(1)).isLessThan(0.8 * lengths.get(0));
    assertThat(lengths.get(2)).isLessThan(lengths.get(1));
  }

  @Test
  void fit_laterRoundsOverPublicSamplesOfOtherShares_areCarefulAndStillMend() {
    // Of the pool three quarters are of one class; of the records a third.
    int[] skewed = IntStream.range(0, POOL.count())
        .filter(row -> POOL.label(row) == 0 || row % 6 == 0)
        .toArray();
    List<Double> lengths = slopes(POOL.subset(skewed));
    assertThat(lengths.get(1)).isLessThan(lengths.get(0));
    assertThat(lengths.get(2)).isLessThan(lengths.get(1));
  }

  /** The length of the likelihood's slope over the records after each of three rounds; 0 at the best fit. */
  private static List<Double> slopes(LabelledSamples pool) {
    LabelledSamples records = Stripes.table(4000, 2);
    LabelAggregator aggregator = new LabelAggregator(3, WIDTH);
    fold(aggregator, 0, left(records, null), 100, 3);
    List<Classifier> asked = new ArrayList<>();
    List<Double> lengths = new ArrayList<>();
    for (int round = 1; round <= 3; round++) {
      Classifier found = ClassSumClassifier.fit(
              aggregator.result(), asked, SPACE, pool.samples(), Stripes.CLASSES, 1)
          .asked();
      lengths.add(length(left(records, found)));
      if (round < 3) {
        asked.add(found);
        fold(aggregator, round, left(records, found), 100, 3 + round);
      }
    }
    return lengths;
  }

  @Test
  void fit_aRoundThatNobodyAnswered_isLeftOut() {
    LabelledSamples records = Stripes.table(4000, 2);
    LabelAggregator aggregator = new LabelAggregator(2, WIDTH);
    fold(aggregator, 0, left(records, null), 100, 3);
    Classifier first = fit(aggregator.result()).asked();
    ClassSumClassifier again = ClassSumClassifier.fit(
        aggregator.result(), List.of(first), SPACE, POOL.samples(), Stripes.CLASSES, 1);
    assertThat(again.asked().weights()).containsExactly(first.weights());
  }

  @Test
  void fit_noiseAlone_isStillADistribution() {
    LabelledSamples nothing = Stripes.table(600, 4).subset(new int[0]);
    ClassSumClassifier classifier = fit(sums(nothing, 1_000_000, 5));
    for (double p : classifier.probabilities().array()) {
      assertThat(p).isBetween(0.0, 1.0);
    }
  }

  @Test
  void fit_otherShape_isRefused() {
    LabelAggregator aggregator = new LabelAggregator(1, 6);
    aggregator.foldSum(0, new long[6], 1, LabelGrid.VOTE, 1);
    assertThatThrownBy(() -> fit(aggregator.result()))
        .hasMessageContaining("sums must be 1 answers of 5 by 3 entries");
  }

  @Test
  void aligned_rareClassesShrunkHard_areStillNamed() {
    DenseMatrix points = points(POOL);
    DenseMatrix moments = new DenseMatrix(SPACE.dimensions(), Stripes.CLASSES);
    double weight = 0;
    for (int row = 0; row < POOL.count(); row++) {
      double times = POOL.label(row) == 0 ? 4 : 1;
      weight += times;
      for (int k = 0; k < SPACE.dimensions(); k++) {
        int c = POOL.label(row);
        moments.set(k, c, moments.get(k, c) + times * points.get(row, k));
      }
    }
    double scale = 1 / weight;
    MomentFit fit = MomentFit.aligned(
        points,
        DenseMatrix.of(SPACE.dimensions(), Stripes.CLASSES, i -> scale * moments.array()[i]));
    fit.descend(100, 200);
    int[] right = new int[Stripes.CLASSES];
    int[] all = new int[Stripes.CLASSES];
    for (int row = 0; row < POOL.count(); row++) {
      all[POOL.label(row)]++;
      right[POOL.label(row)] += fit.probabilities().argMax(row) == POOL.label(row) ? 1 : 0;
    }
    for (int c = 0; c < Stripes.CLASSES; c++) {
      assertThat((double) right[c] / all[c]).as("class %d", c).isGreaterThan(0.5);
    }
  }

  private static DenseMatrix points(LabelledSamples samples) {
    float[] points = SPACE.points(samples.samples());
    return DenseMatrix.of(samples.count(), SPACE.dimensions(), i -> points[i]);
  }

  @Test
  void fit_shrunkHard_isAsSureAsTheSumsSay() {
    // Records of another source than the public samples, so that little of the fit is believed.
    ClassSumClassifier apart = fit(sums(moved(Stripes.table(4000, 2), 0.5), 100, 3));
    double sure = 0;
    for (int row = 0; row < POOL.count(); row++) {
      sure += apart.probabilities().get(row, apart.probabilities().argMax(row)) / POOL.count();
    }
    assertThat(sure).isCloseTo(accuracy(apart), within(0.2));
  }

  @Test
  void descend_toTheEnd_matchesTheMovedMomentsUpToTheShrinkage() {
    DenseMatrix points =
        DenseMatrix.of(200, 3, i -> i % 3 == 2 ? 0.3 : Math.sin(i * 1.7) * (i % 3 + 1) / 3);
    // Of the records a fifth are of the first class.
    double[] shares = {0.2, 0.8};
    DenseMatrix moments =
        DenseMatrix.of(3, 2, i -> i / 2 == 2 ? 0.3 * shares[i % 2] : 0.05 * Math.cos(i));
    MomentFit fit = MomentFit.aligned(points, moments);
    double before = fit.loss(fit.weights());
    fit.descend(0.1, 2000);
    DenseMatrix weights = fit.weights();
    assertThat(fit.loss(weights)).isLessThan(before);
    DenseMatrix probabilities = fit.probabilities();
    for (int k = 0; k < 3; k++) {
      double pointMean = 0;
      for (int row = 0; row < 200; row++) {
        pointMean += points.get(row, k) / 200;
      }
      double gap = moments.get(k, 0) + moments.get(k, 1) - pointMean;
      for (int c = 0; c < 2; c++) {
        double mean = 0;
        for (int row = 0; row < 200; row++) {
          mean += points.get(row, k) * probabilities.get(row, c) / 200;
        }
        double moved = moments.get(k, c) - shares[c] * gap;
        double stiffness = Math.sqrt(2 * shares[c]);
        // Where the slope is 0: mean point - moment + shrinkage * weight.
        assertThat(mean - moved + 0.1 * stiffness * weights.get(k, c)).isCloseTo(0, within(1e-6));
      }
    }
  }
}
