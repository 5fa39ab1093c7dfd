package dev.retort.identity;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;

/**
 * The one-time invitation by which a node joins: {@code rtj1.NODE.SECRET.ROOT}, with 32 random bytes and the SHA-256 of
 * the federation root's DER in unpadded base64url. The fingerprint authenticates the first connection; the secret proves,
 * without travelling, that the node is the one invited.
 */
public final class JoinToken {

  private static final String PREFIX = "rtj1";
  private static final int SECRET_BYTES = 32;

  private final NodeId node;
  private final byte[] secret;
  private final byte[] rootFingerprint;

  private JoinToken(NodeId node, byte[] secret, byte[] rootFingerprint) {
    this.node = node;
    this.secret = secret;
    this.rootFingerprint = rootFingerprint;
  }

  /** A token with a fresh secret. */
  public static JoinToken create(NodeId node, X509Certificate root, SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new JoinToken(node, secret, FederationTrust.fingerprint(root));
  }

  /**
   * Reads a token.
   *
   * @throws InvalidJoinTokenException if the text is not a token; the message repeats no part of the text
   */
  public static JoinToken parse(String text) throws InvalidJoinTokenException {
    String[] parts = text.strip().split("\\.", -1);
    if (parts.length != 4 || !parts[0].equals(PREFIX)) {
      throw new InvalidJoinTokenException(
          "join token must be rtj1.NODE.SECRET.ROOT, four parts joined by dots");
    }
    if (!NodeId.isName(parts[1])) {
      throw new InvalidJoinTokenException("join token's node id must be " + NodeId.RULE);
    }
    return new JoinToken(
        new NodeId(parts[1]), decode("secret", parts[2]), decode("root fingerprint", parts[3]));
  }

  private static byte[] decode(String field, String text) throws InvalidJoinTokenException {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      // No cause: the decoder's message quotes the text.
      throw new InvalidJoinTokenException(
          "join token's " + field + " must be base64url; copy the whole token");
    }
    if (bytes.length != SECRET_BYTES || !encode(bytes).equals(text)) {
      throw new InvalidJoinTokenException(
          "join token's " + field + " must be 32 bytes in unpadded base64url: " + text.length()
              + " characters; copy the whole token");
    }
    return bytes;
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The whole token, secret included: for the hand-over to the site, never for a log. */
  public String format() {
    return PREFIX + "." + node + "." + encode(secret) + "." + encode(rootFingerprint);
  }

  /** The node invited. */
  public NodeId node() {
    return node;
  }

  /** SHA-256 of the federation root's DER. */
  public byte[] rootFingerprint() {
    return rootFingerprint.clone();
  }

  /** SHA-256 of the secret: the key of the enrolment proof, and all that a coordinator keeps. */
  public byte[] secretHash() {
    return FederationTrust.sha256(secret);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JoinToken that
        && node.equals(that.node)
        && java.security.MessageDigest.isEqual(secret, that.secret)
        && Arrays.equals(rootFingerprint, that.rootFingerprint);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(rootFingerprint) * 31 + node.hashCode();
  }

  /** The node only: never the secret. */
  @Override
  public String toString() {
    return "JoinToken[" + node + "]";
  }
}
