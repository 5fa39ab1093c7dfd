package dev.retort.noise;

import java.math.BigInteger;

/**
 * The sampler again, written from the paper in exact rationals of any size: Canonne, Kamath, Steinke 2020, Algorithms 1 to
 * 3 with t = sigma. From the same words it must draw the same samples. Slow.
 */
final class ExactGaussian {

  private static final BigInteger ONE = BigInteger.ONE;

  private final RandomSource words;

  ExactGaussian(RandomSource words) {
    this.words = words;
  }

  /** One sample; any sigma. */
  BigInteger sample(BigInteger sigma) {
    while (true) {
      BigInteger y = laplace(sigma);
      BigInteger distance = y.abs().subtract(sigma);
      if (exp(distance.multiply(distance), sigma.multiply(sigma).shiftLeft(1))) {
        return y;
      }
    }
  }

  private BigInteger laplace(BigInteger scale) {
    while (true) {
      BigInteger u = uniform(scale);
      if (!expOfAtMostOne(u, scale)) {
        continue;
      }
      BigInteger v = BigInteger.ZERO;
      while (expOfAtMostOne(ONE, ONE)) {
        v = v.add(ONE);
      }
      BigInteger magnitude = u.add(scale.multiply(v));
      boolean negative = words.nextLong() < 0;
      if (!negative || magnitude.signum() != 0) {
        return negative ? magnitude.negate() : magnitude;
      }
    }
  }

  /** True with probability exp(-n / d). */
  boolean exp(BigInteger n, BigInteger d) {
    BigInteger left = n;
    while (left.compareTo(d) > 0) {
      if (!expOfAtMostOne(ONE, ONE)) {
        return false;
      }
      left = left.subtract(d);
    }
    return expOfAtMostOne(left, d);
  }

  private boolean expOfAtMostOne(BigInteger n, BigInteger d) {
    BigInteger k = ONE;
    while (bernoulli(n, d.multiply(k))) {
      k = k.add(ONE);
    }
    return k.testBit(0);
  }

  /** Whether a uniform real of [0, 1), read 64 bits at a time, is below n / d. */
  boolean bernoulli(BigInteger n, BigInteger d) {
    BigInteger low = BigInteger.ZERO;
    for (int bits = 64; ; bits += 64) {
      low = low.shiftLeft(64).add(word());
      // The real lies in [low, low + 1) / 2^bits.
      BigInteger fraction = n.shiftLeft(bits);
      if (low.multiply(d).compareTo(fraction) >= 0) {
        return false;
      }
      if (low.add(ONE).multiply(d).compareTo(fraction) <= 0) {
        return true;
      }
    }
  }

  /** Uniform below n: each result takes exactly floor(2^64 / n) of the words, the others are drawn again. */
  BigInteger uniform(BigInteger n) {
    BigInteger words64 = ONE.shiftLeft(64);
    while (true) {
      BigInteger product = word().multiply(n);
      if (product.mod(words64).compareTo(words64.mod(n)) >= 0) {
        return product.shiftRight(64);
      }
    }
  }

  private BigInteger word() {
    return new BigInteger(Long.toUnsignedString(words.nextLong()));
  }
}
