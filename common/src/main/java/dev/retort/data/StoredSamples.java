package dev.retort.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Samples held in memory in the form in which transfer sets carry them. */
public sealed interface StoredSamples extends Samples permits ByteSamples, FloatSamples {

  /** How each number is stored. */
  ElementType elementType();

  /**
   * The stored form of samples {@code [first, first + count)}: row-major, numbers as {@link ElementType} says.
   *
   * @throws IndexOutOfBoundsException if the range is not within [0, count())
   */
  byte[] encode(int first, int count);

  /**
   * A copy of the samples {@code [first, first + count)}.
   *
   * @throws IndexOutOfBoundsException if the range is not within [0, count())
   */
  StoredSamples copyOfRange(int first, int count);

  /** The count of bytes of one stored sample. */
  default int sampleBytes() {
    return Math.multiplyExact(shape().size(), elementType().bytes());
  }

  /**
   * The samples whose stored form is {@code bytes}, as {@link #encode} gives it.
   *
   * @param bytes whole samples; not copied, so the caller must not write to it again
   * @throws IllegalArgumentException if the bytes are not whole samples, or a float is not finite
   */
  static StoredSamples decode(ElementType elementType, SampleShape shape, byte[] bytes) {
    return switch (elementType) {
      case U8 -> new ByteSamples(shape, bytes);
      case F32 -> {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        yield new FloatSamples(shape, values);
      }
    };
  }
}
