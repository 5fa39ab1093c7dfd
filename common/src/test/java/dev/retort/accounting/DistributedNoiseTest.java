package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributedNoiseTest {

  private static final double DELTA = 1e-5;

  /** The mu of epsilon 1 at that delta, and the noise that a thousand votes need for it: 166.8. */
  private static final double MU_OF_ONE = 0.26805112321;

  private static final double SIGMA_OF_ONE = Math.sqrt(2000) / MU_OF_ONE;

  // A thousand votes among ten classes.
  private static final AnswerChange THOUSAND_VOTES = AnswerChange.ofOneTeacher(1000, 10, 1);

  private static DistributedNoise shared(double sigma, int nodes, int absent) {
    return new DistributedNoise(nodes - absent, sigma * sigma / nodes);
  }

  // Values computed with 50 digits.
  @ParameterizedTest
  @CsvSource({
    "10, 1, 0.000543524258162",
    "100, 0.5, 0.165799431307",
    "50, 4, 7.15717964761e-17",
    "2, 20, 1.87804243373e-85"
  })
  void tau_knownSums_isBoundedFromAbove(int contributors, double localVariance, double expected) {
    double tau = new DistributedNoise(contributors, localVariance).tau();
    assertThat(tau).isCloseTo(expected, Percentage.withPercentage(1e-8));
    // The known values are rounded to 12 digits.
    assertThat(tau).isGreaterThanOrEqualTo(expected * (1 - 5e-12));
  }

  @Test
  void tau_oneContributor_isZeroSinceItsNoiseIsADiscreteGaussian() {
    DistributedNoise alone = new DistributedNoise(1, 1600);
    assertThat(alone.tau()).isZero();
    assertThat(alone.variance()).isEqualTo(1600);
    assertThat(new DistributedNoise(3, 4).variance()).isEqualTo(12);
    assertThat(alone.rho(AnswerChange.ofOneTeacher(1000, 10, 1)))
        .isCloseTo(0.625, Percentage.withPercentage(1e-10));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 0.5", "10, 1", "10, 4", "2, 0.25"})
  void renyi_anyOrder_isTheSmallestOfTheTheoremsThreeTerms(int n, double s2) {
    AnswerChange change = new AnswerChange(6, 14, 5);
    DistributedNoise noise = new DistributedNoise(n, s2);
    double tau = noise.tau();
    for (double alpha : new double[] {1.5, 2, 8, 64}) {
      double root = Math.sqrt(n * s2);
      double first = alpha * 14 / (2 * n * s2) + tau * 5;
      double second = alpha / 2 * (14 / (n * s2) + 2 * 6 / root * tau + tau * tau * 5);
      double third = alpha / 2 * Math.pow(Math.sqrt(14) / root + tau * Math.sqrt(5), 2);
      double expected = Math.min(first, Math.min(second, third));
      assertThat(noise.renyi(alpha, change)).isCloseTo(expected, Percentage.withPercentage(1e-10));
      assertThat(noise.renyi(alpha, change)).isGreaterThanOrEqualTo(expected);
    }
  }

  /** At that noise the sum of ten shares costs what one noise costs: both are 1.0922, or 1.0926 at whole orders alone. */
  @Test
  void epsilon_thousandVotesSharedByTen_isThatOfOneNoise() {
    DistributedNoise ten = shared(SIGMA_OF_ONE, 10, 0);
    double epsilon = ten.epsilon(THOUSAND_VOTES, DELTA);
    assertThat(epsilon).isCloseTo(1.0922, within(5e-5));
    assertThat(epsilon)
        .isCloseTo(shared(SIGMA_OF_ONE, 1, 0).epsilon(THOUSAND_VOTES, DELTA), within(1e-9));
    double atWholeOrders = IntStream.rangeClosed(2, 200)
        .mapToDouble(alpha -> GnmaxBound.epsilon(alpha, ten.renyi(alpha, THOUSAND_VOTES), DELTA))
        .min()
        .orElseThrow();
    assertThat(atWholeOrders).isCloseTo(1.0926, within(5e-5)).isGreaterThan(epsilon);
  }

  /** Each order's conversion is valid by itself, so the minimum over all is below each and close to the best of many. */
  @ParameterizedTest
  @CsvSource({"10, 0.5", "10, 1", "3, 2", "50, 4"})
  void epsilon_anyNoise_isTheMinimumOverOrders(int n, double s2) {
    DistributedNoise noise = new DistributedNoise(n, s2);
    AnswerChange change = AnswerChange.ofOneTeacher(3, 4, 1);
    double best = IntStream.range(1, 20_000)
        .mapToDouble(i -> 1 + i / 100.0)
        .map(alpha -> GnmaxBound.epsilon(alpha, noise.renyi(alpha, change), DELTA))
        .min()
        .orElseThrow();
    assertThat(noise.epsilon(change, DELTA)).isCloseTo(best, Percentage.withPercentage(1e-3));
    assertThat(noise.epsilon(change, DELTA)).isLessThan(best * (1 + 1e-9));
  }

  // Epsilon 1 with all ten there. Values of the exact curve, computed with 30 digits.
  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1.05959", "2, 1.13049", "3, 1.21674", "4, 1.32472", "5, 1.46517"})
  void gdpEpsilon_absentOfTen_growsAsItsNoiseIsMissed(int absent, double expected) {
    double epsilon = shared(SIGMA_OF_ONE, 10, absent).gdpEpsilon(THOUSAND_VOTES, DELTA);
    // The detour by the hidden Gaussian costs 4e-5 at sigma 167.
    assertThat(epsilon).isCloseTo(expected, within(2e-4)).isGreaterThan(expected - 5e-6);
  }

  @ParameterizedTest
  @CsvSource({"3, 1.24991", "5, 1.13049", "10, 1.05959", "20, 1.02857"})
  void gdpEpsilon_oneColluderOfFew_costsMoreTheFewerTheyAre(int nodes, double expected) {
    assertThat(shared(SIGMA_OF_ONE, nodes, 1).gdpEpsilon(THOUSAND_VOTES, DELTA))
        .isCloseTo(expected, within(2e-4));
  }

  @Property
  void epsilon_moreNoiseOrMoreContributors_isNoLarger(
      @ForAll @DoubleRange(min = 0.5, max = 300) @Scale(3) double sigma,
      @ForAll @IntRange(min = 1, max = 60) int contributors,
      @ForAll @IntRange(min = 1, max = 3000) int queries) {
    AnswerChange change = AnswerChange.ofOneTeacher(queries, 10, 1);
    double variance = Math.max(0.25, sigma * sigma);
    double here = new DistributedNoise(contributors, variance).epsilon(change, DELTA);
    assertThat(new DistributedNoise(contributors, variance * 1.1).epsilon(change, DELTA))
        .isLessThanOrEqualTo(here * (1 + 1e-9));
    AnswerChange more = AnswerChange.ofOneTeacher(queries + 1, 10, 1);
    assertThat(new DistributedNoise(contributors, variance).epsilon(more, DELTA))
        .isGreaterThanOrEqualTo(here * (1 - 1e-9));
    // With shares of two grid units and more tau is nothing, and more contributors are more noise.
    double share = Math.max(4, variance);
    assertThat(new DistributedNoise(contributors + 1, share).epsilon(change, DELTA))
        .isLessThanOrEqualTo(
            new DistributedNoise(contributors, share).epsilon(change, DELTA) * (1 + 1e-9));
  }

  @Test
  void constructor_shareBelowAHalf_isRefused() {
    assertThatThrownBy(() -> new DistributedNoise(2, 0.2))
        .hasMessage("localVariance must be >= 0.25: 0.2");
    assertThatThrownBy(() -> new DistributedNoise(0, 1)).hasMessage("contributors must be >= 1: 0");
    assertThatThrownBy(() -> new DistributedNoise(2, 1).renyi(1, THOUSAND_VOTES))
        .hasMessage("alpha must be > 1 and finite: 1.0");
  }

  @Test
  void answerChange_ofOneTeacher_isTwoCornersOfTheSimplexApart() {
    assertThat(AnswerChange.ofOneTeacher(7, 10, 3)).isEqualTo(new AnswerChange(42, 126, 70));
    assertThat(THOUSAND_VOTES.together(3)).isEqualTo(new AnswerChange(6000, 18_000, 10_000));
    assertThat(THOUSAND_VOTES.apart(3)).isEqualTo(new AnswerChange(6000, 6000, 30_000));
  }
}
