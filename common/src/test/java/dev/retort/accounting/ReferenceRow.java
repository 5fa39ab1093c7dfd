package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of the reference values: a figure that somebody else computed.
 *
 * @param kind what was computed
 * @param params of what, mostly NAME=NUMBER separated by semicolons
 * @param at the delta or order at which, if any
 * @param expected the figure, rounded to the digits that it has
 * @param source who computed it, and how
 */
record ReferenceRow(String kind, String params, String at, String expected, String source) {

  // What a double can be computed to with room to spare.
  private static final double CLOSED_FORM = 1e-10;
  // What a privacy-loss distribution is refined to.
  private static final double REFINED = 1e-5;

  static List<ReferenceRow> read(Path file) throws IOException {
    try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(file)) {
      return reader.stream()
          .map(row -> new ReferenceRow(
              row.getField("mechanism"),
              row.getField("params"),
              row.getField("delta_or_alpha"),
              row.getField("expected"),
              row.getField("source")))
          .toList();
    }
  }

  String name() {
    return kind + " " + params + " " + at;
  }

  double value() {
    return Double.parseDouble(expected);
  }

  /** Half of the figure's last digit; 0 for a short one, which is exact. */
  double rounding() {
    BigDecimal value = new BigDecimal(expected);
    return value.precision() <= 5 ? 0 : value.ulp().doubleValue() / 2 * (1 + 1e-6);
  }

  /** The number of that name among the parameters; the root of 2 may be written sqrt2 or sqrt(2). */
  double number(String name) {
    String text = text(name);
    return text.startsWith("sqrt") ? Math.sqrt(2) : Double.parseDouble(text);
  }

  /** The square of that number, exact for roots. */
  double squared(String name) {
    String text = text(name);
    return text.startsWith("sqrt") ? 2 : Double.parseDouble(text) * Double.parseDouble(text);
  }

  long whole(String name) {
    return Long.parseLong(text(name));
  }

  String text(String name) {
    Matcher matcher =
        Pattern.compile("(?:^|[;, (])" + Pattern.quote(name) + "=([^;, ]+)").matcher(params);
    assertThat(matcher.find()).as("%s has %s", params, name).isTrue();
    return matcher.group(1);
  }

  double delta() {
    assertThat(at).startsWith("delta=");
    return Double.parseDouble(at.substring("delta=".length()));
  }

  double order() {
    assertThat(at).startsWith("alpha=");
    return Double.parseDouble(at.substring("alpha=".length()));
  }

  /** Asserts that an upper bound is not below the figure and hardly above it. */
  void closely(double upperBound) {
    between(upperBound, value(), CLOSED_FORM);
  }

  /** The same for a bound from a refined lattice. */
  void oneSided(double upperBound) {
    between(upperBound, value(), REFINED);
  }

  void oneSided(double upperBound, double exact) {
    between(upperBound, exact, REFINED);
  }

  /** Asserts that a lower bound is not above the figure and hardly below it. */
  void closelyBelow(double lowerBound) {
    assertThat(lowerBound)
        .isLessThanOrEqualTo(value() + rounding())
        .isGreaterThanOrEqualTo(value() * (1 - CLOSED_FORM) - rounding());
  }

  private void between(double upperBound, double exact, double relative) {
    assertThat(upperBound)
        .isGreaterThanOrEqualTo(exact - rounding())
        .isLessThanOrEqualTo(exact * (1 + relative) + rounding());
  }
}
