package dev.retort.noise;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The node's secret key from which the noise of every release is derived. Whoever holds it can take the noise off every
 * answer this node ever gave. Immutable and safe for use by several threads.
 */
public final class NoiseKey {

  /** The length of a key in bytes. */
  public static final int BYTES = 32;

  private final byte[] key;

  /**
   * The key that is {@code key}: 32 bytes from the operating system's generator, made once and kept by the node.
   *
   * @param key 32 bytes; copied
   */
  public NoiseKey(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException(
          "noise key must be " + BYTES + " bytes long: " + key.length);
    }
    this.key = key.clone();
  }

  /**
   * Commits to the noise of one release without revealing it: SHA-256(0x02 || blinding || key id || seq), where blinding
   * and key id are derived from this key. An auditor on the premises, shown the key, can recompute commitment and noise.
   *
   * @param seq the ledger sequence number of the release's charge
   * @param queryDigest the digest of the query charged
   */
  public Digest commitment(long seq, Digest queryDigest) {
    byte[] blinding = derive("retort noise blinding/1", seq, queryDigest);
    byte[] keyId = derive("retort noise key id/1", 0, Digest.of(new byte[0]));
    ByteBuffer message = ByteBuffer.allocate(1 + 2 * BYTES + Long.BYTES);
    message.put((byte) 2).put(blinding).put(keyId).putLong(seq);
    return Digest.of(message.array());
  }

  /**
   * Commits to an answer that nobody may see by itself, without revealing it: SHA-256(0x03 || blinding || answer).
   *
   * @param seq the ledger sequence number of the release's charge
   * @param queryDigest the digest of the query charged
   * @param answer the digest of the answer with its noise
   */
  public Digest hide(long seq, Digest queryDigest, Digest answer) {
    byte[] blinding = derive("retort answer blinding/1", seq, queryDigest);
    ByteBuffer message = ByteBuffer.allocate(1 + BYTES + Digest.BYTES);
    message.put((byte) 3).put(blinding).put(answer.bytes());
    return Digest.of(message.array());
  }

  /** The key of the noise stream of one release. */
  byte[] streamKey(long seq, Digest queryDigest) {
    return derive("retort noise stream/1", seq, queryDigest);
  }

  // HKDF-Expand (RFC 5869, 2.3) to one block; the key is uniform, so the extract step is not
  // needed.
  private byte[] derive(String purpose, long seq, Digest queryDigest) {
    try {
      Mac hmac = Mac.getInstance("HmacSHA256");
      hmac.init(new SecretKeySpec(key, "HmacSHA256"));
      hmac.update(purpose.getBytes(StandardCharsets.US_ASCII));
      hmac.update(ByteBuffer.allocate(Long.BYTES).putLong(seq).array());
      hmac.update(queryDigest.bytes());
      hmac.update((byte) 1);
      return hmac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every Java platform", e);
    }
  }

  /** Never the key. */
  @Override
  public String toString() {
    return "NoiseKey[secret]";
  }
}
