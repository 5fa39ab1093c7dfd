package dev.retort.data;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;

/** Samples stored as unsigned bytes, row-major, read as value / 255; one byte a number is all they take. */
public final class ByteSamples implements StoredSamples {

  private static final float[] SCALED = new float[256];

  static {
    for (int value = 0; value < SCALED.length; value++) {
      SCALED[value] = value / 255f;
    }
  }

  private final SampleShape shape;
  private final byte[] values;
  private final int count;

  /**
   * Wraps stored bytes.
   *
   * @param shape the shape of each sample
   * @param values whole samples, row-major; not copied, so the caller must not write to it again
   */
  public ByteSamples(SampleShape shape, byte[] values) {
    if (values.length % shape.size() != 0) {
      throw new IllegalArgumentException(
          "values must be whole samples of " + shape + ": " + values.length + " bytes");
    }
    this.shape = shape;
    this.values = values;
    this.count = values.length / shape.size();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public SampleShape shape() {
    return shape;
  }

  @Override
  public ElementType elementType() {
    return ElementType.U8;
  }

  @Override
  public void gather(int[] rows, int from, int length, FloatBuffer out) {
    Objects.checkFromIndexSize(from, length, rows.length);
    int size = shape.size();
    float[] sample = new float[size];
    for (int i = from; i < from + length; i++) {
      int start = Objects.checkIndex(rows[i], count) * size;
      for (int k = 0; k < size; k++) {
        sample[k] = SCALED[values[start + k] & 0xff];
      }
      out.put(sample);
    }
  }

  @Override
  public byte[] encode(int first, int length) {
    Objects.checkFromIndexSize(first, length, count);
    int size = shape.size();
    return Arrays.copyOfRange(values, first * size, (first + length) * size);
  }

  @Override
  public ByteSamples copyOfRange(int first, int length) {
    return new ByteSamples(shape, encode(first, length));
  }
}
