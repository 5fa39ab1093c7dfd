package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values by direct sums in 40 digits, on both sides of the sigma at which the series is exchanged for another. */
final class ThetaTest {

  @ParameterizedTest
  @CsvSource({
    "0.2, -2.4318602727047352, -0.77932885289407716, -0.12496174849096514",
    "0.3, -0.70342886633262307, -0.29437787019534909, -0.050325378027774733",
    "0.39, -0.19933911969465107, -0.094735099779763637, -0.017416428156201191",
    "0.4, -0.17040628116680472, -0.081590785300593789, -0.015078675202161306",
    "0.5, -0.028769517446980907, -0.01428131235071383, -0.0027117794702932758",
    "1, -1.0701151964296959e-8, -5.3505759678341477e-9, -1.0218690779504543e-9"
  })
  void logRatio_fractions_isThatOfTheSums(
      double sigma, double atHalf, double atQuarter, double atTenth) {
    assertThat(Theta.logRatio(sigma, 0.5)).isCloseTo(atHalf, within(1e-15));
    assertThat(Theta.logRatio(sigma, 0.25)).isCloseTo(atQuarter, within(1e-15));
    assertThat(Theta.logRatio(sigma, 0.1)).isCloseTo(atTenth, within(1e-15));
    // Even, and of period 1.
    assertThat(Theta.logRatio(sigma, -7.25)).isCloseTo(atQuarter, within(1e-14));
    assertThat(Theta.logRatio(sigma, 12.75)).isCloseTo(atQuarter, within(1e-14));
  }

  @ParameterizedTest
  @CsvSource({"0.2, 3", "0.4, 1", "5, -1000000"})
  void logRatio_wholeShift_isZero(double sigma, double shift) {
    assertThat(Theta.logRatio(sigma, shift)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0.2, 7.4532785684076265e-6",
    "0.3, 0.0077021032305271517",
    "0.39, 0.072052918801423852",
    "0.4, 0.08423206211124128",
    "0.5, 0.24007265964486527",
    "1, 0.91893853855524871",
    "3, 2.0175508218727824"
  })
  void logNormaliser_anySigma_isThatOfTheSum(double sigma, double expected) {
    assertThat(Theta.logNormaliser(sigma)).isCloseTo(expected, within(1e-15 * (1 + expected)));
  }
}
