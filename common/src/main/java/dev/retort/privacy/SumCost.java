package dev.retort.privacy;

import java.math.BigInteger;

/**
 * What a node's part of a sum costs if only the sum is seen.
 *
 * <p>A sum of n discrete Gaussians of variance s^2 is one of variance V = n s^2 up to a factor within exp(+-tau) a
 * coordinate, so with the answer's L1 and squared L2 distance a query costs (Kairouz, Liu, Steinke 2021, Theorem 1)
 *
 * <pre>rho = (L2^2 / V + 2 tau L1 / sqrt(V) + tau^2 width) / 2</pre>
 *
 * <p>where their tau = 10 sum over k &lt; n of exp(-2 pi^2 s^2 k / (k + 1)) is rounded up to 10 (n - 1) 2^-min(14 s^2,
 * 1024): every k / (k + 1) is at least 1/2, and pi^2 log2(e) is above 14.
 */
final class SumCost {

  private static final int MOST_TAU_BITS = 1024;

  private SumCost() {}

  /**
   * Refuses what no sum may be made of.
   *
   * @param sigma each node's own noise, at least {@link Mechanism#SMALLEST_SUMMED_SIGMA}
   * @param contributors honest nodes whose noise is certain to be in the sum, at least 1
   */
  static void require(int sigma, int contributors) {
    if (sigma < Mechanism.SMALLEST_SUMMED_SIGMA) {
      throw new IllegalArgumentException(
          "sigma must be >= " + Mechanism.SMALLEST_SUMMED_SIGMA + ": " + sigma);
    }
    if (contributors < 1) {
      throw new IllegalArgumentException("contributors must be >= 1: " + contributors);
    }
  }

  /** The cost of {@code queries} answers to {@code unit}, rounded up once. */
  static Zcdp of(Mechanism mechanism, int contributors, PrivacyUnit unit, int queries) {
    if (queries < 1) {
      throw new IllegalArgumentException("queries must be >= 1: " + queries);
    }
    int sigma = mechanism.sigma();
    BigInteger shards = BigInteger.valueOf(unit.shards());
    BigInteger variance =
        BigInteger.valueOf(sigma).pow(2).multiply(BigInteger.valueOf(contributors));
    BigInteger root = variance.sqrt();
    BigInteger tau = BigInteger.valueOf(10L * (contributors - 1));
    int bits = (int) Math.min(14L * sigma * sigma, MOST_TAU_BITS);
    // Twice rho over the common denominator V floor(sqrt(V)) 2^(2 bits), term by term.
    BigInteger twice = BigInteger.valueOf(mechanism.l2Squared())
        .multiply(shards.pow(2))
        .multiply(root)
        .shiftLeft(2 * bits)
        .add(BigInteger.valueOf(mechanism.sensitivity().l1())
            .shiftLeft(1)
            .multiply(shards)
            .multiply(tau)
            .multiply(variance)
            .shiftLeft(bits))
        .add(tau.pow(2)
            .multiply(BigInteger.valueOf(mechanism.width()))
            .multiply(variance)
            .multiply(root));
    BigInteger[] quotient = twice
        .multiply(BigInteger.valueOf(queries))
        .multiply(BigInteger.valueOf(Zcdp.PICO_PER_RHO))
        .divideAndRemainder(variance.multiply(root).shiftLeft(2 * bits + 1));
    BigInteger picoRho = quotient[1].signum() == 0 ? quotient[0] : quotient[0].add(BigInteger.ONE);
    return picoRho.bitLength() < Long.SIZE ? new Zcdp(picoRho.longValueExact()) : Zcdp.UNBOUNDED;
  }
}
