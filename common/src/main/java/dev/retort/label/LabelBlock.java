package dev.retort.label;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The integer histograms of consecutive samples, row-major: one sum over teachers (with noise, once released) a class.
 * Immutable and safe for use by several threads.
 */
public final class LabelBlock {

  private final long firstSample;
  private final int count;
  private final int classes;
  private final int[] values;

  /**
   * A block.
   *
   * @param firstSample index of the first sample, at least 0
   * @param count samples in the block, at least 1
   * @param classes entries a sample, at least 1
   * @param values {@code count * classes} integers, row-major; copied
   */
  public LabelBlock(long firstSample, int count, int classes, int[] values) {
    if (firstSample < 0 || firstSample > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException(
          "firstSample must be >= 0 and leave room for " + count + " samples: " + firstSample);
    }
    if (count < 1) {
      throw new IllegalArgumentException("count must be >= 1: " + count);
    }
    if (classes < 1) {
      throw new IllegalArgumentException("classes must be >= 1: " + classes);
    }
    if (values.length != (long) count * classes) {
      throw new IllegalArgumentException("values must be count * classes = "
          + (long) count * classes + " integers: " + values.length);
    }
    this.firstSample = firstSample;
    this.count = count;
    this.classes = classes;
    this.values = values.clone();
  }

  /** Index of the first sample. */
  public long firstSample() {
    return firstSample;
  }

  /** The count of samples. */
  public int count() {
    return count;
  }

  /** Entries a sample. */
  public int classes() {
    return classes;
  }

  /** The entry of class {@code label} of the {@code row}-th sample of this block. */
  public int value(int row, int label) {
    if (row < 0 || row >= count || label < 0 || label >= classes) {
      throw new IndexOutOfBoundsException("row must be in [0, " + count + ") and label in [0, "
          + classes + "): " + row + ", " + label);
    }
    return values[row * classes + label];
  }

  /** All entries, row-major, as a fresh array. */
  public int[] values() {
    return values.clone();
  }

  /** SHA-256 of "retort label block/1\n", then first sample, count, classes and values, all little-endian. */
  public Digest digest() {
    byte[] domain = "retort label block/1\n".getBytes(StandardCharsets.US_ASCII);
    byte[] packed = LabelBlockCodec.encode(this);
    ByteBuffer message = ByteBuffer.allocate(
            domain.length + Long.BYTES + 2 * Integer.BYTES + packed.length)
        .order(ByteOrder.LITTLE_ENDIAN);
    message.put(domain).putLong(firstSample).putInt(count).putInt(classes).put(packed);
    return Digest.of(message.array());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelBlock that
        && firstSample == that.firstSample
        && count == that.count
        && classes == that.classes
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(firstSample) * 31 + Arrays.hashCode(values);
  }

  /** The shape alone: values do not belong in messages. */
  @Override
  public String toString() {
    return "LabelBlock[firstSample=" + firstSample + ", count=" + count + ", classes=" + classes
        + "]";
  }

  /** The array itself, for the codec, which only reads it. */
  int[] sharedValues() {
    return values;
  }
}
