package dev.retort.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 key pair (RFC 8032) by which a program signs what must stay attributable for years: ledgers and manifests.
 * Immutable and safe for concurrent use.
 */
public final class IdentityKey {

  /** The length of a public key. */
  public static final int PUBLIC_KEY_BYTES = 32;

  /** The length of a signature. */
  public static final int SIGNATURE_BYTES = 64;

  private final Ed25519PrivateKeyParameters privateKey;
  private final Ed25519PublicKeyParameters publicKey;

  private IdentityKey(Ed25519PrivateKeyParameters privateKey) {
    this.privateKey = privateKey;
    this.publicKey = privateKey.generatePublicKey();
  }

  /** A fresh key. */
  public static IdentityKey generate(SecureRandom random) {
    return new IdentityKey(new Ed25519PrivateKeyParameters(random));
  }

  /**
   * Reads a key that {@link #toPkcs8} wrote, or any other tool's unencrypted Ed25519 PKCS#8.
   *
   * @throws KeyFileException if the bytes are not such a key
   */
  public static IdentityKey ofPkcs8(byte[] pkcs8) throws KeyFileException {
    AsymmetricKeyParameter key;
    try {
      key = PrivateKeyFactory.createKey(pkcs8);
    } catch (IOException | RuntimeException e) {
      throw new KeyFileException(
          "identity key must be an Ed25519 key in PKCS#8: it cannot be read", e);
    }
    if (key instanceof Ed25519PrivateKeyParameters ed25519) {
      return new IdentityKey(ed25519);
    }
    throw new KeyFileException(
        "identity key must be an Ed25519 key in PKCS#8: it is of another kind");
  }

  /** The private key, unencrypted, in PKCS#8; without the public key, which the JDK and OpenSSL do not read there. */
  byte[] toPkcs8() {
    try {
      return new PrivateKeyInfo(
              new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519),
              new DEROctetString(privateKey.getEncoded()))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new UncheckedIOException("an in-memory key is encodable", e);
    }
  }

  /** The 32 raw bytes of the public key; the caller's own copy. */
  public byte[] publicKey() {
    return publicKey.getEncoded();
  }

  /** The 64-byte signature over a message. Deterministic. */
  public byte[] sign(byte[] message) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, privateKey);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  /**
   * Whether bytes are a usable public key: 32 bytes that encode a point of the prime-order group, so that no signature
   * can hold for two messages.
   */
  public static boolean isPublicKey(byte[] bytes) {
    return bytes.length == PUBLIC_KEY_BYTES && Ed25519.validatePublicKeyFull(bytes, 0);
  }

  /** Whether a signature over a message holds. False for a malformed key or signature; never throws for their content. */
  public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES || !isPublicKey(publicKey)) {
      return false;
    }
    return Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
  }

  /** Never the private key. */
  @Override
  public String toString() {
    return "IdentityKey[" + java.util.HexFormat.of().formatHex(publicKey()) + "]";
  }
}
