package dev.retort.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key with the certificates that vouch for it.
 *
 * @param privateKey the key of the first certificate
 * @param chain the holder's own certificate first, the federation root last
 */
public record CertifiedKey(PrivateKey privateKey, List<X509Certificate> chain) {

  public CertifiedKey {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain must hold at least one certificate: " + chain);
    }
  }

  /** The holder's own certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** The federation root. */
  public X509Certificate root() {
    return chain.get(chain.size() - 1);
  }

  /**
   * The identity that the certificate states.
   *
   * @throws InvalidPeerCertificateException if the certificate is of an authority, or names nobody
   */
  public PeerIdentity peer() throws InvalidPeerCertificateException {
    return PeerIdentity.of(certificate());
  }

  /** Never the private key. */
  @Override
  public String toString() {
    return "CertifiedKey[" + certificate().getSubjectX500Principal() + "]";
  }
}
