package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;
import org.jspecify.annotations.Nullable;

/**
 * A public key by which signed notes are checked, in the form of C2SP signed-note: {@code name+keyid+base64(type || key)}.
 * The key id covers name, type and key, so that a signature of one algorithm is never taken for one of another. Immutable
 * and safe for use by several threads.
 */
public final class VerifierKey {

  /** How a key signs; the first byte of its encoding, and of what its id covers. */
  public enum Type {
    /** Ed25519 over the note's text: a log's own key. */
    ED25519("\u0001", Ed25519.PUBLIC_KEY_BYTES),
    /** Timestamped Ed25519 cosignature of a checkpoint (C2SP tlog-cosignature, cosignature/v1): a witness's key. */
    COSIGNATURE("\u0004", Ed25519.PUBLIC_KEY_BYTES),
    /**
     * ML-DSA-65 over the note's text: a log's second key. C2SP assigns it no byte, so its type is 0xff and the longer
     * identifier {@code retort/ml-dsa-65/1}, as signed-note reserves.
     */
    ML_DSA_65("\u00ff" + MlDsaSigner.IDENTIFIER, MlDsaSigner.PUBLIC_KEY_BYTES);

    /** A character a byte. */
    private final String identifier;

    private final int keyBytes;

    Type(String identifier, int keyBytes) {
      this.identifier = identifier;
      this.keyBytes = keyBytes;
    }

    byte[] prefix() {
      return identifier.getBytes(StandardCharsets.ISO_8859_1);
    }

    boolean begins(byte[] typeAndKey) {
      int length = identifier.length();
      return typeAndKey.length == length + keyBytes
          && Arrays.equals(prefix(), Arrays.copyOf(typeAndKey, length));
    }
  }

  private final String name;
  private final Type type;
  private final byte[] key;
  private final byte[] keyId;

  /**
   * The point, once it was needed; empty where the bytes are none. Decoding costs as much as a signature, so it is done
   * once, and not at all where a key only signs.
   */
  private final AtomicReference<@Nullable Optional<PublicPoint>> ed25519 = new AtomicReference<>();

  private VerifierKey(String name, Type type, byte[] key) {
    if (!NoteText.isKeyName(name)) {
      throw new IllegalArgumentException(
          "key name must have no spaces, plus signs or control characters: " + name);
    }
    if (key.length != type.keyBytes) {
      throw new IllegalArgumentException(
          type + " key must be " + type.keyBytes + " bytes long: " + key.length);
    }
    this.name = name;
    this.type = type;
    this.key = key.clone();
    this.keyId = keyId(name, type, key);
  }

  /** The key with which a log signs its entries and checkpoints. */
  public static VerifierKey ofLog(LogSigner signer) {
    return ofLog(signer.name(), signer.publicKey());
  }

  /**
   * The key with which a log signs its entries and checkpoints.
   *
   * @param name the log's origin
   * @param publicKey its raw Ed25519 key, 32 bytes
   */
  public static VerifierKey ofLog(String name, byte[] publicKey) {
    return new VerifierKey(name, Type.ED25519, publicKey);
  }

  /** The key with which a witness cosigns checkpoints. */
  public static VerifierKey ofWitness(LogSigner signer) {
    return ofWitness(signer.name(), signer.publicKey());
  }

  /**
   * The key with which a witness cosigns checkpoints.
   *
   * @param publicKey its raw Ed25519 key, 32 bytes
   */
  public static VerifierKey ofWitness(String name, byte[] publicKey) {
    return new VerifierKey(name, Type.COSIGNATURE, publicKey);
  }

  /** The second key with which a log signs its checkpoints, 1,952 bytes. */
  static VerifierKey ofMlDsa(String name, byte[] publicKey) {
    return new VerifierKey(name, Type.ML_DSA_65, publicKey);
  }

  /**
   * Reads {@code name+keyid+base64(type || key)}.
   *
   * @throws MalformedLogException if it is not of that form, the type is unknown, or the key id is another key's
   */
  public static VerifierKey parse(String text) throws MalformedLogException {
    String[] parts = text.split("\\+", 3);
    byte[] typeAndKey = parts.length == 3 ? NoteText.base64(parts[2]) : new byte[0];
    for (Type type : Type.values()) {
      if (type.begins(typeAndKey) && NoteText.isKeyName(parts[0])) {
        VerifierKey key = new VerifierKey(
            parts[0],
            type,
            Arrays.copyOfRange(typeAndKey, type.identifier.length(), typeAndKey.length));
        if (!key.keyId().equals(parts[1])) {
          throw new MalformedLogException(
              "key id must be that of the key, " + key.keyId() + ": " + parts[1]);
        }
        return key;
      }
    }
    throw new MalformedLogException(
        "verification key must be name+keyid+base64 of an Ed25519 or ML-DSA-65 key: " + text);
  }

  /** The key's name; for a log, its origin. */
  public String name() {
    return name;
  }

  /** How the key signs. */
  public Type type() {
    return type;
  }

  /** Eight hexadecimal digits: the start of SHA-256(name || 0x0A || type || key). */
  public String keyId() {
    return HexFormat.of().formatHex(keyId);
  }

  /** The raw public key, without name and type; the caller's own copy. */
  public byte[] publicKey() {
    return key.clone();
  }

  /** Whether both wrap the same public key, under whatever name and type. */
  public boolean hasKeyOf(VerifierKey other) {
    return Arrays.equals(key, other.key);
  }

  /** Whether {@code signature}, without its key id, is this key's over {@code text}. */
  boolean verifies(byte[] text, byte[] signature) {
    return switch (type) {
      case ED25519 -> verifiesEd25519(text, signature);
      case COSIGNATURE ->
        signature.length > Long.BYTES
            && verifiesEd25519(
                NoteText.cosignedMessage(ByteBuffer.wrap(signature).getLong(), text),
                Arrays.copyOfRange(signature, Long.BYTES, signature.length));
      case ML_DSA_65 -> MlDsaSigner.verify(key, text, signature);
    };
  }

  byte[] keyIdBytes() {
    return keyId.clone();
  }

  private boolean verifiesEd25519(byte[] message, byte[] signature) {
    Optional<PublicPoint> point = ed25519.get();
    if (point == null) {
      point = Optional.ofNullable(Ed25519.key(key));
      ed25519.set(point);
    }
    return point.isPresent() && Ed25519.verify(point.get(), message, signature);
  }

  private static byte[] keyId(String name, Type type, byte[] key) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message =
        ByteBuffer.allocate(nameBytes.length + 1 + type.identifier.length() + key.length);
    message.put(nameBytes).put((byte) '\n').put(type.prefix()).put(key);
    return Arrays.copyOf(Digest.of(message.array()).bytes(), 4);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(keyId);
  }

  /** The key as {@link #parse} reads it. */
  @Override
  public String toString() {
    byte[] typeAndKey = ByteBuffer.allocate(type.identifier.length() + key.length)
        .put(type.prefix())
        .put(key)
        .array();
    return name + "+" + keyId() + "+" + NoteText.base64(typeAndKey);
  }
}
