package dev.retort.cli.report;

import dev.retort.merkle.Digest;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** How the page writes numbers, times and digests. */
final class Words {

  /** The last second of the year 9999. */
  static final long LAST_SECOND = 253_402_300_799L;

  /** In place of a number that cannot be bounded. */
  static final String NO_BOUND = "no bound";

  private static final int DIGITS = 4;
  private static final int PICO_DIGITS = 12;
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Words() {}

  /** A count with thousands apart. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** "1 finding", "2 findings". */
  static String count(long count, String one, String several) {
    return count(count) + " " + (count == 1 ? one : several);
  }

  /** An upper bound of at least 0, rounded up to four digits; what it is above them by less than 1e-9 of it is dropped. */
  static String above(double bound) {
    if (!Double.isFinite(bound)) {
      return NO_BOUND;
    }
    return plain(
        new BigDecimal(bound * (1 - 1e-9)).round(new MathContext(DIGITS, RoundingMode.CEILING)));
  }

  /** A number that somebody wrote down, as it is. */
  static String decimal(BigDecimal number) {
    return plain(number);
  }

  /** A loss in rho, exactly. */
  static String rho(BigInteger pico) {
    return plain(new BigDecimal(pico, PICO_DIGITS));
  }

  /** A part of a whole in percent, rounded up where some is left of the whole, so that nothing spent looks like nothing. */
  static String percent(BigInteger part, BigInteger whole, RoundingMode rounding) {
    if (whole.signum() <= 0) {
      return "\u2013";
    }
    return new BigDecimal(part)
            .multiply(BigDecimal.valueOf(100))
            .divide(new BigDecimal(whole), 1, rounding)
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }

  /** A minute, or what else the entry says. */
  static String minute(long tick) {
    return tick < 0 || tick > LAST_SECOND
        ? "second " + tick + " since 1970"
        : MINUTE.format(Instant.ofEpochSecond(tick)) + " UTC";
  }

  /** Enough of a digest to tell it from others on the page. */
  static Markup brief(Digest digest) {
    return Markup.code(digest.hex().substring(0, 12) + "\u2026");
  }

  /** A digest in groups of four, to be read aloud. */
  static Markup grouped(Digest digest) {
    return Markup.code(String.join(" ", digest.hex().split("(?<=\\G.{4})")));
  }

  /** Names one after another, the first of them if there are many. */
  static Markup names(List<String> names, int most) {
    StringBuilder html = new StringBuilder();
    for (String name : names.subList(0, Math.min(most, names.size()))) {
      html.append(html.isEmpty() ? "" : ", ").append(Markup.code(name).html());
    }
    if (names.size() > most) {
      html.append(" and ").append(count(names.size() - most)).append(" more");
    }
    return new Markup(html.toString());
  }

  /** Indexes of entries one after another, the first of them if there are many. */
  static String indexes(List<Long> indexes, int most) {
    StringBuilder text = new StringBuilder();
    for (long index : indexes.subList(0, Math.min(most, indexes.size()))) {
      text.append(text.isEmpty() ? "" : ", ").append(index);
    }
    return indexes.size() > most
        ? text + " and " + count(indexes.size() - most) + " more"
        : text.toString();
  }

  // A stranger may have written an exponent of billions.
  private static String plain(BigDecimal number) {
    if (number.signum() == 0) {
      return "0";
    }
    BigDecimal brief = number.stripTrailingZeros();
    long exponent = (long) brief.precision() - brief.scale() - 1;
    boolean tiny = exponent < -3 && brief.precision() <= DIGITS;
    if (exponent > 17 || brief.scale() > 2 * PICO_DIGITS || tiny) {
      String digits = new BigDecimal(brief.unscaledValue(), brief.precision() - 1).toPlainString();
      return digits + "e" + exponent;
    }
    return brief.toPlainString();
  }
}
