package dev.retort.privacy;

/**
 * How far one query's exact answers on two neighbouring data sets can lie apart, in grid units. Neighbours differ by
 * replacing all that one privacy unit contributed. All arithmetic is exact: what leaves the range of a long throws and
 * never wraps.
 *
 * @param l1 the largest sum of absolute differences, at least 1
 * @param l2Squared the largest sum of squared differences, at least 1
 * @param lInf the largest difference of one entry, at least 1
 */
public record Sensitivity(long l1, long l2Squared, long lInf) {

  public Sensitivity {
    if (l1 < 1 || l2Squared < 1 || lInf < 1) {
      throw new IllegalArgumentException(
          "sensitivities must be >= 1: " + l1 + ", " + l2Squared + ", " + lInf);
    }
  }

  /**
   * The sensitivity to {@code teachers} teachers changing at once. Each distance grows by that factor, by the triangle
   * inequality; so the squared L2 distance grows by its square.
   *
   * @param teachers at least 1
   * @throws ArithmeticException if a distance leaves the range of a long
   */
  public Sensitivity times(int teachers) {
    if (teachers < 1) {
      throw new IllegalArgumentException("teachers must be >= 1: " + teachers);
    }
    return new Sensitivity(
        Math.multiplyExact(l1, (long) teachers),
        Math.multiplyExact(l2Squared, Math.multiplyExact((long) teachers, (long) teachers)),
        Math.multiplyExact(lInf, (long) teachers));
  }
}
