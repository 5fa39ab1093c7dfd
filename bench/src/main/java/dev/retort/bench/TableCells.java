package dev.retort.bench;

import java.util.Locale;
import java.util.OptionalDouble;

/** Cells made readable, each by itself: what no other row decides costs no privacy. */
final class TableCells {

  private static final String MISSING = "";

  private TableCells() {}

  /** Whether a cell says nothing. */
  static boolean isMissing(String cell) {
    return cell.isBlank() || cell.equals("?");
  }

  /** log(1 + cell), for counts and amounts most of which are 0; missing stays missing. */
  static String logarithm(String cell) {
    return isMissing(cell)
        ? MISSING
        : String.format(Locale.ROOT, "%.4f", Math.log1p(Double.parseDouble(cell)));
  }

  /** A code as a word, so that nobody takes it for a number: {@code 3}, {@code 3.0} become {@code v3}. */
  static String word(String cell) {
    if (isMissing(cell)) {
      return MISSING;
    }
    OptionalDouble number = number(cell);
    return number.isPresent() && number.getAsDouble() == Math.rint(number.getAsDouble())
        ? "v" + (long) number.getAsDouble()
        : "v" + cell;
  }

  /** A measurement of which 0 means that nobody measured. */
  static String positive(String cell) {
    return isMissing(cell) || Double.parseDouble(cell) == 0 ? MISSING : cell;
  }

  /** A number, or empty for a word. */
  static OptionalDouble number(String cell) {
    try {
      return OptionalDouble.of(Double.parseDouble(cell));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }
}
