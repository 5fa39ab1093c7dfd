package dev.retort.label;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Label blocks as packed little-endian 32-bit integers, without a header: the shape travels beside them. */
public final class LabelBlockCodec {

  /** The size of a full block is above half of this and at most this, unless one sample alone is larger. */
  public static final int TARGET_BLOCK_BYTES = 256 * 1024;

  private LabelBlockCodec() {}

  /** The samples in a full block of {@code classes} entries each, at least 1; about 256 KiB for up to 32,768 classes. */
  public static int samplesPerBlock(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("classes must be >= 1: " + classes);
    }
    return Math.max(1, TARGET_BLOCK_BYTES / Integer.BYTES / classes);
  }

  /** The values of {@code block}, packed. */
  public static byte[] encode(LabelBlock block) {
    int[] values = block.sharedValues();
    byte[] packed = new byte[Math.multiplyExact(values.length, Integer.BYTES)];
    ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    return packed;
  }

  /**
   * The block of the given shape whose packed values are {@code packed}.
   *
   * @throws MalformedLabelBlockException if the shape is impossible, or the length is not exactly
   *     {@code 4 * count * classes}
   */
  public static LabelBlock decode(long firstSample, int count, int classes, byte[] packed)
      throws MalformedLabelBlockException {
    if (firstSample < 0 || count < 1 || classes < 1 || firstSample > Long.MAX_VALUE - count) {
      throw new MalformedLabelBlockException(
          "label block must have firstSample >= 0, count >= 1 and classes >= 1: firstSample "
              + firstSample + ", count " + count + ", classes " + classes);
    }
    long expectedBytes = (long) Integer.BYTES * count * classes;
    if (packed.length != expectedBytes) {
      throw new MalformedLabelBlockException("label block of " + count + " samples and " + classes
          + " classes must be " + expectedBytes + " bytes long: " + packed.length);
    }
    int[] values = new int[count * classes];
    ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
    return new LabelBlock(firstSample, count, classes, values);
  }
}
