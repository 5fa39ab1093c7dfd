package dev.retort.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OneRunBoundTest {

  // Computed by another program after the paper's Appendix D.
  @ParameterizedTest
  @CsvSource({
    "1000, 600, 600, 1e-5, 5.270399464",
    "250, 76, 62, 1e-6, 0.979899294",
    "10000, 1000, 950, 1e-6, 2.700815550",
    "1000, 1000, 700, 0, 0.732010862"
  })
  void epsilon_knownGuesses_isThatOfThePaper(
      int canaries, int guesses, int correct, double delta, double expected) {
    assertThat(new OneRunBound(canaries, guesses, correct).epsilon(delta, 0.95))
        .isCloseTo(expected, Percentage.withPercentage(1e-6));
  }

  @Test
  void epsilon_withoutDelta_isTheBinomialTestByHand() {
    // All 20 right: q^20 = 0.05.
    double right = Math.pow(0.05, 1.0 / 20);
    assertThat(new OneRunBound(20, 20, 20).epsilon(0, 0.95))
        .isCloseTo(Math.log(right / (1 - right)), within(1e-9));
  }

  @Test
  void epsilon_halfRight_isZero() {
    assertThat(new OneRunBound(100, 100, 50).epsilon(1e-5, 0.95)).isZero();
    assertThat(new OneRunBound(100, 30, 0).epsilon(1e-5, 0.95)).isZero();
    assertThat(new OneRunBound(1, 1, 1).epsilon(1e-5, 0.95)).isZero();
  }

  @Test
  void epsilon_manyCanaries_underflowsNothing() {
    OneRunBound sure = new OneRunBound(100_000, 20_000, 20_000);
    // Without the term of delta it would be ln(q / (1 - q)) with q = 0.05^(1/20000): 8.8.
    assertThat(sure.epsilon(0, 0.95)).isCloseTo(8.8062, within(1e-3));
    assertThat(sure.epsilon(1e-6, 0.95)).isBetween(7.0, 8.8);
  }

  @Test
  void epsilon_largerDelta_isSmaller() {
    OneRunBound bound = new OneRunBound(1000, 600, 600);
    assertThat(bound.epsilon(1e-5, 0.95)).isLessThan(bound.epsilon(1e-6, 0.95));
    assertThat(bound.epsilon(1e-6, 0.95)).isLessThan(bound.epsilon(0, 0.95));
  }

  /** The search for the crossing rests on this. */
  @Property
  void pValue_largerEpsilon_isNoSmaller(
      @ForAll @IntRange(min = 1, max = 300) int guesses,
      @ForAll @IntRange(min = 0, max = 300) int right,
      @ForAll @DoubleRange(min = 0, max = 8) double epsilon,
      @ForAll @DoubleRange(min = 0.01, max = 1) double more) {
    OneRunBound bound = new OneRunBound(2 * guesses, guesses, Math.min(right, guesses));
    double p = bound.pValue(epsilon, 1e-5);
    // Where it exceeds any failure probability in use, it need not rise.
    if (p < 0.3) {
      assertThat(bound.pValue(epsilon + more, 1e-5)).isGreaterThanOrEqualTo(p * (1 - 1e-9));
    }
  }

  @Test
  void bound_nonsense_isRefused() {
    assertThatThrownBy(() -> new OneRunBound(10, 11, 0)).hasMessageContaining("guesses");
    assertThatThrownBy(() -> new OneRunBound(10, 5, 6)).hasMessageContaining("correct");
    assertThatThrownBy(() -> new OneRunBound(10, 5, 5).epsilon(1, 0.9))
        .hasMessageContaining("delta");
    assertThatThrownBy(() -> new OneRunBound(10, 5, 5).epsilon(0, 1))
        .hasMessageContaining("confidence");
  }
}
