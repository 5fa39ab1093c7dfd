package dev.retort.auditor;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Natural logarithms in decimals. */
final class DecimalLogarithm {

  /** Digits that all intermediate results are kept to. */
  static final MathContext DIGITS = new MathContext(60, RoundingMode.HALF_EVEN);

  private static final BigDecimal TWO = BigDecimal.valueOf(2);
  private static final BigDecimal LN_2 = series(TWO);

  private DecimalLogarithm() {}

  /**
   * The logarithm of {@code x}, off by less than 1e-50 of the larger of it and 1.
   *
   * @param x above 0
   */
  static BigDecimal of(BigDecimal x) {
    if (x.signum() <= 0) {
      throw new IllegalArgumentException("x must be > 0: " + x);
    }
    // x = m 2^k with m in [1/2, 2).
    BigDecimal m = x;
    int k = 0;
    while (m.compareTo(TWO) >= 0) {
      int halvings = Math.max(1, bits(m) - 1);
      m = m.divide(powerOfTwo(halvings), DIGITS);
      k += halvings;
    }
    while (m.multiply(TWO).compareTo(BigDecimal.ONE) < 0) {
      int doublings = Math.max(1, bits(BigDecimal.ONE.divide(m, DIGITS)) - 1);
      m = m.multiply(powerOfTwo(doublings), DIGITS);
      k -= doublings;
    }
    return series(m).add(LN_2.multiply(BigDecimal.valueOf(k)), DIGITS);
  }

  private static int bits(BigDecimal x) {
    return x.toBigInteger().bitLength();
  }

  private static BigDecimal powerOfTwo(int k) {
    return new BigDecimal(BigInteger.ONE.shiftLeft(k));
  }

  // ln m = 2 artanh((m - 1) / (m + 1)), for m in [1/2, 2]: the ratio is at most a third.
  private static BigDecimal series(BigDecimal m) {
    BigDecimal ratio = m.subtract(BigDecimal.ONE).divide(m.add(BigDecimal.ONE), DIGITS);
    BigDecimal square = ratio.multiply(ratio, DIGITS);
    BigDecimal power = ratio;
    BigDecimal sum = BigDecimal.ZERO;
    for (int odd = 1; power.abs().compareTo(new BigDecimal("1e-62")) > 0; odd += 2) {
      sum = sum.add(power.divide(BigDecimal.valueOf(odd), DIGITS), DIGITS);
      power = power.multiply(square, DIGITS);
    }
    return sum.multiply(TWO, DIGITS);
  }
}
