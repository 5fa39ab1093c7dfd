package dev.retort.tlog;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Verifies Ed25519 signatures (RFC 8032) under raw public keys. */
final class Ed25519 {

  static final int PUBLIC_KEY_BYTES = 32;
  static final int SIGNATURE_BYTES = 64;

  // SubjectPublicKeyInfo (RFC 8410) up to the 32 key bytes.
  private static final byte[] KEY_INFO_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  /** The key of 32 raw bytes, or null if they are no point. */
  static @Nullable PublicKey key(byte[] publicKey) {
    byte[] keyInfo = new byte[KEY_INFO_PREFIX.length + PUBLIC_KEY_BYTES];
    System.arraycopy(KEY_INFO_PREFIX, 0, keyInfo, 0, KEY_INFO_PREFIX.length);
    System.arraycopy(publicKey, 0, keyInfo, KEY_INFO_PREFIX.length, PUBLIC_KEY_BYTES);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(keyInfo));
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // Bytes that are no point, or no scalar: a stranger's key or signature that verifies nothing.
      return false;
    }
  }
}
