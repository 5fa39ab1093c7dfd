package dev.retort.identity;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The key at the top of a federation (P-256, ten years). It signs issuing authorities and nothing else, so that it can be
 * kept off line.
 */
public final class FederationRoot {

  private static final Duration ROOT_LIFE = Duration.ofDays(3650);
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(1825);

  private final FederationName federation;
  private final CertifiedKey key;

  private FederationRoot(FederationName federation, CertifiedKey key) {
    this.federation = federation;
    this.key = key;
  }

  /** A new federation's root. */
  public static FederationRoot create(FederationName federation, Clock clock, SecureRandom random) {
    KeyPair keys = CertificateRequest.generateKeyPair(random);
    var subject = new X509Issuer.Subject(
        commonName(federation),
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
        clock.instant(),
        ROOT_LIFE);
    return new FederationRoot(
        federation,
        new CertifiedKey(
            keys.getPrivate(), List.of(X509Issuer.root(subject, keys.getPrivate(), random))));
  }

  /**
   * A root as kept in a key directory.
   *
   * @throws KeyFileException if the key is not the root of this federation
   */
  public static FederationRoot of(FederationName federation, CertifiedKey key)
      throws KeyFileException {
    if (key.chain().size() != 1
        || !key.root().getSubjectX500Principal().getName().equals("CN=" + commonName(federation))) {
      throw new KeyFileException("key must be the root of federation " + federation + ": " + key);
    }
    return new FederationRoot(federation, key);
  }

  private static String commonName(FederationName federation) {
    return "Retort federation " + federation;
  }

  /** An issuing authority with a fresh key, good for five years: issue the next one by calling this again. */
  public CertificateAuthority issueAuthority(Clock clock, SecureRandom random) {
    KeyPair keys = CertificateRequest.generateKeyPair(random);
    var subject = new X509Issuer.Subject(
        CertificateAuthority.commonName(federation),
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
        clock.instant(),
        AUTHORITY_LIFE);
    return new CertificateAuthority(
        federation,
        new CertifiedKey(
            keys.getPrivate(),
            List.of(X509Issuer.authority(subject, key, random), key.certificate())),
        clock,
        random);
  }

  /** The root's key and certificate, for a key directory. */
  public CertifiedKey key() {
    return key;
  }
}
