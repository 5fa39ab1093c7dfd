package dev.retort.data;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Decimal numbers as tables and schemas write them; the same on every release of Java. */
final class Decimals {

  // Double.parseDouble alone would also take "NaN", "0x1p3" and "1d".
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d{1,4})?");

  private Decimals() {}

  /** The finite number that {@code text} writes, or empty if it writes none. */
  static OptionalDouble parse(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      return OptionalDouble.empty();
    }
    double value = Double.parseDouble(text);
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  /** The decimal of fewest digits that reads back as {@code value}; Double.toString differs between JDK 17 and 19. */
  static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17)).stripTrailingZeros();
  }

  /** {@code value} to nine significant digits, enough for a float and short in a file. */
  static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(9)).doubleValue();
  }
}
