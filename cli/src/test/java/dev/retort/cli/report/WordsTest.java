package dev.retort.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4.0000000001, 4",
    "3.00001, 3.001",
    "0.00012344, 1.235e-4",
    "123456.7, 123500",
    "1e300, 1e300",
    "Infinity, no bound"
  })
  void above_bound_isRoundedUp(double bound, String text) {
    assertThat(Words.above(bound)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0.000001, 1e-6",
    "1E-5, 1e-5",
    "4.0, 4",
    "0.05, 0.05",
    "100, 100",
    "1E+2147483647, 1e2147483647",
    "1E-2147483647, 1e-2147483647",
    "12E+400, 1.2e401"
  })
  void decimal_whateverAStrangerWrote_isShort(String written, String text) {
    assertThat(Words.decimal(new BigDecimal(written))).isEqualTo(text);
  }

  @Test
  void rho_pico_isExact() {
    assertThat(Words.rho(BigInteger.valueOf(24_355_970_359L))).isEqualTo("0.024355970359");
    assertThat(Words.rho(BigInteger.ONE)).isEqualTo("1e-12");
    assertThat(Words.rho(BigInteger.ZERO)).isEqualTo("0");
  }

  @Test
  void percent_ofAnything_neverHidesSpending() {
    BigInteger whole = BigInteger.valueOf(1_000_000);
    assertThat(Words.percent(BigInteger.ONE, whole, RoundingMode.CEILING)).isEqualTo("0.1 %");
    assertThat(Words.percent(BigInteger.ZERO, whole, RoundingMode.CEILING)).isEqualTo("0 %");
    assertThat(Words.percent(BigInteger.ONE, BigInteger.ZERO, RoundingMode.CEILING))
        .isEqualTo("\u2013");
  }

  @Test
  void minute_beyondTheCalendar_isStillSaid() {
    assertThat(Words.minute(0)).isEqualTo("1970-01-01 00:00 UTC");
    assertThat(Words.minute(Words.LAST_SECOND)).isEqualTo("9999-12-31 23:59 UTC");
    assertThat(Words.minute(Long.MAX_VALUE)).contains("9223372036854775807");
  }

  @Test
  void markup_textOfAnybody_cannotLeaveItsPlace() {
    assertThat(Markup.text("<a href='x' title=\"y\">&").html())
        .isEqualTo("&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;");
    assertThat(Markup.text("a\u202eb\u0000c\u200bd\ud800e\u2028f").html())
        .isEqualTo("a\\u202eb\\u0000c\\u200bd\\ud800e\\u2028f");
    assertThat(Markup.text("x".repeat(70_000)).html())
        .hasSizeLessThan(400)
        .endsWith("(70000 characters)");
    assertThat(Markup.of("<b>{}</b> {}", "{}", Markup.code("<")).html())
        .isEqualTo("<b>{}</b> <code>&lt;</code>");
    assertThatThrownBy(() -> Markup.of("no hole", "value"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
