package dev.retort.identity;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Verification of certificates against one federation root, and never against the platform's list of authorities. */
public final class FederationTrust {

  private FederationTrust() {}

  /** SHA-256 of a certificate's DER. */
  public static byte[] fingerprint(X509Certificate certificate) {
    try {
      return sha256(certificate.getEncoded());
    } catch (CertificateException e) {
      throw new IllegalStateException("a parsed certificate is encodable", e);
    }
  }

  /**
   * The root of a chain, if it is the one pinned.
   *
   * @param chain as a peer sent it, the root last
   * @throws UntrustedChainException if the last certificate is another one
   */
  public static X509Certificate pinnedRoot(List<X509Certificate> chain, byte[] rootFingerprint)
      throws UntrustedChainException {
    if (chain.isEmpty()) {
      throw new UntrustedChainException(
          "certificate chain must end in the federation root: it is empty");
    }
    X509Certificate root = chain.get(chain.size() - 1);
    byte[] found = fingerprint(root);
    if (!MessageDigest.isEqual(found, rootFingerprint)) {
      HexFormat hex = HexFormat.of();
      throw new UntrustedChainException(
          "this is another federation's server (or somebody in between). Its root"
              + " certificate has SHA-256\n  found    " + hex.formatHex(found) + "\n  expected "
              + hex.formatHex(rootFingerprint)
              + "\nCheck the coordinator's address, or ask for a new join token");
    }
    return root;
  }

  /**
   * Verifies signatures, validity and constraints of a chain up to the root.
   *
   * @param chain the holder's certificate first, the root last
   * @throws UntrustedChainException if the chain does not lead to the root, or not at this time
   */
  public static void verify(List<X509Certificate> chain, X509Certificate root, Instant now)
      throws UntrustedChainException {
    if (chain.size() < 2 || !chain.get(chain.size() - 1).equals(root)) {
      throw new UntrustedChainException("certificate chain must end in the federation root");
    }
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      // Revocation is by short life and the coordinator's directory; no list is ever fetched.
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509")
                  .generateCertPath(chain.subList(0, chain.size() - 1)),
              parameters);
    } catch (CertPathValidatorException e) {
      throw new UntrustedChainException(
          "certificate chain must lead to the federation root: " + e.getMessage(), e);
    } catch (CertificateException
        | NoSuchAlgorithmException
        | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("every JDK validates PKIX paths", e);
    }
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
