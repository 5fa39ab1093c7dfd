package dev.retort.journal;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The digest of added-up labels: whoever has all released answers can add them up again and compare. */
public final class SumsDigest {

  private static final byte[] DOMAIN = "retort label sums/1\n".getBytes(StandardCharsets.US_ASCII);

  private SumsDigest() {}

  /**
   * SHA-256 of "retort label sums/1\n", the count of samples, the count of classes, and the sums, all as little-endian
   * 64-bit integers.
   *
   * @param sums one a sample and class, row-major, 0 where nobody answered
   */
  public static Digest of(int classes, long[] sums) {
    if (classes < 1 || sums.length % classes != 0) {
      throw new IllegalArgumentException(
          "sums must be whole rows of " + classes + ": " + sums.length);
    }
    ByteBuffer message = ByteBuffer.allocate(
            DOMAIN.length + Math.multiplyExact(Long.BYTES, Math.addExact(sums.length, 2)))
        .order(ByteOrder.LITTLE_ENDIAN);
    message.put(DOMAIN).putLong(sums.length / classes).putLong(classes);
    for (long sum : sums) {
      message.putLong(sum);
    }
    return Digest.of(message.array());
  }
}
