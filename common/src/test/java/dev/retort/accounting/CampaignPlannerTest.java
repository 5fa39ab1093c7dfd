package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.privacy.Conversion;
import java.util.List;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values computed with 50 digits. */
final class CampaignPlannerTest {

  private static NoiseEvent votes(double sigma) {
    return new DiscreteGaussian(sigma, List.of(1L, -1L));
  }

  @ParameterizedTest
  @CsvSource({"1, 1e-5, 3.73063163482", "0.1, 1e-6, 36.3046904262"})
  void smallestScale_gaussianByItsCurve_isTheAnalyticCalibration(
      double epsilon, double delta, double expected) throws Exception {
    for (CampaignAccountant accountant : List.of(CampaignAccountant.GDP, CampaignAccountant.PLD)) {
      double sigma =
          CampaignPlanner.smallestScale(accountant, s -> new Gaussian(s, 1), 1, epsilon, delta);
      assertThat(sigma).isBetween(expected * (1 - 2e-12), expected * (1 + 1e-10));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ZCDP, 1000, 1",
    "ZCDP, 1, 1e-3",
    "RDP, 10, 50",
    "GDP, 1, 1e-4",
    "GDP, 1000000, 0.3",
    "PLD, 7, 2"
  })
  void smallestScale_anyAccountant_keepsWithinEpsilonAndALittleLessDoesNot(
      CampaignAccountant accountant, long count, double epsilon) throws Exception {
    DoubleFunction<NoiseEvent> event = sigma -> new Gaussian(sigma, 2);
    double sigma = CampaignPlanner.smallestScale(accountant, event, count, epsilon, 1e-6);
    assertThat(accountant.epsilon(event.apply(sigma), count, 1e-6)).isLessThanOrEqualTo(epsilon);
    assertThat(accountant.epsilon(event.apply(sigma * (1 - 2e-12)), count, 1e-6))
        .isGreaterThan(epsilon);
  }

  @Test
  void smallestScale_laplaceByItsDistribution_isRoundedUpByLessThanAMillionth() throws Exception {
    DoubleFunction<NoiseEvent> event = b -> new Laplace(b, List.of(1.0));
    double b = CampaignPlanner.smallestScale(CampaignAccountant.PLD, event, 20, 1, 1e-4);
    // Known to a tenth.
    assertThat(b).isCloseTo(13.6, within(0.1));
    assertThat(CampaignAccountant.PLD.epsilon(event.apply(b), 20, 1e-4)).isLessThanOrEqualTo(1);
    assertThat(CampaignAccountant.PLD.epsilon(event.apply(b * (1 - 2e-6)), 20, 1e-4))
        .isGreaterThan(1);
  }

  @Test
  void smallestScale_epsilonOutOfReach_isInfinite() throws Exception {
    assertThat(CampaignPlanner.smallestScale(
            CampaignAccountant.ZCDP, s -> new Gaussian(s, 1), 1_000_000_000, 1e-13, 1e-12))
        .isInfinite();
  }

  @ParameterizedTest
  @CsvSource({
    "ZCDP, 1000, 1, 203", "RDP, 1000, 1, 203", "GDP, 1000, 1, 189", "PLD, 1000, 1, 189",
    "ZCDP, 1, 100, 1", "PLD, 1, 100, 1", "GDP, 1, 100, 2", "PLD, 10, 8, 3"
  })
  void smallestWholeScale_votes_isTheFirstThatKeepsWithinEpsilon(
      CampaignAccountant accountant, long count, double epsilon, int expected) throws Exception {
    int sigma = CampaignPlanner.smallestWholeScale(
        accountant, CampaignPlannerTest::votes, 1 << 24, count, epsilon, 1e-6);
    assertThat(sigma).isEqualTo(expected);
    assertThat(accountant.epsilon(votes(sigma), count, 1e-6)).isLessThanOrEqualTo(epsilon);
  }

