package dev.retort.audit;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GaussianTradeOffTest {

  // Computed with 50 digits and rounded to 12: hence the slack upwards.
  @ParameterizedTest
  @CsvSource({
    "1, 1e-5, 4.37717809568",
    "0.5, 1e-5, 1.99309140442",
    "2, 1e-5, 9.99725614643",
    "0.7905694150420949, 1e-6, 3.74721799143",
    "0.35355339059327373, 1e-9, 2.01207771505",
    "1.118033988749895, 1e-6, 5.55085986824",
    "0.6324555320336759, 1e-5, 2.59438338053"
  })
  void epsilonBelow_knownCurves_isJustBelow(double mu, double delta, double expected) {
    double epsilon = GaussianTradeOff.epsilonBelow(mu, delta);
    assertThat(epsilon).isCloseTo(expected, Percentage.withPercentage(2e-9));
    assertThat(epsilon).isLessThanOrEqualTo(expected * (1 + 5e-12));
  }

  @Property
  void epsilonBelow_anyCurve_isWhereDeltaIsStillLarger(
      @ForAll @DoubleRange(min = 0.01, max = 30) double mu,
      @ForAll @DoubleRange(min = -12, max = -1) double logDelta) {
    double delta = Math.pow(10, logDelta);
    double epsilon = GaussianTradeOff.epsilonBelow(mu, delta);
    if (epsilon > 0) {
      assertThat(GaussianTradeOff.delta(epsilon, mu)).isGreaterThan(delta);
      assertThat(GaussianTradeOff.delta(epsilon * (1 + 1e-8) + 1e-8, mu)).isLessThan(delta);
    } else {
      assertThat(GaussianTradeOff.delta(0, mu)).isLessThanOrEqualTo(delta * (1 + 2e-12));
    }
  }

  @Test
  void epsilonBelow_noSeparation_isZero() {
    assertThat(GaussianTradeOff.epsilonBelow(-1, 1e-5)).isZero();
    assertThat(GaussianTradeOff.epsilonBelow(1e-6, 1e-5)).isZero();
    assertThat(GaussianTradeOff.epsilonBelow(Double.NEGATIVE_INFINITY, 1e-5)).isZero();
  }

  @Test
  void mu_ofKnownErrors_isTheDistanceOfTheMeans() {
    // Phi(-1/2) on both sides: means one apart, threshold between them.
    assertThat(GaussianTradeOff.mu(0.3085375387259869, 0.3085375387259869))
        .isCloseTo(1, Percentage.withPercentage(1e-10));
  }
}
