package dev.retort.secagg;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM with a 16-byte tag. A key must never seal twice under one number. */
final class ShareSeal {

  /** What sealing adds. */
  static final int TAG_BYTES = 16;

  private static final int NONCE_BYTES = 12;
  private static final ThreadLocal<Cipher> GCM = ThreadLocal.withInitial(() -> {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM is part of every Java platform", e);
    }
  });

  private ShareSeal() {}

  /**
   * Seals.
   *
   * @param number the last eight bytes of the nonce; the first four are zero
   */
  static byte[] seal(byte[] key, long number, byte[] associated, byte[] plaintext) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, key, number, associated).doFinal(plaintext);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM with a fresh nonce must not fail", e);
    }
  }

  /**
   * Opens what {@link #seal} sealed.
   *
   * @throws BrokenSealException if key, number, associated data or ciphertext is another
   */
  static byte[] open(byte[] key, long number, byte[] associated, byte[] sealed)
      throws BrokenSealException {
    try {
      return cipher(Cipher.DECRYPT_MODE, key, number, associated).doFinal(sealed);
    } catch (AEADBadTagException e) {
      throw new BrokenSealException();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM must fail by its tag alone", e);
    }
  }

  private static Cipher cipher(int mode, byte[] key, long number, byte[] associated)
      throws GeneralSecurityException {
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(number).array();
    Cipher cipher = GCM.get();
    try {
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    } catch (java.security.InvalidAlgorithmParameterException e) {
      // The platform refuses to encrypt twice under one key and nonce: the last line of defence.
      throw new IllegalStateException("a key must not seal twice under number " + number, e);
    }
    cipher.updateAAD(associated);
    return cipher;
  }
}
