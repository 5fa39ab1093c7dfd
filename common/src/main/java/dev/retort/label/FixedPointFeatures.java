package dev.retort.label;

/**
 * Clips one teacher's feature vector to an L2 norm and rounds it to integers whose own norm keeps the bound exactly.
 *
 * <p>This happens inside the teacher, before any sum is taken; the sensitivity of the noised sum rests on it. It never
 * fails: a vector with an entry that is NaN or infinite becomes the public zero vector, so that nothing about private
 * data shows as an error. All arithmetic is StrictMath or IEEE basic operations: a retry after a crash clips alike.
 */
public final class FixedPointFeatures {

  /** The largest norm, in grid units: squares of all entries then fit a long. */
  public static final int MAX_NORM = 1 << 22;

  /** The largest number of grid units in 1. */
  public static final int MAX_UNITS = 1 << 22;

  private FixedPointFeatures() {}

  /**
   * The vector at {@code features[from .. from + dimensions)} times {@code unitsPerOne}, scaled down to {@code norm}
   * where it is longer, and rounded toward zero.
   *
   * @param unitsPerOne grid units in 1, in [1, 2^22]
   * @param norm the bound in grid units, in [1, 2^22]
   * @return {@code dimensions} integers; the sum of their squares is at most {@code norm^2}
   */
  public static int[] clip(float[] features, int from, int dimensions, int unitsPerOne, int norm) {
    if (unitsPerOne < 1 || unitsPerOne > MAX_UNITS || norm < 1 || norm > MAX_NORM) {
      throw new IllegalArgumentException(
          "unitsPerOne and norm must be in [1, " + MAX_NORM + "]: " + unitsPerOne + ", " + norm);
    }
    double squares = 0;
    for (int i = 0; i < dimensions; i++) {
      if (!Float.isFinite(features[from + i])) {
        return new int[dimensions];
      }
      double entry = (double) features[from + i] * unitsPerOne;
      squares += entry * entry;
    }
    double length = StrictMath.sqrt(squares);
    double shrink = length > norm ? norm / length : 1;
    int[] clipped = new int[dimensions];
    long left = (long) norm * norm;
    for (int i = 0; i < dimensions; i++) {
      clipped[i] = (int) ((double) features[from + i] * unitsPerOne * shrink);
      left -= (long) clipped[i] * clipped[i];
    }
    // Rounding toward zero shortens a vector, but the rounding of shrink may have lengthened it.
    while (left < 0) {
      left += shortenLongest(clipped);
    }
    return clipped;
  }

  // Takes one off the entry of largest size, the first of equals; returns by how much the squares
  // fell.
  private static long shortenLongest(int[] vector) {
    int longest = 0;
    for (int i = 1; i < vector.length; i++) {
      if (Math.abs(vector[i]) > Math.abs(vector[longest])) {
        longest = i;
      }
    }
    long size = Math.abs((long) vector[longest]);
    vector[longest] -= Integer.signum(vector[longest]);
    return 2 * size - 1;
  }
}
