package dev.retort.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.GaussianDp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ErrorCountsTest {

  @Test
  void direct_noErrors_cannotExceedTheLogarithmOfTheRuns() {
    double bound = new ErrorCounts(0, 5000, 0, 5000).direct(0, 0.05);
    // ln(n / 3.7) is the rule of thumb: -ln(0.025) = 3.69.
    assertThat(bound).isCloseTo(Math.log(5000 / 3.69), within(2e-3));
  }

  @Test
  void direct_manyFalseNegativesAndNoFalsePositive_stillProves() {
    assertThat(new ErrorCounts(0, 1000, 800, 1000).direct(1e-5, 0.05)).isPositive();
    assertThat(new ErrorCounts(800, 1000, 0, 1000).direct(1e-5, 0.05)).isPositive();
  }

  @Test
  void bounds_ofACoinFlip_proveNothing() {
    ErrorCounts coin = new ErrorCounts(500, 1000, 500, 1000);
    assertThat(coin.direct(1e-5, 0.05)).isNegative();
    assertThat(coin.gaussianMu(0.05)).isNegative();
    assertThat(coin.gaussian(1e-5, 0.05)).isZero();
  }

  @Test
  void gaussianMu_errorsOfThirtyOnePercent_approachesOne() {
    // Phi(-1/2) = 0.3085 on both sides: means one apart, threshold between them.
    ErrorCounts counts =
        new ErrorCounts(308_537_538_726L, 1_000_000_000_000L, 308_537_538_726L, 1_000_000_000_000L);
    assertThat(counts.gaussianMu(0.05)).isBetween(1 - 1e-5, 1.0);
  }

  @Test
  void bounds_ofOneRunEach_proveNothing() {
    ErrorCounts one = new ErrorCounts(0, 1, 0, 1);
    assertThat(one.direct(1e-5, 0.05)).isNegative();
    assertThat(one.gaussianMu(0.05)).isNegative();
    ErrorCounts wrong = new ErrorCounts(1, 1, 1, 1);
    assertThat(wrong.direct(1e-5, 0.05)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(wrong.gaussianMu(0.05)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  /**
   * Exact coverage of both bounds, by summing over all pairs of counts of a test of Gaussians mu apart: with what
   * probability does a bound exceed the truth?
   */
  @ParameterizedTest
  @CsvSource({"0.5, 0.25, 0.1", "1, 0.5, 0.1", "1, 1.5, 0.1", "2, 1, 0.02", "3, 0, 0.3"})
  void bounds_ofAGaussianTest_exceedTheTruthNoMoreOftenThanSaid(
      double mu, double threshold, double failure) {
    int runs = 60;
    double delta = 1e-3;
    double truth = GaussianDp.epsilonBelow(mu, delta);
    double[] positives = masses(runs, tail(threshold));
    double[] negatives = masses(runs, tail(mu - threshold));
    double direct = 0;
    double gaussian = 0;
    for (int fp = 0; fp <= runs; fp++) {
      for (int fn = 0; fn <= runs; fn++) {
        ErrorCounts counts = new ErrorCounts(fp, runs, fn, runs);
        double mass = positives[fp] * negatives[fn];
        direct += counts.direct(delta, failure) > truth * (1 + 1e-9) ? mass : 0;
        gaussian += counts.gaussianMu(failure) > mu ? mass : 0;
      }
    }
    assertThat(direct).isLessThanOrEqualTo(failure);
    assertThat(gaussian).isLessThanOrEqualTo(failure).isPositive();
  }

  private static double tail(double z) {
    return org.apache.commons.numbers.gamma.Erfc.value(z / Math.sqrt(2)) / 2;
  }

  private static double[] masses(int trials, double p) {
    double[] masses = new double[trials + 1];
    masses[0] = Math.pow(1 - p, trials);
    for (int k = 0; k < trials; k++) {
      masses[k + 1] = masses[k] * (trials - k) * p / ((k + 1) * (1 - p));
    }
    return masses;
  }

  @Test
  void counts_moreThanRuns_areRefused() {
    assertThatThrownBy(() -> new ErrorCounts(2, 1, 0, 1)).hasMessageContaining("falsePositives");
    assertThatThrownBy(() -> new ErrorCounts(0, 1, -1, 1)).hasMessageContaining("falseNegatives");
    assertThatThrownBy(() -> new ErrorCounts(0, 0, 0, 1)).hasMessageContaining("runs >= 1");
  }
}
