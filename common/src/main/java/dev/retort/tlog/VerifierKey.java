package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A public key by which signed notes are checked, in the form of C2SP signed-note: {@code name+keyid+base64(type || key)}.
 * The key id covers name, type and key. Immutable and safe for use by several threads.
 */
public final class VerifierKey {

  /** Ed25519 over the note's text. */
  static final byte ED25519 = 1;

  /** Timestamped Ed25519 cosignature of a checkpoint (C2SP tlog-cosignature, cosignature/v1). */
  static final byte COSIGNATURE = 4;

  private final String name;
  private final byte type;
  private final byte[] key;

  private VerifierKey(String name, byte type, byte[] key) {
    if (!NoteText.isKeyName(name)) {
      throw new IllegalArgumentException(
          "key name must have no spaces, plus signs or control characters: " + name);
    }
    if (key.length != Ed25519.PUBLIC_KEY_BYTES) {
      throw new IllegalArgumentException("Ed25519 key must be 32 bytes long: " + key.length);
    }
    this.name = name;
    this.type = type;
    this.key = key.clone();
  }

  /** The key with which a log signs its entries and checkpoints. */
  public static VerifierKey ofLog(LogSigner signer) {
    return new VerifierKey(signer.name(), ED25519, signer.publicKey());
  }

  /**
   * The key with which the log of this name signs its entries and checkpoints.
   *
   * @param publicKey the raw Ed25519 key, 32 bytes
   */
  public static VerifierKey ofLog(String name, byte[] publicKey) {
    return new VerifierKey(name, ED25519, publicKey);
  }

  /**
   * The key with which the witness of this name cosigns checkpoints.
   *
   * @param publicKey the raw Ed25519 key, 32 bytes
   */
  public static VerifierKey ofWitness(String name, byte[] publicKey) {
    return new VerifierKey(name, COSIGNATURE, publicKey);
  }

  /** The key with which a witness cosigns checkpoints. */
  public static VerifierKey ofWitness(LogSigner signer) {
    return new VerifierKey(signer.name(), COSIGNATURE, signer.publicKey());
  }

  /**
   * Reads {@code name+keyid+base64(type || key)}.
   *
   * @throws MalformedLogException if it is not of that form, the type is unknown, or the key id is another key's
   */
  public static VerifierKey parse(String text) throws MalformedLogException {
    String[] parts = text.split("\\+", 3);
    byte[] typeAndKey = parts.length == 3 ? NoteText.base64(parts[2]) : new byte[0];
    if (typeAndKey.length != 1 + Ed25519.PUBLIC_KEY_BYTES
        || (typeAndKey[0] != ED25519 && typeAndKey[0] != COSIGNATURE)
        || !NoteText.isKeyName(parts[0])) {
      throw new MalformedLogException(
          "verification key must be name+keyid+base64 of an Ed25519 key: " + text);
    }
    VerifierKey key = new VerifierKey(
        parts[0], typeAndKey[0], Arrays.copyOfRange(typeAndKey, 1, typeAndKey.length));
    if (!key.keyId().equals(parts[1])) {
      throw new MalformedLogException(
          "key id must be that of the key, " + key.keyId() + ": " + parts[1]);
    }
    return key;
  }

  /** The key's name; for a log, its origin. */
  public String name() {
    return name;
  }

  /** Eight hexadecimal digits: the start of SHA-256(name || 0x0A || type || key). */
  public String keyId() {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocate(nameBytes.length + 2 + key.length);
    message.put(nameBytes).put((byte) '\n').put(type).put(key);
    return Digest.of(message.array()).hex().substring(0, 8);
  }

  /** Whether {@code signature}, without its key id, is this key's over {@code text}. */
  boolean verifies(byte[] text, byte[] signature) {
    if (type == ED25519) {
      return Ed25519.verify(key, text, signature);
    }
    if (signature.length != Long.BYTES + Ed25519.SIGNATURE_BYTES) {
      return false;
    }
    byte[] message = NoteText.cosignedMessage(ByteBuffer.wrap(signature).getLong(), text);
    return Ed25519.verify(
        key, message, Arrays.copyOfRange(signature, Long.BYTES, signature.length));
  }

  byte[] keyIdBytes() {
    return HexFormat.of().parseHex(keyId());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** The key as {@link #parse} reads it. */
  @Override
  public String toString() {
    ByteBuffer typeAndKey = ByteBuffer.allocate(1 + key.length).put(type).put(key);
    return name + "+" + keyId() + "+" + NoteText.base64(typeAndKey.array());
  }
}
