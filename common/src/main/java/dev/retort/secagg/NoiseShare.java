package dev.retort.secagg;

import dev.retort.secagg.SessionProposal.Sums;
import java.math.BigInteger;

/** How much of a sum's noise each node adds, in exact integers. */
public final class NoiseShare {

  /**
   * No node's noise is smaller. Sums of discrete Gaussians are not discrete Gaussians; from two units of the grid on the
   * difference is below 1e-16 for ten nodes (Kairouz, Liu, Steinke 2021, Theorem 1).
   */
  public static final int SMALLEST_SIGMA = 2;

  // 2 ln 2, rounded up, over 10^4.
  private static final long TWICE_LN_2 = 13_863;

  private NoiseShare() {}

  /**
   * The standard deviation of each node's noise: the smallest s with s^2 (cohort - maxExcluded - colluders) >= sigma^2.
   * So many honest nodes' noise is certain to be in the sum of any certified survivors, whoever colludes.
   *
   * @param sigma of the whole, in [1, 2^24)
   * @param cohort how many nodes mask, at least the terms' minimum
   * @return at least {@link #SMALLEST_SIGMA}
   */
  public static int localSigma(int sigma, int cohort, CohortTerms terms) {
    long certain = (long) cohort - terms.maxExcluded() - terms.colluders();
    if (certain < 1) {
      throw new IllegalArgumentException(
          "cohort must be larger than colluders and exclusions together: " + cohort);
    }
    BigInteger variance = BigInteger.valueOf(sigma).pow(2);
    BigInteger[] quotient = variance.divideAndRemainder(BigInteger.valueOf(certain));
    BigInteger share = quotient[1].signum() == 0 ? quotient[0] : quotient[0].add(BigInteger.ONE);
    return Math.max(SMALLEST_SIGMA, rootUp(share).intValueExact());
  }

  /**
   * What no lane's sum exceeds in absolute value, but with a probability of at most 2^-40 for all lanes of a segment
   * together. A sum of discrete Gaussians is sub-Gaussian with the sum V of their variances (Canonne, Kamath, Steinke
   * 2020), so with n lanes n 2 exp(-T^2 / 2V) <= 2^-40 for T^2 = 2 ln 2 (41 + log2 n) V.
   *
   * @param nodes the most nodes that a cohort may have
   */
  public static BigInteger largestSum(int nodes, Sums sums, CohortTerms terms) {
    BigInteger largestVariance = BigInteger.ZERO;
    for (int cohort = terms.minimum(); cohort <= nodes; cohort++) {
      BigInteger local = BigInteger.valueOf(localSigma(sums.sigma(), cohort, terms));
      largestVariance = largestVariance.max(local.pow(2).multiply(BigInteger.valueOf(cohort)));
    }
    return largestSum(nodes, sums.largestValue(), sums.lanes(), largestVariance);
  }

  /**
   * The same for noise whose variances add up to {@code variance}, as of nodes that add more than their share.
   *
   * @param largestValue no lane of a node's vector exceeds this in absolute value before noise
   * @param lanes the most lanes of a segment
   */
  public static BigInteger largestSum(
      int nodes, long largestValue, int lanes, BigInteger variance) {
    long bits = 41L + (Integer.SIZE - Integer.numberOfLeadingZeros(lanes));
    BigInteger tail = variance
        .multiply(BigInteger.valueOf(bits * TWICE_LN_2))
        .divide(BigInteger.valueOf(10_000))
        .add(BigInteger.ONE);
    return BigInteger.valueOf(largestValue).multiply(BigInteger.valueOf(nodes)).add(rootUp(tail));
  }

  /**
   * The narrowest lanes that hold every sum but with a probability of at most 2^-40 a segment. A sum that wraps is wrong
   * and gives nothing away.
   *
   * @param sums whose own width is not looked at
   */
  public static LaneWidth smallestWidth(int nodes, Sums sums, CohortTerms terms) {
    BigInteger largest = largestSum(nodes, sums, terms);
    for (LaneWidth width : LaneWidth.values()) {
      if (width.holdsUpTo(largest)) {
        return width;
      }
    }
    throw new IllegalArgumentException("sums must fit lanes of 64 bits");
  }

  private static BigInteger rootUp(BigInteger square) {
    BigInteger root = square.sqrt();
    return root.multiply(root).equals(square) ? root : root.add(BigInteger.ONE);
  }
}
