package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.DiscreteGaussianOfLength;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.accounting.PrivacyLossDistribution.Repeated;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrivacyLossDistributionTest {

  // A known figure has 10 to 12 digits.
  private static final double DIGITS = 5e-10;

  private static void isAbout(double bound, double exact, double relative) {
    assertThat(bound)
        .isGreaterThanOrEqualTo(exact * (1 - DIGITS))
        .isLessThanOrEqualTo(exact * (1 + relative));
  }

  // Changes are written 1/-2.
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 1, 4",
    "0.5, 1, 3",
    "0.4, 2, 2",
    "2, 1/-1, 3",
    "1.3, 1/-1, 1",
    "1, 1/-2, 2",
    "3, 1/-2, 4",
    "2, 3, 3",
    "1.7, 2/-1/-1, 2",
    "5, 4/6, 2",
    "4, 1, 10"
  })
  void epsilonAndDelta_discreteNoise_areThoseOfTheConvolution(
      double sigma, String changes, int count) {
    List<Long> change = Arrays.stream(changes.split("/", -1)).map(Long::valueOf).toList();
    DiscreteConvolution oracle = new DiscreteConvolution(sigma, change, count);
    PrivacyLossDistribution distribution =
        PrivacyLossDistribution.of(new DiscreteGaussian(sigma, change), count);
    for (double delta : new double[] {0.3, 1e-2, 1e-6, 1e-12, 1e-30}) {
      double exact = oracle.epsilon(delta);
      assertThat(distribution.epsilon(delta))
          .isGreaterThanOrEqualTo(exact * (1 - 1e-12))
          .isLessThanOrEqualTo(exact + 1e-8);
    }
    for (double epsilon : new double[] {0, 0.5, 2, 7}) {
      double exact = oracle.delta(epsilon);
      assertThat(distribution.delta(epsilon))
          .isGreaterThanOrEqualTo(exact * (1 - 1e-12))
          .isLessThanOrEqualTo(exact * (1 + 1e-8) + 1e-290);
    }
  }

  // Values computed with 50 digits.
  @ParameterizedTest
  @CsvSource({"1, 1, 0.141351339406", "2, 0.5, 0.0540072236942"})
  void delta_discreteNoise_isTheKnownFigure(double sigma, double epsilon, double expected) {
    isAbout(
        PrivacyLossDistribution.of(new DiscreteGaussian(sigma, List.of(1L)), 1).delta(epsilon),
        expected,
        1e-8);
  }

  @Test
  void epsilon_discreteNoiseOfSomeWidth_isTheKnownFigure() {
    isAbout(
        PrivacyLossDistribution.of(new DiscreteGaussian(40, List.of(1L)), 1).epsilon(1e-6),
        0.0901394239048,
        1e-8);
    isAbout(
        PrivacyLossDistribution.of(new DiscreteGaussian(10, List.of(1L)), 100).epsilon(1e-6),
        4.88657074586,
        1e-8);
  }

  @ParameterizedTest
  @CsvSource({"1, 0.5", "1, 0", "2, 1.75", "0.1, 0.03"})
  void delta_oneLaplace_isTheClosedForm(double epsilonOfOne, double epsilon) {
    double exact = -Math.expm1((epsilon - epsilonOfOne) / 2);
    assertThat(PrivacyLossDistribution.of(new Laplace(1 / epsilonOfOne, List.of(1.0)), 1)
            .delta(epsilon))
        .isBetween(exact * (1 - 1e-12), exact * (1 + 1e-5));
  }

  @Test
  void epsilon_laplace_isTheKnownFigure() {
    isAbout(
        PrivacyLossDistribution.of(new Laplace(2, List.of(1.0)), 20).epsilon(1e-6),
        9.67092016,
        2e-6);
    isAbout(
        PrivacyLossDistribution.of(new Laplace(10, List.of(1.0)), 100).epsilon(1e-6),
        4.692667415,
        2e-6);
    // Coordinates add up as queries do.
    isAbout(
        PrivacyLossDistribution.of(new Laplace(10, List.of(1.0, -1.0)), 50).epsilon(1e-6),
        4.692667415,
        2e-6);
  }

  @Test
  void epsilon_laplaceBeyondItsSum_isNeverMore() {
    assertThat(PrivacyLossDistribution.of(new Laplace(1, List.of(1.0)), 3).epsilon(1e-150))
        .isBetween(3.0, 3 + 1e-11);
  }

  @Test
  void figures_gaussianNoise_areTheClosedForm() {
    PrivacyLossDistribution distribution = PrivacyLossDistribution.of(List.of(
        new Repeated(new Gaussian(5, 1), 10),
        new Repeated(new Gaussian(12, 1), 20),
        new Repeated(new Gaussian(7, 2), 5)));
    isAbout(distribution.epsilon(1e-6), 4.12983277516, 1e-10);
    double mu = 0.861957378031;
    isAbout(distribution.delta(2), GaussianDp.delta(mu, 2), 1e-9);
  }

  @Test
  @Tag("slow")
  void epsilon_sampledNoise_isTheKnownFigure() {
    isAbout(
        PrivacyLossDistribution.of(new SampledGaussian(1.5, 1, 0.04), 2250).epsilon(1e-5),
        6.768780394,
        1e-5);
  }

  @Test
  @Tag("slow")
  void delta_sampledNoise_isTheWorseDirections() {
    // Removing: 0.0578404059975 at 1; adding: 0.0664518093881 at 0.1, where removing is less.
    PrivacyLossDistribution once = PrivacyLossDistribution.of(new SampledGaussian(0.5, 1, 0.2), 1);
    isAbout(once.delta(1), 0.0578404059975, 1e-5);
    assertThat(once.delta(0.1)).isGreaterThanOrEqualTo(0.0664518093881 * (1 - DIGITS));
  }

  @Test
  void delta_addingWorseThanRemoving_isTheOneOfAdding() {
    // At rate 0.9 the record's absence shows in losses up to ln(1 / 0.1).
    List<Repeated> once = List.of(new Repeated(new SampledGaussian(0.5, 1, 0.9), 1));
    double removing =
        new LossComposition(LossParts.removing(once, LossLaws.REACH).onLattice(512)).delta(0.2);
    double adding =
        new LossComposition(LossParts.adding(once, LossLaws.REACH).onLattice(512)).delta(0.2);
    assertThat(PrivacyLossDistribution.of(once).delta(0.2))
        .isCloseTo(Math.max(removing, adding), within(1e-5));
    assertThat(removing).isNotCloseTo(adding, within(1e-3));
  }

  @Test
  @Tag("slow")
  void epsilon_mixedEvents_isTheKnownFigure() {
    isAbout(
        PrivacyLossDistribution.of(List.of(
                new Repeated(new SampledGaussian(1, 1, 0.01), 500),
                new Repeated(new Gaussian(10, 1), 20)))
            .epsilon(1e-5),
        2.219175171,
        1e-5);
  }

  @Test
  void epsilon_discreteNoiseOfTwoWidths_isConnectedOnOneLattice() {
    double both = PrivacyLossDistribution.of(List.of(
            new Repeated(new DiscreteGaussian(10, List.of(1L)), 50),
            new Repeated(new DiscreteGaussian(10 * (1 + 1e-13), List.of(1L)), 50)))
        .epsilon(1e-6);
    isAbout(both, 4.88657074586, 1e-5);
  }

  /** All of a Gaussian's records but a millionth of a millionth sampled: no closed form is used, and it is never beaten. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-2, 1e-16, 1e-30})
  void epsilon_almostAGaussian_isNeverBelowItsExactCurve(double delta) {
    PrivacyLossDistribution almost =
        PrivacyLossDistribution.of(new SampledGaussian(10, 1, 1 - 1e-13), 100);
    double exact = GaussianDp.epsilon(1, delta);
    assertThat(almost.epsilon(delta)).isBetween(exact * (1 - 1e-11), exact * (1 + 1e-5));
  }

  @Test
  void epsilon_wideDiscreteNoise_isThatOfTheHiddenGaussian() {
    DiscreteGaussian event = new DiscreteGaussian(100_000, List.of(1L, -1L));
    double expected = HiddenGaussian.epsilon(new AnswerChange(2000, 2000, 2000), 1e10, 0, 1e-6);
    PrivacyLossDistribution distribution = PrivacyLossDistribution.of(event, 1000);
    assertThat(distribution.epsilon(1e-6)).isEqualTo(expected);
    assertThat(HiddenGaussian.epsilon(
            new AnswerChange(2000, 2000, 2000), 1e10, 0, distribution.delta(0.01)))
        .isLessThanOrEqualTo(0.01);
    double mu = Math.sqrt(2000) / 1e5;
    assertThat(distribution.delta(0.001))
        .isBetween(GaussianDp.delta(mu, 0.001), GaussianDp.delta(mu, 0.001) * (1 + 1e-6));
  }

  @Test
  void epsilon_fewWideAnswers_areExactOnTheirOwnLattice() {
    // A transform of some 20 x 600 points is short enough.
    DiscreteGaussian event = new DiscreteGaussian(600, List.of(1L));
    double exact = PrivacyLossDistribution.of(event, 1).epsilon(1e-6);
    double hidden = HiddenGaussian.epsilon(new AnswerChange(1, 1, 1), 360_000, 0, 1e-6);
    assertThat(exact).isLessThan(hidden).isGreaterThan(hidden * (1 - 1e-5));
  }

  @Test
  void epsilon_smallNoiseAndManyQueries_isAboveTheDivergence() {
    // rho is 125 000 a query at most; the mean loss of a million of them is finite and exact.
    double epsilon = PrivacyLossDistribution.of(new DiscreteGaussian(0.5, List.of(1L)), 1_000_000)
        .epsilon(1e-6);
    // The loss is 4 z + 2, its mean 2, its variance 16 x 0.215.
    double mean = 2e6;
    double deviation = 4 * Math.sqrt(0.215012675088 * 1e6);
    assertThat(epsilon).isBetween(mean + 4 * deviation, mean + 5.5 * deviation);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(longs = {1_000_000_000L, 1_000_000_000_000L})
  void epsilon_countsUpToATrillion_isAFiniteUpperBound(long count) {
    for (NoiseEvent event : List.of(
        new Laplace(1000, List.of(1.0)),
        new SampledGaussian(100, 1, 0.001),
        new DiscreteGaussian(20, List.of(1L, -1L)),
        new DiscreteGaussian(1000, List.of(1L, -1L)))) {
      double epsilon = PrivacyLossDistribution.of(event, count).epsilon(1e-6);
      double fewer = PrivacyLossDistribution.of(event, 1000).epsilon(1e-6);
      assertThat(epsilon).isFinite().isGreaterThan(fewer);
    }
  }

  @Test
  void of_noEvents_isRefused() {
    assertThatThrownBy(() -> PrivacyLossDistribution.of(List.of()))
        .hasMessage("events must not be empty");
    assertThatThrownBy(() -> PrivacyLossDistribution.of(new Gaussian(1, 1), 0))
        .hasMessage("count must be >= 1: 0");
  }

  @Test
  void epsilon_noiseOfUnknownChange_isRefused() {
    PrivacyLossDistribution unknown =
        PrivacyLossDistribution.of(new DiscreteGaussianOfLength(1, 4), 1);
    assertThatThrownBy(() -> unknown.epsilon(1e-5))
        .hasMessageStartingWith("events must say their change: ");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -1, Double.NaN})
  void epsilon_deltaOutOfRange_isRefusedByName(double delta) {
    assertThatThrownBy(() -> PrivacyLossDistribution.of(new Gaussian(1, 1), 1).epsilon(delta))
        .hasMessage("delta must be in (0, 1): " + delta);
  }

  @Test
  void epsilon_deltaOfNoMeaning_isRefused() {
    PrivacyLossDistribution one = PrivacyLossDistribution.of(new Gaussian(1, 1), 1);
    assertThatThrownBy(() -> one.epsilon(0.9e-200))
        .hasMessage("delta must be >= 1.0E-200: 9.0E-201");
    assertThat(one.epsilon(1e-200)).isFinite();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void delta_epsilonOutOfRange_isRefusedByName(double epsilon) {
    assertThatThrownBy(() -> PrivacyLossDistribution.of(new Gaussian(1, 1), 1).delta(epsilon))
        .hasMessage("epsilon must be >= 0 and finite: " + epsilon);
  }
}
