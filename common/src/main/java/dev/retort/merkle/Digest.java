package dev.retort.merkle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) implements Comparable<Digest> {

  /** The length of a digest in bytes. */
  public static final int BYTES = 32;

  public Digest {
    if (!isValid(hex)) {
      throw new IllegalArgumentException("digest must be 64 lower-case hexadecimal digits: " + hex);
    }
  }

  /** Whether {@code hex} is a digest as written in references and manifests. */
  public static boolean isValid(String hex) {
    // Not a pattern: a ledger of a million entries has five million digests.
    if (hex.length() != 2 * BYTES) {
      return false;
    }
    for (int i = 0; i < hex.length(); i++) {
      char c = hex.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** The SHA-256 digest of {@code message}. */
  public static Digest of(byte[] message) {
    return ofBytes(sha256().digest(message));
  }

  /**
   * The digest with these 32 bytes.
   *
   * @throws IllegalArgumentException if {@code bytes} is not 32 bytes long
   */
  public static Digest ofBytes(byte[] bytes) {
    return new Digest(HexFormat.of().formatHex(bytes));
  }

  /** A copy of the 32 bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
