package dev.retort.secagg;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF-SHA-256 (RFC 5869). Every use has a label of its own, and what it binds in follows at fixed widths, big-endian. */
final class Hkdf {

  private static final int BLOCK_BYTES = 32;
  private static final ThreadLocal<Mac> HMAC = ThreadLocal.withInitial(() -> {
    try {
      return Mac.getInstance("HmacSHA256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every Java platform", e);
    }
  });

  private Hkdf() {}

  /** HKDF-Extract: 32 bytes. */
  static byte[] extract(byte[] salt, byte[] keyingMaterial) {
    // The platform refuses an empty key; HMAC pads keys with zeros, so 32 of them are the same key.
    Mac hmac = keyed(salt.length == 0 ? new byte[BLOCK_BYTES] : salt);
    return hmac.doFinal(keyingMaterial);
  }

  /**
   * HKDF-Expand with the concatenation of {@code info}.
   *
   * @param length in [1, 8160]
   */
  static byte[] expand(byte[] key, int length, byte[]... info) {
    if (length < 1 || length > 255 * BLOCK_BYTES) {
      throw new IllegalArgumentException("length must be in [1, 8160]: " + length);
    }
    Mac hmac = keyed(key);
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < length; done += BLOCK_BYTES, counter++) {
      hmac.update(block);
      for (byte[] part : info) {
        hmac.update(part);
      }
      hmac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = hmac.doFinal();
      System.arraycopy(block, 0, out, done, Math.min(BLOCK_BYTES, length - done));
    }
    Arrays.fill(block, (byte) 0);
    return out;
  }

  /** The bytes of a label. */
  static byte[] label(String label) {
    return label.getBytes(StandardCharsets.US_ASCII);
  }

  /** Four bytes, big-endian. */
  static byte[] be32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  /** Eight bytes, big-endian. */
  static byte[] be64(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private static Mac keyed(byte[] key) {
    Mac hmac = HMAC.get();
    try {
      hmac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC takes any key", e);
    }
    return hmac;
  }
}