  @ParameterizedTest
  @CsvSource({"204, 203", "203, 0", "100, 0", "2, 0"})
  void smallestWholeScale_limit_isNotReached(int limit, int expected) throws Exception {
    assertThat(CampaignPlanner.smallestWholeScale(
            CampaignAccountant.ZCDP, CampaignPlannerTest::votes, limit, 1000, 1, 1e-6))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1, 1e-6, 38", "2, 1e-6, 141", "4, 1e-6, 497", "8, 1e-6, 1683", "1, 1e-9, 23"})
  void mostQueries_votesByZcdp_isTheKnownNumber(double epsilon, double delta, long expected)
      throws Exception {
    assertThat(CampaignPlanner.mostQueries(
            CampaignAccountant.ZCDP, new Gaussian(40, 2), epsilon, delta))
        .isEqualTo(expected);
    assertThat(CampaignPlanner.mostQueries(
            CampaignAccountant.PLD, new Gaussian(40, 2), epsilon, delta))
        .isGreaterThan(expected);
  }

  @ParameterizedTest
  @CsvSource({"ZCDP, 1", "RDP, 0.5", "GDP, 3", "PLD, 3"})
  void mostQueries_anyAccountant_fitAndOneMoreDoesNot(CampaignAccountant accountant, double epsilon)
      throws Exception {
    DiscreteGaussian event = new DiscreteGaussian(20, List.of(1L, -1L));
    long most = CampaignPlanner.mostQueries(accountant, event, epsilon, 1e-6);
    assertThat(accountant.epsilon(event, most, 1e-6)).isLessThanOrEqualTo(epsilon);
    assertThat(accountant.epsilon(event, most + 1, 1e-6)).isGreaterThan(epsilon);
  }

  @Test
  void mostQueries_noneFits_isZero() throws Exception {
    Gaussian event = new Gaussian(1, 2);
    assertThat(CampaignPlanner.mostQueries(CampaignAccountant.ZCDP, event, 1, 1e-6))
        .isZero();
    assertThat(CampaignPlanner.mostQueries(CampaignAccountant.PLD, event, 1, 1e-6))
        .isZero();
    // Just one.
    assertThat(CampaignPlanner.mostQueries(CampaignAccountant.GDP, new Gaussian(4, 1), 1.5, 1e-6))
        .isEqualTo(1);
  }

  @Test
  void mostQueries_hardlyAnyCost_endsAtATrillion() throws Exception {
    assertThat(CampaignPlanner.mostQueries(CampaignAccountant.GDP, new Gaussian(1e12, 1), 1, 1e-6))
        .isEqualTo(CampaignPlanner.MOST_QUERIES);
  }

  @Test
  void mostQueries_sampledNoise_fitAndOneMoreDoesNot() throws Exception {
    SampledGaussian event = new SampledGaussian(1, 1, 0.01);
    long most = CampaignPlanner.mostQueries(CampaignAccountant.RDP, event, 2, 1e-5);
    assertThat(CampaignAccountant.RDP.epsilon(event, most, 1e-5)).isLessThanOrEqualTo(2);
    assertThat(CampaignAccountant.RDP.epsilon(event, most + 1, 1e-5)).isGreaterThan(2);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1e-6, 0.0243559703595",
    "2, 1e-6, 0.0881526883799",
    "8, 1e-6, 1.05235800456",
    "1, 1e-9, 0.0149730576736"
  })
  void largestRho_knownGuarantees_isBoundedFromBelow(
      double epsilon, double delta, double expected) {
    double rho = CampaignPlanner.largestRho(epsilon, delta);
    assertThat(rho).isBetween(expected * (1 - 1e-11), expected * (1 + 5e-12));
    assertThat(Conversion.epsilon(rho, delta)).isLessThanOrEqualTo(epsilon);
    assertThat(Conversion.epsilon(rho * (1 + 2e-12), delta)).isGreaterThan(epsilon);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void searches_epsilonOutOfRange_isRefusedByName(double epsilon) {
    String message = "epsilon must be > 0 and finite: " + epsilon;
    assertThatThrownBy(() -> CampaignPlanner.largestRho(epsilon, 1e-5)).hasMessage(message);
    assertThatThrownBy(() ->
            CampaignPlanner.mostQueries(CampaignAccountant.RDP, new Gaussian(1, 1), epsilon, 1e-5))
        .hasMessage(message);
    assertThatThrownBy(() -> CampaignPlanner.smallestScale(
            CampaignAccountant.RDP, s -> new Gaussian(s, 1), 1, epsilon, 1e-5))
        .hasMessage(message);
    assertThatThrownBy(() -> CampaignPlanner.smallestWholeScale(
            CampaignAccountant.RDP, s -> new Gaussian(s, 1), 9, 1, epsilon, 1e-5))
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, Double.NaN})
  void largestRho_deltaOutOfRange_isRefusedByName(double delta) {
    assertThatThrownBy(() -> CampaignPlanner.largestRho(1, delta))
        .hasMessage("delta must be in (0, 1): " + delta);
  }
}
