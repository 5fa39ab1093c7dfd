package dev.retort.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers for JSON with 12 significant digits, rounded to the side on which they still hold: whoever reads a bound back as
 * a double gets no smaller (or no larger) a double than it was.
 */
final class JsonNumbers {

  private static final int DIGITS = 12;

  private JsonNumbers() {}

  /**
   * An upper bound, rounded up.
   *
   * @param value finite
   */
  static BigDecimal upper(double value) {
    return rounded(value, RoundingMode.CEILING);
  }

  /** The same of a number that is more exact than a double. */
  static BigDecimal upper(BigDecimal value) {
    return rounded(value, RoundingMode.CEILING);
  }

  /**
   * A lower bound, rounded down.
   *
   * @param value finite
   */
  static BigDecimal lower(double value) {
    return rounded(value, RoundingMode.FLOOR);
  }

  /**
   * A number that bounds nothing, rounded to the nearest; what somebody wrote in at most 12 digits comes back as written.
   *
   * @param value finite
   */
  static BigDecimal nearest(double value) {
    return rounded(value, RoundingMode.HALF_EVEN);
  }

  private static BigDecimal rounded(double value, RoundingMode mode) {
    // The shortest decimal that reads back as this double, so that 0.1 does not become
    // 0.100000000001.
    return rounded(BigDecimal.valueOf(value), mode);
  }

  private static BigDecimal rounded(BigDecimal value, RoundingMode mode) {
    BigDecimal short12 = value.round(new MathContext(DIGITS, mode)).stripTrailingZeros();
    // 100 reads better than 1E+2.
    return short12.scale() < 0 && short12.precision() - short12.scale() <= 2 * DIGITS
        ? short12.setScale(0, RoundingMode.UNNECESSARY)
        : short12;
  }
}
