package dev.retort.secagg;

import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/** An identity's Ed25519 public key. Immutable and safe for use by several threads. */
public final class VerifyingKey {

  /** The length of a raw public key. */
  public static final int BYTES = 32;

  /** The length of a signature. */
  static final int SIGNATURE_BYTES = 64;

  /** An algorithm's byte before the key's digest, so that another algorithm's key never has an Ed25519 key's id. */
  static final int ID_BYTES = 33;

  private static final byte ED25519 = 1;

  private final Octets raw;
  private final Octets id;
  private final Octets order;
  private final PublicPoint point;

  private VerifyingKey(Octets raw, PublicPoint point) {
    this.raw = raw;
    this.point = point;
    this.order = Octets.sha256(raw.view());
    this.id = id(raw.view());
  }

  /**
   * The key of 32 raw bytes.
   *
   * @throws IllegalArgumentException if they are no point of the prime-order group
   */
  public static VerifyingKey of(byte[] raw) {
    PublicPoint point = raw.length == BYTES ? Ed25519.validatePublicKeyFullExport(raw, 0) : null;
    if (point == null) {
      throw new IllegalArgumentException(
          "public key must be 32 bytes that encode an Ed25519 point");
    }
    return new VerifyingKey(Octets.of(raw), point);
  }

  /** The id of a raw key, whatever it is worth. */
  static Octets id(byte[] raw) {
    byte[] keyId = new byte[ID_BYTES];
    keyId[0] = ED25519;
    System.arraycopy(Octets.sha256(raw).view(), 0, keyId, 1, ID_BYTES - 1);
    return Octets.wrap(keyId);
  }

  /** The raw key. */
  public Octets raw() {
    return raw;
  }

  /** What messages name the key by: the algorithm's byte and SHA-256 of the raw key. */
  public Octets id() {
    return id;
  }

  /** Whether a roster lists this key before {@code other}: nodes stand in the order of their keys' digests. */
  boolean precedes(VerifyingKey other) {
    return java.util.Arrays.compareUnsigned(order.view(), other.order.view()) < 0;
  }

  /** Whether {@code signature} is this key's over {@code message}. */
  boolean verifies(byte[] message, byte[] signature) {
    return signature.length == SIGNATURE_BYTES
        && Ed25519.verify(signature, 0, point, message, 0, message.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifyingKey key && key.raw.equals(raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  @Override
  public String toString() {
    return "VerifyingKey[" + raw + "]";
  }
}
