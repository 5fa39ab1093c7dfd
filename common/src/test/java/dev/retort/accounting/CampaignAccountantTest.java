package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.DiscreteGaussianOfLength;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values computed with 50 digits. */
final class CampaignAccountantTest {

  private static final Laplace LAPLACE = new Laplace(1, List.of(1.0));

  private static void isAbout(double epsilon, double expected, double relative) {
    assertThat(epsilon)
        .isGreaterThanOrEqualTo(expected * (1 - 2e-12))
        .isLessThanOrEqualTo(expected * (1 + relative));
  }

  /** A thousand votes at sigma 40: what each way of counting says. */
  @ParameterizedTest
  @CsvSource({
    "ZCDP, 5.92681801554, 1e-10",
    "RDP, 5.92681801554, 1e-10",
    "GDP, 5.55085986824, 1e-10",
    "PLD, 5.55085986824, 1e-10"
  })
  void epsilon_thousandVotesUnderGaussianNoise_isTheKnownFigure(
      CampaignAccountant accountant, double expected, double relative) throws Exception {
    isAbout(accountant.epsilon(new Gaussian(40, 2), 1000, 1e-6), expected, relative);
  }

  // The discrete law's own epsilon is a little above the continuous one's.
  @ParameterizedTest
  @CsvSource({
    "GDP, 10, 100, 4.88657074586, 2e-2",
    "PLD, 10, 100, 4.88657074586, 1e-8",
    "GDP, 40, 1000, 3.74721809779, 1e-3",
    "PLD, 40, 1000, 3.74721809779, 1e-8",
    "PLD, 4, 10, 3.74592445774, 1e-8"
  })
  void epsilon_discreteNoise_isBoundedFromAbove(
      CampaignAccountant accountant, double sigma, long count, double exact, double relative)
      throws Exception {
    isAbout(
        accountant.epsilon(new DiscreteGaussian(sigma, List.of(1L)), count, 1e-6), exact, relative);
  }

  @Test
  void epsilon_discreteNoiseOfKnownLength_isThatOfItsOnlyChange() throws Exception {
    DiscreteGaussianOfLength length = new DiscreteGaussianOfLength(10, 2);
    DiscreteGaussian change = new DiscreteGaussian(10, List.of(1L, -1L));
    for (CampaignAccountant accountant : CampaignAccountant.values()) {
      assertThat(accountant.epsilon(length, 50, 1e-6))
          .isCloseTo(accountant.epsilon(change, 50, 1e-6), within(1e-10));
    }
  }

  @Test
  void epsilon_discreteNoiseByGdp_isThatOfTheHiddenGaussian() throws Exception {
    assertThat(CampaignAccountant.GDP.epsilon(new DiscreteGaussian(5, List.of(1L, -2L)), 10, 1e-6))
        .isEqualTo(HiddenGaussian.epsilon(new AnswerChange(30, 50, 20), 25, 0, 1e-6));
    assertThat(CampaignAccountant.GDP.epsilon(new DiscreteGaussianOfLength(5, 5), 10, 1e-6))
        .isEqualTo(HiddenGaussian.epsilon(new AnswerChange(50, 50, 50), 25, 0, 1e-6));
  }

  @Test
  void epsilon_laplace_isKnown() throws Exception {
    // 5 losses of 1: refined to a millionth of the figure.
    isAbout(CampaignAccountant.PLD.epsilon(LAPLACE, 5, 1e-5), 4.99968, 2e-6);
    // Pure 1-DP is 1/2-zCDP.
    isAbout(CampaignAccountant.ZCDP.epsilon(LAPLACE, 2, 1e-5), 7.07719669, 1e-8);
    assertThat(CampaignAccountant.RDP.epsilon(LAPLACE, 5, 1e-5))
        .isLessThanOrEqualTo(5 + 1e-8)
        .isGreaterThan(4.99968);
  }

  @Test
  void epsilon_sampledNoiseAtWholeOrders_isTheKnownFigure() {
    List<Double> orders =
        IntStream.rangeClosed(2, 128).mapToObj(Double::valueOf).toList();
    SampledGaussian event = new SampledGaussian(1, 1, 0.01);
    isAbout(CampaignAccountant.epsilon(event, 1000, 1e-5, orders), 2.10775307545, 1e-10);
  }

  @Test
  void epsilon_sampledNoise_isBetterAtAnyOrder() throws Exception {
    SampledGaussian event = new SampledGaussian(1, 1, 0.01);
    double rdp = CampaignAccountant.RDP.epsilon(event, 1000, 1e-5);
    assertThat(rdp).isBetween(2.0, 2.10775307545);
    // Its unit is one record's contribution.
    assertThat(CampaignAccountant.RDP.epsilon(new SampledGaussian(5, 25, 0.01), 1000, 1e-5))
        .isCloseTo(rdp, within(1e-9));
  }

  @Test
  @Tag("slow")
  void epsilon_sampledNoiseByItsDistribution_isTheKnownFigure() throws Exception {
    isAbout(
        CampaignAccountant.PLD.epsilon(new SampledGaussian(1.5, 1, 0.04), 2250, 1e-5),
        6.768780394,
        1e-5);
  }

  @Test
  void epsilon_everyRecordSampled_isThatOfGaussianNoise() throws Exception {
    SampledGaussian sampled = new SampledGaussian(40, 2, 1);
    isAbout(CampaignAccountant.ZCDP.epsilon(sampled, 1000, 1e-6), 5.92681801554, 1e-10);
    isAbout(CampaignAccountant.RDP.epsilon(sampled, 1000, 1e-6), 5.92681801554, 1e-9);
    isAbout(CampaignAccountant.PLD.epsilon(sampled, 1000, 1e-6), 5.55085986824, 1e-10);
  }

