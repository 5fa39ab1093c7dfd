package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values computed with 60 digits and rounded to 17. */
final class GaussianDpTest {

  // What a figure of 17 digits may be off by itself.
  private static final double DIGITS = 1e-16;

  @ParameterizedTest
  @CsvSource({
    "1, 1, 0.12693673750664395",
    "1, 0, 0.38292492254802621",
    "0.5, 2, 9.4391686349472338e-6",
    "1, 8, 3.6508216874217909e-15",
    "1, 20, 2.6647067053654977e-86",
    "0.01, 0.05, 5.4814402007468775e-10",
    "3, 0.5, 0.82999580994769031",
    "8, 4, 0.99958186425393688",
    "30, 300, 0.99999965397434447",
    "50, 1000, 0.99999968032650774"
  })
  void delta_knownCurves_isBoundedFromAboveToElevenDigits(
      double mu, double epsilon, double expected) {
    assertThat(GaussianDp.delta(mu, epsilon))
        .isGreaterThanOrEqualTo(expected * (1 - DIGITS))
        .isLessThan(expected * (1 + 1e-11));
  }

  @ParameterizedTest
  @CsvSource({"0.001, 0.02, 1.3837811770864424e-93", "0.25, 9, 2.5903332515345092e-284"})
  void delta_tinyMuOrDelta_isBoundedFromAboveToEightDigits(
      double mu, double epsilon, double expected) {
    assertThat(GaussianDp.delta(mu, epsilon))
        .isGreaterThanOrEqualTo(expected * (1 - DIGITS))
        .isLessThan(expected * (1 + 1e-8));
  }

  @Test
  void delta_epsilonBeyondReach_isPositiveAndNoMoreThanTheSmallestDouble() {
    assertThat(GaussianDp.delta(1, 1e6)).isEqualTo(Double.MIN_VALUE);
  }

  @Test
  void delta_hopelessMu_isAtMostOne() {
    assertThat(GaussianDp.delta(1e6, 0)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1e-5, 4.3771780956812246",
    "0.5, 1e-9, 2.909732380763617",
    "1, 1e-30, 11.743883025231736",
    "1, 1e-100, 21.627508093648382",
    "5, 1e-12, 47.049232172701764",
    "0.1, 1e-6, 0.39685737764408359",
    "0.01, 1e-5, 0.027219419814577136",
    "20, 0.01, 245.58158587982812",
    "1, 0.2, 0.65335076880138288",
    "0.3, 1e-200, 9.0607363335173055"
  })
  void epsilon_knownCurves_isBoundedFromAboveToElevenDigits(
      double mu, double delta, double expected) {
    assertThat(GaussianDp.epsilon(mu, delta))
        .isGreaterThanOrEqualTo(expected * (1 - DIGITS))
        .isLessThan(expected * (1 + 1e-11));
  }

  @Test
  void epsilon_deltaThatCoversAll_isZero() {
    // delta(0) of mu 0.1 is 0.03988.
    assertThat(GaussianDp.epsilon(0.1, 0.04)).isZero();
    assertThat(GaussianDp.epsilon(0.1, 0.0398)).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1e-5, 0.26805112321129422",
    "0.1, 1e-6, 0.02754465024382762",
    "8, 1e-6, 1.5315451175661451",
    "0, 0.1, 0.25132269371014807",
    "20, 1e-12, 2.4749379575716709"
  })
  void mu_knownGuarantees_isBoundedFromBelowToElevenDigits(
      double epsilon, double delta, double expected) {
    double mu = GaussianDp.mu(epsilon, delta);
    assertThat(mu)
        .isLessThanOrEqualTo(expected * (1 + DIGITS))
        .isGreaterThan(expected * (1 - 1e-11));
    assertThat(GaussianDp.delta(mu, epsilon)).isLessThanOrEqualTo(delta);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void mu_outOfRange_isRefusedByName(double mu) {
    assertThatThrownBy(() -> GaussianDp.delta(mu, 1))
        .hasMessage("mu must be > 0 and finite: " + mu);
    assertThatThrownBy(() -> GaussianDp.epsilon(mu, 0.1))
        .hasMessage("mu must be > 0 and finite: " + mu);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-300, Double.NaN, Double.POSITIVE_INFINITY})
  void epsilon_outOfRange_isRefusedByName(double epsilon) {
    assertThatThrownBy(() -> GaussianDp.delta(1, epsilon))
        .hasMessage("epsilon must be >= 0 and finite: " + epsilon);
    assertThatThrownBy(() -> GaussianDp.mu(epsilon, 0.1))
        .hasMessage("epsilon must be >= 0 and finite: " + epsilon);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.5, Double.NaN})
  void delta_outOfRange_isRefusedByName(double delta) {
    assertThatThrownBy(() -> GaussianDp.epsilon(1, delta))
        .hasMessage("delta must be in (0, 1): " + delta);
    assertThatThrownBy(() -> GaussianDp.mu(1, delta))
        .hasMessage("delta must be in (0, 1): " + delta);
  }
}
