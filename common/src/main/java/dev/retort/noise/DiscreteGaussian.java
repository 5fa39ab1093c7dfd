package dev.retort.noise;

/**
 * The discrete Gaussian on the integers, P(x) proportional to exp(-x^2 / (2 sigma^2)), sampled exactly.
 *
 * <p>Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy" (2020), Algorithms 1 to 3, in signed
 * 64-bit integers: an overflow throws {@link ArithmeticException} and never wraps. Running time depends on the sample
 * drawn; the caller must not let it show. Immutable; as thread-safe as the source given.
 *
 * @param sigma in [1, 2^24); the variance is sigma^2, less at most 2.1e-7 of it (at sigma = 1)
 */
public record DiscreteGaussian(int sigma) {

  /** Sigma is below this. */
  public static final int SIGMA_LIMIT = 1 << 24;

  public DiscreteGaussian {
    if (sigma < 1 || sigma >= SIGMA_LIMIT) {
      throw new IllegalArgumentException("sigma must be in [1, " + SIGMA_LIMIT + "): " + sigma);
    }
  }

  /** Draws one sample. */
  public long sample(RandomSource random) {
    // Algorithm 3 holds for any integer t >= 1; t = sigma makes the acceptance exponent (|y| -
    // sigma)^2 / (2 sigma^2).
    long denominator = 2L * sigma * sigma;
    while (true) {
      long y = discreteLaplace(random);
      long distance = Math.abs(y) - sigma;
      if (bernoulliExp(random, Math.multiplyExact(distance, distance), denominator)) {
        return y;
      }
    }
  }

  /**
   * Adds an independent sample to every entry.
   *
   * @throws ArithmeticException if a sum leaves the range of an int; some entries have then changed, and the caller must
   *     drop them all
   */
  public void addTo(int[] values, RandomSource random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.toIntExact(Math.addExact((long) values[i], sample(random)));
    }
  }

  // Algorithm 2 with scale sigma: P(x) proportional to exp(-|x| / sigma).
  private long discreteLaplace(RandomSource random) {
    while (true) {
      long offset = below(random, sigma);
      if (!bernoulliExpAtMostOne(random, offset, sigma)) {
        continue;
      }
      long steps = 0;
      while (bernoulliExpAtMostOne(random, 1, 1)) {
        steps++;
      }
      long magnitude = Math.addExact(offset, Math.multiplyExact((long) sigma, steps));
      boolean negative = random.nextLong() < 0;
      if (negative && magnitude == 0) {
        continue;
      }
      return negative ? -magnitude : magnitude;
    }
  }

  /** True with probability exp(-n / d), for n >= 0, d >= 1. */
  static boolean bernoulliExp(RandomSource random, long n, long d) {
    long left = n;
    while (left > d) {
      if (!bernoulliExpAtMostOne(random, 1, 1)) {
        return false;
      }
      left -= d;
    }
    return bernoulliExpAtMostOne(random, left, d);
  }

  // Algorithm 1, for n <= d: the first k at which a Bernoulli(n / (d k)) fails is odd with
  // probability exp(-n / d).
  private static boolean bernoulliExpAtMostOne(RandomSource random, long n, long d) {
    long k = 1;
    while (bernoulli(random, n, Math.multiplyExact(d, k))) {
      k++;
    }
    return (k & 1) == 1;
  }

  /**
   * True with probability exactly numerator / denominator, for 0 <= numerator <= denominator < 2^63.
   *
   * <p>Compares a uniform real, read 64 bits at a time, with the fraction: u/2^64 < a/D iff u D < a 2^64. Only when the
   * word straddles the fraction, with probability 2^-64, is another one drawn.
   */
  static boolean bernoulli(RandomSource random, long numerator, long denominator) {
    long a = numerator;
    while (true) {
      long u = random.nextLong();
      long high = unsignedMultiplyHigh(u, denominator);
      long low = u * denominator;
      if (high >= a) {
        return false;
      }
      if (a - high > 1) {
        return true;
      }
      // Here a = high + 1. The word's interval [u, u + 1) D ends at or before a 2^64 iff 2^64 - low
      // >= D.
      long room = -low;
      if (low == 0 || Long.compareUnsigned(room, denominator) >= 0) {
        return true;
      }
      a = room;
    }
  }

  /** Uniform in [0, bound), without bias (Lemire 2019), for bound >= 1. */
  static long below(RandomSource random, long bound) {
    while (true) {
      long u = random.nextLong();
      long low = u * bound;
      if (Long.compareUnsigned(low, bound) >= 0
          || Long.compareUnsigned(low, Long.remainderUnsigned(-bound, bound)) >= 0) {
        return unsignedMultiplyHigh(u, bound);
      }
    }
  }

  // Math.unsignedMultiplyHigh came with Java 18. The second factor is never negative here.
  private static long unsignedMultiplyHigh(long unsigned, long positive) {
    return Math.multiplyHigh(unsigned, positive) + ((unsigned >> 63) & positive);
  }
}
