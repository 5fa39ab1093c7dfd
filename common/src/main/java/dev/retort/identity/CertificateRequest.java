package dev.retort.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A PKCS#10 request for a P-256 key whose holder has proved to hold it. Names in the request are carried and ignored: an
 * authority takes nothing from it but the key.
 */
public final class CertificateRequest {

  private static final int MAX_BYTES = 8192;

  private final byte[] der;
  private final SubjectPublicKeyInfo publicKey;

  private CertificateRequest(byte[] der, SubjectPublicKeyInfo publicKey) {
    this.der = der;
    this.publicKey = publicKey;
  }

  /** A fresh P-256 key pair. */
  public static KeyPair generateKeyPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /** A request for the key pair, signed by it. */
  public static CertificateRequest create(KeyPair keys) {
    try {
      PKCS10CertificationRequest request = new JcaPKCS10CertificationRequestBuilder(
              new X500Name("CN=retort"), keys.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
      return new CertificateRequest(request.getEncoded(), request.getSubjectPublicKeyInfo());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalArgumentException("keys must be a P-256 key pair", e);
    }
  }

  /**
   * Reads a stranger's request and verifies its proof of possession.
   *
   * @throws InvalidCertificateRequestException if it is not PKCS#10, its key is not P-256, or its signature does not hold
   */
  public static CertificateRequest parse(byte[] der) throws InvalidCertificateRequestException {
    if (der.length > MAX_BYTES) {
      throw new InvalidCertificateRequestException(
          "certificate request must be at most 8192 bytes: " + der.length);
    }
    try {
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
      SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
      if (!key.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
          || !SECObjectIdentifiers.secp256r1.equals(key.getAlgorithm().getParameters())) {
        throw new InvalidCertificateRequestException("certificate request's key must be P-256");
      }
      // Without an explicit provider, JDK 17 does not find an EC key factory by its OID.
      var verifiers =
          new JcaContentVerifierProviderBuilder().setProvider(new BouncyCastleProvider());
      if (!request.isSignatureValid(verifiers.build(key))) {
        throw new InvalidCertificateRequestException(
            "certificate request's signature must hold for its key");
      }
      return new CertificateRequest(der.clone(), key);
    } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
      // BC's parsers throw unchecked exceptions for some malformed inputs.
      throw new InvalidCertificateRequestException(
          "certificate request must be PKCS#10 in DER, signed by its key", e);
    }
  }

  /** The request's DER; the caller's own copy. */
  public byte[] der() {
    return der.clone();
  }

  /** The requested key as a DER SubjectPublicKeyInfo. */
  public byte[] publicKeyDer() {
    try {
      return publicKey.getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException("a parsed key is encodable", e);
    }
  }

  SubjectPublicKeyInfo publicKey() {
    return publicKey;
  }
}
