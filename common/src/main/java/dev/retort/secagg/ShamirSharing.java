package dev.retort.secagg;

import dev.retort.noise.RandomSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Shamir's secret sharing of 32 bytes over GF(256), byte by byte: fewer than a threshold of shares are uniform and say
 * nothing, that many give the secret. Shares stand at the public points 1, 2, 3, ... Running time depends on public
 * numbers alone.
 */
final class ShamirSharing {

  /** The most shares: the points other than 0. */
  static final int MAX_SHARES = 255;

  private static final int WORDS = Secret.BYTES / Long.BYTES;
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ShamirSharing() {}

  /**
   * The shares at points 1 to {@code shares}.
   *
   * @param threshold how many of them give the secret, in [1, shares]
   * @param random draws the polynomials
   */
  static byte[][] split(Secret secret, int shares, int threshold, RandomSource random) {
    if (shares < 1 || shares > MAX_SHARES) {
      throw new IllegalArgumentException("shares must be in [1, 255]: " + shares);
    }
    if (threshold < 1 || threshold > shares) {
      throw new IllegalArgumentException("threshold must be in [1, " + shares + "]: " + threshold);
    }
    long[][] coefficients = new long[threshold][WORDS];
    for (int word = 0; word < WORDS; word++) {
      coefficients[0][word] = (long) WORD.get(secret.view(), word * Long.BYTES);
    }
    for (int degree = 1; degree < threshold; degree++) {
      for (int word = 0; word < WORDS; word++) {
        coefficients[degree][word] = random.nextLong();
      }
    }
    byte[][] out = new byte[shares][Secret.BYTES];
    for (int point = 1; point <= shares; point++) {
      for (int word = 0; word < WORDS; word++) {
        long value = 0;
        for (int degree = threshold - 1; degree >= 0; degree--) {
          value = Gf256.multiply(value, point) ^ coefficients[degree][word];
        }
        WORD.set(out[point - 1], word * Long.BYTES, value);
      }
    }
    for (long[] coefficient : coefficients) {
      Arrays.fill(coefficient, 0);
    }
    return out;
  }

  /**
   * The weights by which shares at {@code points} add up to the secret: once for all secrets shared among them.
   *
   * @param points distinct, in [1, 255]
   */
  static int[] weights(int[] points) {
    int[] weights = new int[points.length];
    for (int i = 0; i < points.length; i++) {
      int numerator = 1;
      int denominator = 1;
      for (int j = 0; j < points.length; j++) {
        if (j != i) {
          numerator = Gf256.multiplyPublic(numerator, points[j]);
          denominator = Gf256.multiplyPublic(denominator, points[j] ^ points[i]);
        }
      }
      weights[i] = Gf256.multiplyPublic(numerator, Gf256.invert(denominator));
    }
    return weights;
  }

  /** The secret whose shares, in the order of the weights' points, these are. */
  static Secret combine(byte[][] shares, int[] weights) {
    byte[] secret = new byte[Secret.BYTES];
    for (int word = 0; word < WORDS; word++) {
      long value = 0;
      for (int i = 0; i < weights.length; i++) {
        value ^= Gf256.multiply((long) WORD.get(shares[i], word * Long.BYTES), weights[i]);
      }
      WORD.set(secret, word * Long.BYTES, value);
    }
    return Secret.take(secret);
  }
}
