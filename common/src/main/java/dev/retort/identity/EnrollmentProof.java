package dev.retort.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a joining node proves: that it knows the token's secret (a MAC) and that it holds its identity key (a signature).
 * Both bind the certificate request, so neither can be moved to another key.
 */
public final class EnrollmentProof {

  private EnrollmentProof() {}

  /**
   * HMAC-SHA-256 under SHA-256(token secret) of {@code "retort/enroll/1" || SHA-256(request) || identity key || nonce}.
   *
   * @param secretHash SHA-256 of the token's secret
   * @param request the certificate request's DER
   */
  public static byte[] mac(byte[] secretHash, byte[] request, byte[] identityKey, byte[] nonce) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secretHash, "HmacSHA256"));
      mac.update("retort/enroll/1".getBytes(StandardCharsets.US_ASCII));
      mac.update(FederationTrust.sha256(request));
      mac.update(identityKey);
      mac.update(nonce);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Whether a MAC is the one expected, in time that does not depend on where they differ. */
  public static boolean sameMac(byte[] expected, byte[] given) {
    return MessageDigest.isEqual(expected, given);
  }

  /** What the identity key signs: {@code "retort/identity/1" || SHA-256(request) || node id}. */
  public static byte[] identityMessage(byte[] request, NodeId node) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes("retort/identity/1".getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(FederationTrust.sha256(request));
    message.writeBytes(node.value().getBytes(StandardCharsets.US_ASCII));
    return message.toByteArray();
  }
}
