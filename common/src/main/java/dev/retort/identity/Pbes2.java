package dev.retort.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts small secrets under a password in the form of PKCS#8, EncryptedPrivateKeyInfo (RFC 5958): PBES2 (RFC 8018)
 * with PBKDF2-HMAC-SHA-256 and AES-256-CBC. OpenSSL and the JDK read it.
 */
final class Pbes2 {

  private static final AlgorithmIdentifier HMAC_SHA256 =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
  private static final int SALT_BYTES = 16;
  private static final int IV_BYTES = 16;
  private static final int KEY_BYTES = 32;

  /** A file from elsewhere must not keep a start waiting for hours. */
  private static final int MOST_ITERATIONS = 10_000_000;

  private Pbes2() {}

  /**
   * Encrypts.
   *
   * @param iterations of PBKDF2
   */
  static byte[] encrypt(byte[] plain, char[] password, int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    try {
      byte[] encrypted =
          cipher(Cipher.ENCRYPT_MODE, password, salt, iterations, iv).doFinal(plain);
      PBES2Parameters parameters = new PBES2Parameters(
          new KeyDerivationFunc(
              PKCSObjectIdentifiers.id_PBKDF2,
              new PBKDF2Params(salt, iterations, KEY_BYTES, HMAC_SHA256)),
          new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv)));
      return new EncryptedPrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters), encrypted)
          .getEncoded(ASN1Encoding.DER);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES and PBKDF2", e);
    } catch (IOException e) {
      throw new UncheckedIOException("an in-memory structure is encodable", e);
    }
  }

  /** Whether a file is encrypted, as far as its form shows. */
  static boolean isEncrypted(byte[] file) {
    return parse(file) != null;
  }

  /**
   * Decrypts.
   *
   * @throws GeneralSecurityException if the password is another one, or the file is none that {@link #encrypt} wrote. A
   *     wrong password may also, once in some 256 times, give other bytes
   */
  static byte[] decrypt(byte[] file, char[] password) throws GeneralSecurityException {
    EncryptedPrivateKeyInfo info = parse(file);
    if (info == null) {
      throw new GeneralSecurityException("file must be encrypted by PBES2");
    }
    try {
      PBES2Parameters parameters =
          PBES2Parameters.getInstance(info.getEncryptionAlgorithm().getParameters());
      PBKDF2Params derivation =
          PBKDF2Params.getInstance(parameters.getKeyDerivationFunc().getParameters());
      int iterations = derivation.getIterationCount().intValueExact();
      byte[] iv = ASN1OctetString.getInstance(parameters.getEncryptionScheme().getParameters())
          .getOctets();
      if (!derivation.getPrf().getAlgorithm().equals(HMAC_SHA256.getAlgorithm())
          || !parameters
              .getEncryptionScheme()
              .getAlgorithm()
              .equals(NISTObjectIdentifiers.id_aes256_CBC)
          || iterations < 1
          || iterations > MOST_ITERATIONS) {
        throw new GeneralSecurityException("file must be encrypted by PBKDF2-HMAC-SHA-256 of 1 to "
            + MOST_ITERATIONS + " iterations and AES-256-CBC");
      }
      return cipher(Cipher.DECRYPT_MODE, password, derivation.getSalt(), iterations, iv)
          .doFinal(info.getEncryptedData());
    } catch (RuntimeException e) {
      throw new GeneralSecurityException("file must be of the form of PBES2", e);
    }
  }

  private static @Nullable EncryptedPrivateKeyInfo parse(byte[] file) {
    try {
      EncryptedPrivateKeyInfo info =
          EncryptedPrivateKeyInfo.getInstance(ASN1Primitive.fromByteArray(file));
      return info.getEncryptionAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)
          ? info
          : null;
    } catch (IOException | RuntimeException e) {
      // The parser answers what is no such structure with unchecked exceptions of several kinds.
      return null;
    }
  }

  private static Cipher cipher(int mode, char[] password, byte[] salt, int iterations, byte[] iv)
      throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, 8 * KEY_BYTES);
    try {
      byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(spec)
          .getEncoded();
      Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
      return cipher;
    } finally {
      spec.clearPassword();
    }
  }
}