  @Test
  @Tag("slow")
  void epsilon_pldAboveRenyi_givesTheLatter() throws Exception {
    // So many sampled queries that only a coarse lattice fits.
    SampledGaussian event = new SampledGaussian(50, 1, 1e-4);
    assertThat(CampaignAccountant.PLD.epsilon(event, 1_000_000_000, 1e-6))
        .isLessThanOrEqualTo(CampaignAccountant.RDP.epsilon(event, 1_000_000_000, 1e-6));
  }

  @Test
  void rho_eachNoise_isHalfTheSquaredRatio() throws Exception {
    isAbout(CampaignAccountant.rho(new Gaussian(40, 2)), 0.000625, 1e-14);
    isAbout(CampaignAccountant.rho(new DiscreteGaussian(40, List.of(1L, -1L))), 0.000625, 1e-14);
    isAbout(CampaignAccountant.rho(new DiscreteGaussianOfLength(40, 2)), 0.000625, 1e-14);
    isAbout(CampaignAccountant.rho(new Laplace(2, List.of(1.0))), 0.125, 1e-14);
    isAbout(CampaignAccountant.rho(new Laplace(2, List.of(1.0, -3.0))), 1.25, 1e-14);
    isAbout(CampaignAccountant.rho(new SampledGaussian(40, 2, 1)), 0.000625, 1e-14);
  }

  @Test
  void rho_anyNoise_isRoundedUp() throws Exception {
    assertThat(CampaignAccountant.rho(new Gaussian(1, 2))).isGreaterThan(1);
    assertThat(CampaignAccountant.rho(new Laplace(1, List.of(2.0)))).isGreaterThan(2);
  }

  @Test
  void epsilon_noiseThatAnAccountantHasNoBoundFor_isRefusedWithWhatToUse() {
    SampledGaussian sampled = new SampledGaussian(1, 1, 0.5);
    assertThatThrownBy(() -> CampaignAccountant.ZCDP.epsilon(sampled, 1, 1e-5))
        .isInstanceOf(UnsupportedNoiseException.class)
        .hasMessage(
            "accountant must not be zcdp for sampled-gaussian: zCDP gains nothing by sampling;"
                + " use rdp or pld");
    for (NoiseEvent event : List.of(sampled, LAPLACE)) {
      assertThatThrownBy(() -> CampaignAccountant.GDP.epsilon(event, 1, 1e-5))
          .isInstanceOf(UnsupportedNoiseException.class)
          .hasMessage("accountant must not be gdp for "
              + (event == LAPLACE ? "laplace" : "sampled-gaussian")
              + ", which has no Gaussian curve; use rdp or pld");
    }
    assertThatThrownBy(
            () -> CampaignAccountant.GDP.epsilon(new DiscreteGaussian(1.5, List.of(1L)), 1, 1e-5))
        .isInstanceOf(UnsupportedNoiseException.class)
        .hasMessage(
            "sigma must be > 1.5 for gdp with discrete-gaussian: 1.5; use zcdp, rdp or pld");
    assertThatThrownBy(
            () -> CampaignAccountant.PLD.epsilon(new DiscreteGaussianOfLength(5, 4), 1, 1e-5))
        .isInstanceOf(UnsupportedNoiseException.class)
        .hasMessageStartingWith(
            "change must be given for pld with discrete-gaussian where l2-squared is above 3");
  }

  @ParameterizedTest
  @EnumSource
  void epsilon_countOutOfRange_isRefusedByName(CampaignAccountant accountant) {
    assertThatThrownBy(() -> accountant.epsilon(LAPLACE, 0, 1e-5))
        .hasMessage("count must be >= 1: 0");
    assertThatThrownBy(() -> accountant.epsilon(LAPLACE, -7, 1e-5))
        .hasMessage("count must be >= 1: -7");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -1e-5, 2, Double.NaN})
  void epsilon_deltaOutOfRange_isRefusedByName(double delta) {
    for (CampaignAccountant accountant : CampaignAccountant.values()) {
      assertThatThrownBy(() -> accountant.epsilon(LAPLACE, 1, delta))
          .hasMessage("delta must be in (0, 1): " + delta);
    }
    assertThatThrownBy(() -> CampaignAccountant.epsilon(LAPLACE, 1, delta, List.of(2.0)))
        .hasMessage("delta must be in (0, 1): " + delta);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0, -3, Double.NaN, Double.POSITIVE_INFINITY})
  void epsilon_orderOutOfRange_isRefusedByName(double order) {
    assertThatThrownBy(() -> CampaignAccountant.epsilon(LAPLACE, 1, 1e-5, List.of(2.0, order)))
        .hasMessage("orders must be > 1 and finite: " + order);
    assertThatThrownBy(() -> CampaignAccountant.epsilon(LAPLACE, 0, 1e-5, List.of(2.0)))
        .hasMessage("count must be >= 1: 0");
  }

  @ParameterizedTest
  @EnumSource
  void epsilon_trillionQueries_isFiniteAndAboveAMillions(CampaignAccountant accountant)
      throws Exception {
    Gaussian event = new Gaussian(1000, 2);
    double trillion = accountant.epsilon(event, 1_000_000_000_000L, 1e-6);
    assertThat(trillion)
        .isFinite()
        .isGreaterThan(accountant.epsilon(event, 1_000_000, 1e-6))
        // rho is 1e6.
        .isBetween(1e6, 1.1e6);
  }
}
