package dev.retort.encode;

import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The public feature space in which sites add up their records by class. A point is a sample's whitened features and, in
 * the last coordinate, a constant; none is longer than 1. Learnt from public samples alone and deterministic, as {@link
 * PublicEncoder} is; immutable.
 *
 * <p>Features are scaled so that a public sample of median length has length 1, and longer ones are shortened to it: what
 * a record can add to a sum is bounded, and few records are touched by the bound.
 */
public final class ClassSumSpace {

  /** The last coordinate of every point: its sums count the records of a class, at a tenth of the squared length. */
  public static final float CONSTANT = 0.3f;

  private static final float LONGEST = (float) Math.sqrt(1 - CONSTANT * CONSTANT);

  private final PublicEncoder encoder;
  private final int features;
  private final float unit;

  /**
   * Learns the space.
   *
   * @param pool the public samples, at least one
   * @param features coordinates besides the constant, at least 1; those beyond what the pool spans are 0
   */
  public ClassSumSpace(Samples pool, int features) {
    this.encoder = new PublicEncoder(pool, PublicEncoder.Description.PATCHES, features);
    this.features = features;
    int known = encoder.features();
    float[] encoded = encoded(pool);
    float[] lengths = new float[pool.count()];
    for (int row = 0; row < lengths.length; row++) {
      lengths[row] = length(encoded, row * known, known);
    }
    Arrays.sort(lengths);
    float median = lengths[lengths.length / 2];
    this.unit = median > 0 ? median : 1;
  }

  /** Coordinates of a point: the features and the constant. */
  public int dimensions() {
    return features + 1;
  }

  /** The points of {@code samples}, row-major. */
  public float[] points(Samples samples) {
    int known = encoder.features();
    float[] encoded = encoded(samples);
    int dimensions = dimensions();
    float[] points = new float[Math.multiplyExact(samples.count(), dimensions)];
    for (int row = 0; row < samples.count(); row++) {
      float length = length(encoded, row * known, known) / unit;
      float scale = (length > 1 ? LONGEST / length : LONGEST) / unit;
      for (int k = 0; k < known; k++) {
        points[row * dimensions + k] = encoded[row * known + k] * scale;
      }
      points[row * dimensions + features] = CONSTANT;
    }
    return points;
  }

  private float[] encoded(Samples samples) {
    int known = encoder.features();
    FloatBuffer values = FloatBuffer.allocate(Math.multiplyExact(samples.count(), known));
    if (known > 0) {
      encoder
          .encode(samples)
          .gather(IntStream.range(0, samples.count()).toArray(), 0, samples.count(), values);
    }
    return values.array();
  }

  private static float length(float[] values, int from, int count) {
    double squares = 0;
    for (int i = from; i < from + count; i++) {
      squares += (double) values[i] * values[i];
    }
    return (float) Math.sqrt(squares);
  }
}
