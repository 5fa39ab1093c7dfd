package dev.retort.node.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The node's secret by which privacy units are spread over shards. It is drawn once, independently of all records, and
 * kept for ever: another key is another assignment. Immutable and safe for use by several threads.
 */
public final class ShardKey {

  /** The length of a key in bytes. */
  public static final int BYTES = 32;

  private final SecretKeySpec key;

  /**
   * The key that is {@code key}: 32 bytes from the operating system's generator.
   *
   * @param key 32 bytes; copied
   */
  public ShardKey(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException(
          "shard key must be " + BYTES + " bytes long: " + key.length);
    }
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /**
   * The shard of {@code unit}, in [0, shards): a keyed pseudo-random function of the unit alone, so that no other unit
   * coming or going moves it. 64 bits are reduced, which favours no shard by more than shards / 2^64.
   */
  int shardOf(Mac mac, String unit, int shards) {
    mac.update("retort/shard/1\0".getBytes(StandardCharsets.US_ASCII));
    byte[] code = mac.doFinal(unit.getBytes(StandardCharsets.UTF_8));
    return (int) Long.remainderUnsigned(ByteBuffer.wrap(code).getLong(), shards);
  }

  /** A keyed pseudo-random code of the unit alone, by which units can be put in an order that says nothing of them. */
  ByteBuffer codeOf(Mac mac, String unit) {
    mac.update("retort/unit/1\0".getBytes(StandardCharsets.US_ASCII));
    return ByteBuffer.wrap(mac.doFinal(unit.getBytes(StandardCharsets.UTF_8)));
  }

  /** A code under this key, ready for its first message. */
  Mac mac() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every Java platform", e);
    }
  }

  /** Never the key. */
  @Override
  public String toString() {
    return "ShardKey[secret]";
  }
}
