package dev.retort.secagg;

import java.math.BigInteger;

/** Exact bounds on the luck of a draw, each to a probability of at most 2^-40. */
final class TailBounds {

  private static final int BITS = 40;

  private TailBounds() {}

  /** The smallest b so that among {@code drawn} of {@code nodes} more than b of the colluders are with at most 2^-40. */
  static int mostColluders(int nodes, int colluders, int drawn) {
    int low = 0;
    int high = Math.min(colluders, drawn);
    while (low < high) {
      int middle = (low + high) / 2;
      if (isRare(nodes, colluders, drawn, middle + 1, BigInteger.ONE)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * The smallest even number of neighbours on a ring so that its honest part stays connected, whichever {@code excluded}
   * nodes are taken out by somebody who knows the ring. To part it, two gaps of half that many nodes each must hold
   * colluders and excluded nodes only; colluders stand where the beacon put them. So the probability is at most that of
   * k - excluded colluders in k places, for some pair of gaps.
   *
   * @return {@code nodes - 1}, every other node, if the ring would need as many
   */
  static int ringDegree(int nodes, int colluders, int excluded) {
    BigInteger gapPairs = BigInteger.valueOf((long) nodes * (nodes - 1) / 2);
    int low = 1;
    int high = nodes / 2;
    while (low < high) {
      int half = (low + high) / 2;
      if (isRare(nodes, colluders, 2 * half, Math.max(0, 2 * half - excluded), gapPairs)) {
        high = half;
      } else {
        low = half + 1;
      }
    }
    return 2 * low >= nodes - 1 ? nodes - 1 : 2 * low;
  }

  /** Whether times * Pr[hypergeometric(nodes, colluders, drawn) >= least] <= 2^-40, in exact integers. */
  private static boolean isRare(int nodes, int colluders, int drawn, int least, BigInteger times) {
    int most = Math.min(colluders, drawn);
    int first = Math.max(least, Math.max(0, drawn - (nodes - colluders)));
    if (first > most) {
      return true;
    }
    BigInteger term = choose(colluders, first).multiply(choose(nodes - colluders, drawn - first));
    BigInteger ways = term;
    for (int j = first; j < most; j++) {
      // C(t, j + 1) C(N - t, n - j - 1) from C(t, j) C(N - t, n - j); the division is exact.
      term = term.multiply(BigInteger.valueOf((long) (colluders - j) * (drawn - j)))
          .divide(BigInteger.valueOf((j + 1L) * (nodes - colluders - drawn + j + 1)));
      ways = ways.add(term);
    }
    return ways.multiply(times).shiftLeft(BITS).compareTo(choose(nodes, drawn)) <= 0;
  }

  private static BigInteger choose(int n, int k) {
    BigInteger ways = BigInteger.ONE;
    for (int i = 1; i <= Math.min(k, n - k); i++) {
      ways = ways.multiply(BigInteger.valueOf(n - i + 1L)).divide(BigInteger.valueOf(i));
    }
    return ways;
  }
}
