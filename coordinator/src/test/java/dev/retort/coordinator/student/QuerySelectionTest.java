package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.label.LabelGrid;
import dev.retort.plan.RoundInput.Selection;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class QuerySelectionTest {

  private static final int SAMPLES = 300;

  /** Three clouds at the corners of a triangle, of 100 samples each. */
  private static Samples clouds() {
    SplittableRandom random = new SplittableRandom(4);
    float[] values = new float[SAMPLES * 2];
    for (int row = 0; row < SAMPLES; row++) {
      values[2 * row] = (float) ((cloud(row) == 1 ? 10 : 0) + random.nextGaussian() / 2);
      values[2 * row + 1] = (float) ((cloud(row) == 2 ? 10 : 0) + random.nextGaussian() / 2);
    }
    return new FloatSamples(SampleShape.row(2), values);
  }

  private static int cloud(int row) {
    return row / 100;
  }

  private static StudyPlan plan(String... overrides) throws Exception {
    String[] all = Stream.concat(
            Stream.of("queries.limit=0", "privacy.sigma=0"), Arrays.stream(overrides))
        .toArray(String[]::new);
    return StudyNoise.resolve(StudentPlans.plan("linear", all), SAMPLES);
  }

  @Test
  void first_random_isThatManySamplesOfTheSeed() throws Exception {
    StudyPlan plan = plan("queries.plan=random", "queries.limit=30");
    int[] chosen = QuerySelection.first(plan, clouds()).samples();
    assertThat(chosen).hasSize(30).doesNotHaveDuplicates();
    assertThat(Arrays.stream(chosen).boxed().toList()).allMatch(s -> s >= 0 && s < SAMPLES);
    assertThat(QuerySelection.first(plan, clouds()).samples()).isEqualTo(chosen);
    StudyPlan other = plan("queries.plan=random", "queries.limit=30", "seed=2");
    assertThat(QuerySelection.first(other, clouds()).samples()).isNotEqualTo(chosen);
    StudyPlan whole = plan("queries.plan=random");
    assertThat(Arrays.stream(QuerySelection.first(whole, clouds()).samples())
            .sorted()
            .toArray())
        .isEqualTo(IntStream.range(0, SAMPLES).toArray());
  }

  @Test
  void first_kCentre_reachesEveryCloudAtOnce() throws Exception {
    int[] chosen = QuerySelection.first(plan("queries.plan=k-centre", "queries.limit=3"), clouds())
        .samples();
    assertThat(Arrays.stream(chosen).map(QuerySelectionTest::cloud).sorted().toArray())
        .containsExactly(0, 1, 2);
  }

  @Test
  void first_ofAPlanThatChoosesNothing_isRefused() throws Exception {
    StudyPlan plan = plan();
    assertThatThrownBy(() -> QuerySelection.first(plan, clouds()))
        .hasMessage("queries.plan must choose samples: all");
  }

  @Test
  void next_active_asksWhereTheAnswersLeaveDoubt() throws Exception {
    StudyPlan plan = plan("queries.plan=active", "queries.rounds=2", "queries.limit=80");
    // Two clouds are known, the third is not.
    int[] first = IntStream.range(80, 120).toArray();
    LabelAggregator answers = new LabelAggregator(80, Stripes.CLASSES);
    for (int i = 0; i < first.length; i++) {
      long[] votes = new long[Stripes.CLASSES];
      votes[cloud(first[i])] = 1000;
      answers.foldSum(i, votes, 1000, LabelGrid.VOTE, 100);
    }
    LabelEstimate labels = LabelEstimate.of(
        LabelEstimate.of(answers.result()), List.of(new Selection(first)), SAMPLES);
    int[] next = QuerySelection.next(
            plan, List.of(new Selection(first)), labels, PublicSamples.seenWhole(clouds()))
        .samples();
    assertThat(next).hasSize(40).doesNotHaveDuplicates();
    assertThat(next).doesNotContain(first);
    // By chance it would be 15 of 40.
    assertThat(Arrays.stream(next).filter(row -> cloud(row) == 2).count()).isGreaterThan(25);
  }

  @Test
  void labels_ofSelections_standAtTheirSamples() {
    LabelAggregator answers = new LabelAggregator(4, 2);
    answers.foldSum(0, new long[] {10, 0, 4, 6}, 10, LabelGrid.VOTE, 100);
    answers.foldSum(3, new long[] {1, 9}, 10, LabelGrid.VOTE, 400);
    LabelEstimate labels = LabelEstimate.of(
        LabelEstimate.of(answers.result()),
        List.of(new Selection(new int[] {5, 1}), new Selection(new int[] {0, 2})),
        6);
    assertThat(labels.samples()).isEqualTo(6);
    assertThat(labels.answered()).isEqualTo(3);
    assertThat(labels.mean(5, 0)).isEqualTo(1);
    assertThat(labels.mean(1, 1)).isEqualTo(0.6);
    assertThat(labels.mean(2, 1)).isEqualTo(0.9);
    assertThat(labels.variance(2)).isEqualTo(4);
    assertThat(labels.isAnswered(0)).isFalse();
    assertThat(labels.isAnswered(3)).isFalse();
  }
}
