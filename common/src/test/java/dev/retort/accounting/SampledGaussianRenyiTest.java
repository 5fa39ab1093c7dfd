package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SampledGaussianRenyiTest {

  // Values by quadrature in 40 digits, at orders between whole ones too.
  @ParameterizedTest
  @CsvSource({
    "0.01, 1, 1.5, 0.00012725374332745",
    "0.01, 1, 32, 11.2462759370481",
    "0.2, 0.5, 2.5, 2.34819919069229",
    "0.001, 4, 100.5, 3.26204143767787e-6",
    "1e-6, 1, 1.5, 1.28870963002321e-12",
    "0.999999, 1, 3.5, 1.74999871491843",
    "0.5, 10, 1.01, 0.00126410709241128",
    "0.01, 1, 200.25, 95.4967172911211",
    "0.5, 0.15, 1.2, 22.531879259569331",
    "0.3, 0.12, 1.05, 17.808019748020998",
    "0.01, 0.2, 2, 15.789659766889358"
  })
  void at_anyOrder_isBoundedFromAbove(double rate, double sigma, double order, double expected) {
    assertThat(new SampledGaussianRenyi(sigma, rate).at(order))
        .isGreaterThanOrEqualTo(expected * (1 - 1e-14))
        .isLessThan(expected * (1 + 1e-10));
  }

  @ParameterizedTest
  @CsvSource({
    "0.01, 1, 2",
    "0.01, 1, 3",
    "0.3, 0.7, 5",
    "0.5, 2, 20",
    "0.9, 1, 8",
    "1e-4, 0.6, 12",
    "1e-5, 3, 64",
    "0.1, 5, 100",
    "0.02, 0.4, 4"
  })
  void at_wholeOrder_isTheClosedSum(double rate, double sigma, int order) {
    double expected = closedSum(rate, sigma, order);
    assertThat(new SampledGaussianRenyi(sigma, rate).at(order))
        .isGreaterThanOrEqualTo(expected * (1 - 1e-13))
        .isLessThan(expected * (1 + 1e-10));
  }

  // Mironov, Talwar, Zhang 2019, Section 3.3: E = sum of binomial probabilities times exp((k^2 - k)
  // /
  // (2 s^2)). Less 1, which is the sum of the probabilities, all terms are positive.
  private static double closedSum(double rate, double sigma, int order) {
    double excess = 0;
    BigInteger choose = BigInteger.ONE;
    for (int k = 0; k <= order; k++) {
      excess += choose.doubleValue()
          * Math.pow(rate, k)
          * Math.exp((order - k) * Math.log1p(-rate))
          * Math.expm1((k * k - k) / (2 * sigma * sigma));
      choose = choose.multiply(BigInteger.valueOf(order - k)).divide(BigInteger.valueOf(k + 1));
    }
    return Math.log1p(excess) / (order - 1);
  }

  @Test
  void at_everyRecordSampled_isTheGaussians() {
    assertThat(new SampledGaussianRenyi(2, 1).at(10)).isBetween(1.25, 1.25 * (1 + 2e-12));
  }

  @ParameterizedTest
  @CsvSource({"1.01", "2", "17.5", "256"})
  void at_anyOrder_isFarBelowTheUnsampledOne(double order) {
    assertThat(new SampledGaussianRenyi(1.5, 0.02).at(order))
        .isLessThan(new SampledGaussianRenyi(1.5, 0.021).at(order))
        .isLessThan(order / 4.5);
  }
}
