package dev.retort.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.GaussianDp;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Audits of simulated noise from fixed seeds: what they find never changes. */
final class PairedAuditTest {

  private static final int GRID = 100_001;
  private static final NeighbouringInputs ONE_ROW =
      new NeighbouringInputs(2, new int[] {GRID, 0}, new int[] {0, GRID});

  /** Gaussian noise, rounded, under which {@link #ONE_ROW} is mu-GDP but for the rounding. */
  private static AuditedRelease gaussian(double mu, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double sigma = GRID * Math.sqrt(2) / mu;
    return histograms -> Arrays.stream(histograms)
        .map(entry -> (int) Math.round(entry + sigma * random.nextGaussian()))
        .toArray();
  }

  // What an independent simulation of such audits gave, each bound on its own at 95 %: that is 90 %
  // for both together.
  @ParameterizedTest
  @CsvSource({
    "0.2695, 10000, 0.26, 0.61",
    "1, 10000, 1.88, 3.93",
    "2, 10000, 4.05, 9.36",
    "1, 2000, 1.26, 3.49"
  })
  @Tag("slow")
  void run_gaussianNoise_isAsTightAsItShouldBe(double mu, int runs, double direct, double gaussian)
      throws Exception {
    double directSum = 0;
    double gaussianSum = 0;
    int repeats = 10;
    for (int repeat = 0; repeat < repeats; repeat++) {
      AuditBound bound =
          new PairedAudit(ONE_ROW, runs, 1e-5, 0.9).run(gaussian(mu, repeat), done -> {});
      directSum += bound.direct();
      gaussianSum += bound.gaussian();
      // With no two entries sharing noise, they are one and the same.
      assertThat(bound.gaussianStatistic()).isIn("matched filter", "linear discriminant, learnt");
    }
    assertThat(directSum / repeats).isCloseTo(direct, within(0.1 + 0.1 * direct));
    assertThat(gaussianSum / repeats).isCloseTo(gaussian, within(0.1 + 0.05 * gaussian));
  }

  /** Of 400 audits at 50 % confidence, one bound each, about a quarter of the Gaussian ones may exceed the truth. */
  @Test
  @Tag("slow")
  void run_manyTimes_exceedsTheTruthNoMoreOftenThanSaid() throws Exception {
    int exceeded = 0;
    double truth = GaussianDp.epsilonBelow(1, 1e-5) * (1 + 1e-4);
    for (int repeat = 0; repeat < 400; repeat++) {
      AuditBound bound =
          new PairedAudit(ONE_ROW, 200, 1e-5, 0.5).run(gaussian(1, 1000 + repeat), done -> {});
      exceeded += bound.exceeds(truth) ? 1 : 0;
    }
    assertThat(exceeded).isLessThanOrEqualTo(200);
  }

  @Test
  void run_fewestRuns_provesNothingAndSaysSo() throws Exception {
    AuditBound bound = new PairedAudit(ONE_ROW, PairedAudit.LEAST_RUNS, 1e-5, 0.95)
        .run(gaussian(1, 5), done -> {});
    assertThat(bound.epsilon()).isLessThan(1);
    assertThat(bound.directErrors().negatives()).isEqualTo(4);
  }

  @Test
  void run_noNoise_provesAsMuchAsTheRunsAllow() throws Exception {
    AuditBound bound = new PairedAudit(ONE_ROW, 4000, 1e-5, 0.95).run(int[]::clone, done -> {});
    assertThat(bound.direct()).isBetween(6.0, Math.log(2000 / 3.69));
    assertThat(bound.gaussian()).isGreaterThan(20);
  }

  @Test
  void run_constantOutput_provesNothing() throws Exception {
    AuditBound bound = new PairedAudit(ONE_ROW, 400, 1e-5, 0.95)
        .run(histograms -> new int[histograms.length], done -> {});
    assertThat(bound.epsilon()).isZero();
  }

  @Test
  void run_oddCountsOfRows_putsEveryRowWhereItBelongs() throws Exception {
    int[] without = {1, 2, 3, 4, 5, 6};
    int[] with = {2, 1, 3, 4, 6, 5};
    NeighbouringInputs inputs = new NeighbouringInputs(2, without, with);
    // No noise on the last row alone: found only if rows keep their places.
    AuditBound bound = new PairedAudit(inputs, 1000, 1e-5, 0.95)
        .run(
            histograms ->
                Arrays.stream(histograms).map(entry -> entry < 5 ? 0 : entry).toArray(),
            done -> {});
    assertThat(bound.direct()).isGreaterThan(4);
  }

  /** The first entry has the noise of the third, which no change touches; the matched filter sees nothing of it. */
  @Test
  void run_noiseSharedWithAnUnchangedEntry_isFoundByTheDiscriminant() throws Exception {
    NeighbouringInputs inputs = new NeighbouringInputs(3, new int[] {9, 0, 5}, new int[] {0, 9, 5});
    SplittableRandom random = new SplittableRandom(8);
    AuditBound bound = new PairedAudit(inputs, 2000, 1e-5, 0.95)
        .run(
            histograms -> {
              int[] answer = histograms.clone();
              for (int row = 0; row < answer.length; row += 3) {
                int shared = (int) Math.round(1e4 * random.nextGaussian());
                answer[row] += shared;
                answer[row + 1] += (int) Math.round(1e4 * random.nextGaussian());
                answer[row + 2] += shared;
              }
              return answer;
            },
            done -> {});
    assertThat(bound.direct()).isGreaterThan(4);
    assertThat(bound.directStatistic()).isEqualTo("linear discriminant, learnt");
  }

  @Test
  void run_shortAnswer_isReported() {
    assertThatThrownBy(
            () -> new PairedAudit(ONE_ROW, 8, 1e-5, 0.95).run(histograms -> new int[1], done -> {}))
        .isInstanceOf(UnreleasedException.class)
        .hasMessageContaining("every histogram");
  }

  @Test
  void inputs_ragged_areRefused() {
    assertThatThrownBy(() -> new NeighbouringInputs(2, new int[] {1, 2, 3}, new int[] {1, 2, 4}))
        .hasMessageContaining("whole rows");
    assertThatThrownBy(() -> new PairedAudit(ONE_ROW, 7, 1e-5, 0.95)).hasMessageContaining("runs");
  }
}
