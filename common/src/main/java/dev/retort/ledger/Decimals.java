package dev.retort.ledger;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Doubles as decimal text. */
final class Decimals {

  private Decimals() {}

  /**
   * The shortest decimal that reads back as exactly {@code value}, such as {@code 0.00001}. Unlike
   * {@link Double#toString}, the same on every Java version (JDK-4511638), as a signed text must be.
   */
  static String shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; ; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      // 17 digits always suffice.
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros().toPlainString();
      }
    }
  }
}
