package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

final class JsonNumbersTest {

  @Test
  void upper_moreThanTwelveDigits_isRoundedUp() {
    assertThat(JsonNumbers.upper(1.23456789012345)).isEqualTo(new BigDecimal("1.23456789013"));
    assertThat(JsonNumbers.upper(Math.nextUp(2.0))).isEqualTo(new BigDecimal("2.00000000001"));
    assertThat(JsonNumbers.upper(-1.23456789012345)).isEqualTo(new BigDecimal("-1.23456789012"));
  }

  @Test
  void upper_numberOfTwelveDigits_isLeftAlone() {
    assertThat(JsonNumbers.upper(0.107569292553)).isEqualTo(new BigDecimal("0.107569292553"));
    assertThat(JsonNumbers.lower(0.1)).isEqualTo(new BigDecimal("0.1"));
  }

  @Test
  void lower_moreThanTwelveDigits_isRoundedDown() {
    assertThat(JsonNumbers.lower(1.23456789012999)).isEqualTo(new BigDecimal("1.23456789012"));
    assertThat(JsonNumbers.lower(Math.nextDown(2.0))).isEqualTo(new BigDecimal("1.99999999999"));
  }

  @Test
  void nearest_whatSomebodyWrote_comesBackAsWritten() {
    assertThat(JsonNumbers.nearest(1e-5)).isEqualTo(new BigDecimal("0.00001"));
    assertThat(JsonNumbers.nearest(0.1)).isEqualTo(new BigDecimal("0.1"));
    assertThat(JsonNumbers.nearest(100)).isEqualTo(new BigDecimal("100"));
    assertThat(JsonNumbers.nearest(0)).isEqualTo(BigDecimal.ZERO);
  }

  /** A reader's double, the nearest to the decimal, is still on the right side. */
  @Test
  void upper_readBackAsADouble_isNoSmaller() {
    for (double value : new double[] {1 / 3.0, 2 / 3.0, 1e-17 / 3, 1e20 / 3, 4.9e-324}) {
      assertThat(JsonNumbers.upper(value).doubleValue()).isGreaterThanOrEqualTo(value);
      assertThat(JsonNumbers.lower(value).doubleValue()).isLessThanOrEqualTo(value);
    }
  }
}
