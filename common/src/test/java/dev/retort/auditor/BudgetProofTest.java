package dev.retort.auditor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BudgetProofTest {

  // Computed independently with 50 digits: 0.0243559703595, 0.0881526883799, ...
  @ParameterizedTest
  @CsvSource({
    "1, 1e-6, 24355970359",
    "2, 1e-6, 88152688379",
    "4, 1e-6, 311064954940",
    "8, 1e-6, 1052358004554",
    "1, 1e-9, 14973057673"
  })
  void holds_knownBudgets_toTheLastUnit(String epsilon, String delta, long picoRho) {
    // Within two units of the last digit that is known.
    assertThat(holds(picoRho, epsilon, delta)).isTrue();
    assertThat(holds(picoRho + picoRho / 50_000_000_000L + 2, epsilon, delta)).isFalse();
  }

  @Property(tries = 200)
  void holds_whatNodesAllow_andLittleMore(
      @ForAll @DoubleRange(min = -3, max = 2) double logEpsilon,
      @ForAll @DoubleRange(min = -12, max = -1) double logDelta) {
    double epsilon = Math.pow(10, logEpsilon);
    double delta = Math.pow(10, logDelta);
    long picoRho = Conversion.budget(new ApproxDp(epsilon, delta)).picoRho();
    String e = new BigDecimal(epsilon).toString();
    String d = new BigDecimal(delta).toString();
    assertThat(holds(picoRho, e, d)).isTrue();
    assertThat(holds(picoRho + picoRho / 1_000_000_000L + 10, e, d)).isFalse();
  }

  @Test
  void holds_noBudget_isAlwaysKept() {
    assertThat(holds(0, "0.5", "1e-6")).isTrue();
    assertThat(holds(1, "0.5", "0")).isFalse();
    assertThat(holds(1, "0.5", "1")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0",
    "2, 0.69314718055994530941723212145817656807550013436026",
    "10, 2.3025850929940456840179914546843642076011014886288",
    "1e-9, -20.723265836946411156161923092159277868409913397659",
    "1e300, 690.77552789821370520539743640530926228033044658863",
    "0.999999999999, -1.000000000000500000000000333333333333583333333333533e-12"
  })
  void logarithm_knownValues_toFiftyDigits(BigDecimal x, BigDecimal expected) {
    BigDecimal error = DecimalLogarithm.of(x).subtract(expected).abs();
    assertThat(error)
        .isLessThan(new BigDecimal("1e-46").max(expected.abs().multiply(new BigDecimal("1e-48"))));
  }

  @Test
  void logarithm_ofZero_isRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> DecimalLogarithm.of(BigDecimal.ZERO))
        .withMessage("x must be > 0: 0");
  }

  private static boolean holds(long picoRho, String epsilon, String delta) {
    return BudgetProof.holds(
        BigInteger.valueOf(picoRho), new BigDecimal(epsilon), new BigDecimal(delta));
  }
}
