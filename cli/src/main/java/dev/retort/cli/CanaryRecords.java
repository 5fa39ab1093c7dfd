package dev.retort.cli;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A site's samples with canaries behind them; nothing is copied.
 *
 * @param own the site's
 * @param canaries of the same shape
 */
record CanaryRecords(Samples own, FloatSamples canaries) implements Samples {

  /** Canaries unlike any record: each number is, by a fair coin, the least or the greatest that any record has there. */
  static FloatSamples draw(Samples own, int count, long seed) {
    int size = own.shape().size();
    float[] least = new float[size];
    float[] greatest = new float[size];
    float[] sample = new float[size];
    java.util.Arrays.fill(least, Float.POSITIVE_INFINITY);
    java.util.Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
    for (int row = 0; row < own.count(); row++) {
      own.gather(new int[] {row}, 0, 1, FloatBuffer.wrap(sample));
      for (int i = 0; i < size; i++) {
        least[i] = Math.min(least[i], sample[i]);
        greatest[i] = Math.max(greatest[i], sample[i]);
      }
    }
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[Math.multiplyExact(count, size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextBoolean() ? greatest[i % size] : least[i % size];
    }
    return new FloatSamples(own.shape(), values);
  }

  @Override
  public int count() {
    return own.count() + canaries.count();
  }

  @Override
  public SampleShape shape() {
    return own.shape();
  }

  @Override
  public void gather(int[] rows, int from, int length, FloatBuffer out) {
    Objects.checkFromIndexSize(from, length, rows.length);
    for (int i = from; i < from + length; i++) {
      if (rows[i] < own.count()) {
        own.gather(rows, i, 1, out);
      } else {
        canaries.gather(new int[] {rows[i] - own.count()}, 0, 1, out);
      }
    }
  }
}
