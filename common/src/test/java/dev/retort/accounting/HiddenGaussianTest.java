package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HiddenGaussianTest {

  // Exact values of the discrete law, where some lie above the continuous curve: one coordinate,
  // moved by 1 in each of k answers.
  @ParameterizedTest
  @CsvSource({
    "4, 1, 1e-6, 1.06343635837",
    "4, 10, 1e-6, 3.74592445774",
    "10, 100, 1e-6, 4.88657074586",
    "40, 1000, 1e-6, 3.74721809779"
  })
  void epsilon_discreteGaussian_isAboveItsExactEpsilon(
      double sigma, int answers, double delta, double exact) {
    double epsilon = HiddenGaussian.epsilon(
        new AnswerChange(answers, answers, answers), sigma * sigma, 0, delta);
    assertThat(epsilon).isGreaterThan(exact);
    // Where the noise is of some size the detour costs little: 1.13 / sigma^2 in mu.
    assertThat(epsilon).isLessThan(exact * (1 + 2 / (sigma * sigma)));
  }

  /** The claim about each integer, by sums in 60 digits: the mass around any centre is s sqrt(2 pi) within 1 +- eta. */
  @ParameterizedTest
  @CsvSource({"0", "0.1", "0.25", "0.5", "0.77"})
  void smoothing_anyCentre_hasTheMassOfTheIntegral(double centre) {
    BigDecimal mass = BigDecimal.ZERO;
    for (int k = -60; k <= 60; k++) {
      double distance = k - centre;
      mass = mass.add(new BigDecimal(Math.exp(-distance * distance / 4.5)), MathContext.DECIMAL128);
    }
    assertThat(mass.doubleValue() / (1.5 * Math.sqrt(2 * Math.PI))).isBetween(1 - 1e-14, 1 + 1e-14);
    assertThat(2.01 * Math.exp(-2 * Math.PI * Math.PI * 2.25)).isLessThan(1.05e-19);
  }

  @Test
  void epsilon_noiseOfOnePointFiveAndLess_hasNoBoundHere() {
    AnswerChange change = new AnswerChange(2, 2, 2);
    assertThat(HiddenGaussian.epsilon(change, 2.25, 0, 1e-5)).isInfinite();
    assertThat(HiddenGaussian.epsilon(change, 1, 0, 1e-5)).isInfinite();
  }

  @Test
  void epsilon_lawsTooFarApart_hasNoBoundHere() {
    assertThat(HiddenGaussian.epsilon(new AnswerChange(2, 2, 1_000_000), 100, 1, 1e-5))
        .isInfinite();
  }

  @Test
  void isHiddenIn_discreteNoiseAboveOnePointFive_alone() {
    assertThat(HiddenGaussian.isHiddenIn(new NoiseEvent.DiscreteGaussian(1.6, List.of(1L))))
        .isTrue();
    assertThat(HiddenGaussian.isHiddenIn(new NoiseEvent.DiscreteGaussianOfLength(1.6, 4)))
        .isTrue();
    assertThat(HiddenGaussian.isHiddenIn(new NoiseEvent.DiscreteGaussian(1.5, List.of(1L))))
        .isFalse();
    assertThat(HiddenGaussian.isHiddenIn(new NoiseEvent.DiscreteGaussianOfLength(1.5, 4)))
        .isFalse();
    assertThat(HiddenGaussian.isHiddenIn(new NoiseEvent.Laplace(9, List.of(1.0))))
        .isFalse();
  }

  /** What closeness costs: delta is divided by e^c a coordinate, and epsilon raised by 2 c. */
  @Test
  void epsilon_lawsSomeWayApart_isRaised() {
    double c = 1e-4;
    double exact = GaussianDp.epsilon(Math.sqrt(200 / (1600 - 2.25)), 1e-5 * Math.exp(-1000 * c));
    assertThat(HiddenGaussian.epsilon(new AnswerChange(200, 200, 1000), 1600, c, 1e-5))
        .isBetween(exact + 2000 * c, (exact + 2000 * c) * (1 + 1e-10));
  }

  @Property
  void epsilon_anyNoise_isAboveTheContinuousCurveAndFallsWithNoise(
      @ForAll @DoubleRange(min = 2, max = 500) @Scale(3) double sigma,
      @ForAll @DoubleRange(min = -10, max = -2) @Scale(3) double logDelta) {
    double delta = Math.pow(10, logDelta);
    AnswerChange change = AnswerChange.ofOneTeacher(100, 10, 1);
    double epsilon = HiddenGaussian.epsilon(change, sigma * sigma, 0, delta);
    assertThat(epsilon).isGreaterThanOrEqualTo(GaussianDp.epsilon(Math.sqrt(200) / sigma, delta));
    assertThat(HiddenGaussian.epsilon(change, sigma * sigma * 1.1, 0, delta))
        .isLessThanOrEqualTo(epsilon);
    assertThat(HiddenGaussian.epsilon(change, sigma * sigma, 1e-9, delta))
        .isGreaterThanOrEqualTo(epsilon);
  }
}
