package dev.retort.label;

import java.util.Arrays;

/**
 * Clips one teacher's values to integers of a public range.
 *
 * <p>This happens inside the teacher, before any sum is taken; the sensitivity of the noised sum rests on it. It never
 * fails: an answer with a value that is NaN or infinite becomes the {@linkplain #neutral public neutral answer}, so that
 * nothing about private data shows as an error.
 */
public final class ClippedValues {

  /** The largest bound of a range, in grid units. */
  public static final int MAX_BOUND = 1 << 22;

  /** The largest number of grid units in 1. */
  public static final int MAX_UNITS = 1 << 22;

  private ClippedValues() {}

  /**
   * The values at {@code values[from .. from + dimensions)} times {@code unitsPerOne}, rounded toward zero and clipped.
   *
   * @param unitsPerOne grid units in 1, in [1, 2^22]
   * @param low the least result, in [-2^22, 2^22]
   * @param high the greatest, above {@code low}, at most 2^22
   * @return {@code dimensions} integers in {@code [low, high]}
   */
  public static int[] clip(
      float[] values, int from, int dimensions, int unitsPerOne, int low, int high) {
    if (unitsPerOne < 1 || unitsPerOne > MAX_UNITS) {
      throw new IllegalArgumentException(
          "unitsPerOne must be in [1, " + MAX_UNITS + "]: " + unitsPerOne);
    }
    int[] neutral = neutral(dimensions, low, high);
    int[] clipped = new int[dimensions];
    for (int i = 0; i < dimensions; i++) {
      if (!Float.isFinite(values[from + i])) {
        return neutral;
      }
      // Clipped before the cast, which saturates only at the range of an int.
      double units = (double) values[from + i] * unitsPerOne;
      clipped[i] = (int) Math.max(low, Math.min(high, units));
    }
    return clipped;
  }

  /** The public answer of a teacher that has nothing to say: in each coordinate the value of the range next to 0. */
  public static int[] neutral(int dimensions, int low, int high) {
    if (low < -MAX_BOUND || high > MAX_BOUND || low >= high) {
      throw new IllegalArgumentException("low and high must be in [-" + MAX_BOUND + ", " + MAX_BOUND
          + "], low below high: " + low + ", " + high);
    }
    int[] answer = new int[dimensions];
    Arrays.fill(answer, Math.max(low, Math.min(high, 0)));
    return answer;
  }
}
