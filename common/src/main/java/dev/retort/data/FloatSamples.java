package dev.retort.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;

/** Samples stored as 32-bit floats, row-major. */
public final class FloatSamples implements StoredSamples {

  private final SampleShape shape;
  private final float[] values;
  private final int count;

  /**
   * Wraps stored numbers.
   *
   * @param shape the shape of each sample
   * @param values whole samples, row-major, every number finite; not copied, so the caller must not write to it again
   */
  public FloatSamples(SampleShape shape, float[] values) {
    if (values.length % shape.size() != 0) {
      throw new IllegalArgumentException(
          "values must be whole samples of " + shape + ": " + values.length + " numbers");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException("values must be finite: number " + i);
      }
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
    return ElementType.F32;
  }

  @Override
  public void gather(int[] rows, int from, int length, FloatBuffer out) {
    Objects.checkFromIndexSize(from, length, rows.length);
    int size = shape.size();
    for (int i = from; i < from + length; i++) {
      out.put(values, Objects.checkIndex(rows[i], count) * size, size);
    }
  }

  @Override
  public byte[] encode(int first, int length) {
    Objects.checkFromIndexSize(first, length, count);
    int size = shape.size();
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(length * size, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values, first * size, length * size);
    return bytes.array();
  }

  @Override
  public FloatSamples copyOfRange(int first, int length) {
    Objects.checkFromIndexSize(first, length, count);
    int size = shape.size();
    return new FloatSamples(
        shape, Arrays.copyOfRange(values, first * size, (first + length) * size));
  }
}
