package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GnmaxBoundTest {

  private static List<Long> counts(String text) {
    List<Long> counts =
        new ArrayList<>(Arrays.stream(text.split("/")).map(Long::valueOf).toList());
    while (counts.size() < 10) {
      counts.add(0L);
    }
    return counts;
  }

  // Values computed with 50 digits.
  @ParameterizedTest
  @CsvSource({"240/10, 40, -9.09443102065", "60/55/50/45/40, 40, -0.105360515658"})
  void logQ_knownHistograms_isTheUnionBoundOrItsCap(String votes, double sigma, double expected) {
    assertThat(GnmaxBound.logQ(counts(votes), sigma))
        .isCloseTo(expected, Percentage.withPercentage(1e-8));
  }

  @ParameterizedTest
  @CsvSource({
    "200/30/20, 40, 8, 0.00108564173149",
    "240/10, 40, 8, 4.84401063751e-5",
    "250, 30, 20, 1.9965489034e-7",
    "60/55/50/45/40, 40, 8, 0.005"
  })
  void renyi_knownHistograms_isTheoremSix(
      String votes, double sigma, double alpha, double expected) {
    double renyi = GnmaxBound.renyi(alpha, GnmaxBound.logQ(counts(votes), sigma), sigma);
    assertThat(renyi).isCloseTo(expected, Percentage.withPercentage(1e-8));
    assertThat(renyi).isGreaterThanOrEqualTo(expected * (1 - 5e-12));
  }

  // What agreement of 250 teachers buys at sigma 40 and order 14: the ratio to the bound without
  // data. Values computed with 40 digits.
  @ParameterizedTest
  @CsvSource({
    "250, 280.434525787",
    "220/4/4/4/3/3/3/3/3/3, 28.8860642934",
    "200/6/6/6/6/6/5/5/5/5, 7.7490450638",
    "180/8/8/8/8/8/8/8/7/7, 2.46296985517",
    "150/100, 1"
  })
  void renyi_moreAgreement_buysMore(String votes, double expected) {
    double renyi = GnmaxBound.renyi(14, GnmaxBound.logQ(counts(votes), 40), 40);
    assertThat(GnmaxBound.renyiWithoutData(14, 40) / renyi)
        .isCloseTo(expected, Percentage.withPercentage(1e-8));
  }

  @Test
  void thresholdRenyi_knownNoise_isHalfTheSquaredRatio() {
    assertThat(GnmaxBound.thresholdRenyi(8, 150))
        .isCloseTo(0.000177777777778, Percentage.withPercentage(1e-8));
  }

  @Test
  void logQ_twoClasses_isTheExactProbability() {
    // Twice the votes' distance over sqrt(2) sigma is where the normal tail is looked up: Phi(-1).
    assertThat(GnmaxBound.logQ(List.of(20L, 10L), 10 / Math.sqrt(2)))
        .isCloseTo(Math.log(0.15865525393145707), within(1e-12));
  }

  @Test
  void logQ_hopelesslyFarBehind_keepsItsLogarithm() {
    // ln(9 erfc(125) / 2) = -15625 - ln(125 sqrt(pi)) + ln(4.5) + ln(1 - 1/31250)
    double expected =
        -15_625 - Math.log(125 * Math.sqrt(Math.PI)) + Math.log(4.5) + Math.log1p(-1.0 / 31_250);
    assertThat(GnmaxBound.logQ(counts("250"), 1)).isCloseTo(expected, within(1e-6));
  }

  /** Theorem 6 with its conditions, written down plainly. */
  @Test
  void renyi_anyCase_isTheTheoremWhereItApplies() {
    int applied = 0;
    for (double sigma : new double[] {0.5, 2, 10, 40}) {
      for (double q : new double[] {0.9, 0.5, 0.2, 0.1, 0.05, 0.01, 1e-3, 1e-5}) {
        for (double alpha : new double[] {1.1, 2, 5, 9, 14, 40}) {
          double mu2 = sigma * Math.sqrt(Math.log(1 / q));
          double mu1 = mu2 + 1;
          double e1 = mu1 / (sigma * sigma);
          double e2 = mu2 / (sigma * sigma);
          double limit =
              Math.exp((mu2 - 1) * e2) / Math.pow(mu1 / (mu1 - 1) * (mu2 / (mu2 - 1)), mu2);
          double expected = alpha / (sigma * sigma);
          if (mu2 > 1 && alpha <= mu1 && Math.log(1 / q) > e2 && q <= limit) {
            double a = (1 - q) / (1 - Math.pow(q * Math.exp(e2), (mu2 - 1) / mu2));
            double b = Math.exp(e1) / Math.pow(q, 1 / (mu1 - 1));
            double theorem = Math.log((1 - q) * Math.pow(a, alpha - 1) + q * Math.pow(b, alpha - 1))
                / (alpha - 1);
            applied += theorem < expected ? 1 : 0;
            expected = Math.min(expected, theorem);
          }
          assertThat(GnmaxBound.renyi(alpha, Math.log(q), sigma))
              .isCloseTo(expected, within(1e-9 * (1 + expected)));
        }
      }
    }
    assertThat(applied).isGreaterThan(20);
  }

  @Property
  void renyi_anyHistogram_isPositiveAndAtMostTheBoundWithoutData(
      @ForAll @IntRange(max = 250) int first,
      @ForAll @IntRange(max = 250) int second,
      @ForAll @DoubleRange(min = 1, max = 200) @Scale(2) double sigma,
      @ForAll @DoubleRange(min = 1.01, max = 100) @Scale(2) double alpha) {
    double logQ = GnmaxBound.logQ(List.of((long) first, (long) second, 3L), sigma);
    assertThat(GnmaxBound.renyi(alpha, logQ, sigma))
        .isGreaterThanOrEqualTo(0)
        .isLessThanOrEqualTo(GnmaxBound.renyiWithoutData(alpha, sigma));
  }

  @Test
  void epsilon_knownDivergence_isProposition12() {
    // rho = 0.3125 at its best order, computed with 50 digits: epsilon 4.01028077619 at 1e-6.
    double best = Double.POSITIVE_INFINITY;
    for (double alpha = 5; alpha < 10; alpha += 1e-4) {
      best = Math.min(best, GnmaxBound.epsilon(alpha, alpha * 0.3125, 1e-6));
    }
    assertThat(best).isCloseTo(4.01028077619, within(1e-8));
  }

  @Test
  void badArguments_areRefusedByName() {
    assertThatThrownBy(() -> GnmaxBound.logQ(List.of(5L), 1))
        .hasMessageStartingWith("counts must be");
    assertThatThrownBy(() -> GnmaxBound.logQ(List.of(5L, -1L), 1))
        .hasMessageStartingWith("counts must be");
    assertThatThrownBy(() -> GnmaxBound.renyi(8, 0, 1)).hasMessage("logQ must be < 0: 0.0");
    assertThatThrownBy(() -> GnmaxBound.renyi(1, -1, 1))
        .hasMessage("alpha must be > 1 and finite: 1.0");
    assertThatThrownBy(() -> GnmaxBound.thresholdRenyi(Double.POSITIVE_INFINITY, 1))
        .hasMessage("alpha must be > 1 and finite: Infinity");
    assertThatThrownBy(() -> GnmaxBound.epsilon(1, 0.5, 1e-5))
        .hasMessage("alpha must be > 1 and finite: 1.0");
    assertThat(GnmaxBound.logQ(List.of(0L, 3L), 1)).isNegative();
  }
}
