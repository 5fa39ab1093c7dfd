package dev.retort.coordinator.enroll;

import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.CertificateRequest;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationRoot;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeId;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/**
 * The keys of a coordinator: root, issuing authority, identity. The root may be moved away once the federation exists: it
 * is needed again only when the authority's year is over.
 */
public final class FederationKeys {

  private static final String ROOT = "root";
  private static final String AUTHORITY = "authority";
  private static final String OPERATOR = "operator";

  private final CertificateAuthority authority;
  private final IdentityKey identity;
  private final SecureRandom random;

  private FederationKeys(
      CertificateAuthority authority, IdentityKey identity, SecureRandom random) {
    this.authority = authority;
    this.identity = identity;
    this.random = random;
  }

  /**
   * Founds a federation.
   *
   * @throws IllegalStateException if the directory holds the keys of one already
   */
  public static FederationKeys found(
      KeyDirectory keys, FederationName federation, Clock clock, SecureRandom random)
      throws IOException {
    if (keys.certifiedKey(ROOT) != null || keys.certifiedKey(AUTHORITY) != null) {
      throw new IllegalStateException(
          "key directory must not hold a federation: " + keys.directory());
    }
    FederationRoot root = FederationRoot.create(federation, clock, random);
    CertificateAuthority authority = root.issueAuthority(clock, random);
    IdentityKey identity = keys.readOrCreateIdentityKey();
    keys.writeCertifiedKey(ROOT, root.key());
    keys.writeCertifiedKey(AUTHORITY, authority.key());
    return new FederationKeys(authority, identity, random);
  }

  /**
   * The federation of a key directory.
   *
   * @throws IOException if there is none, or it is another one
   */
  public static FederationKeys open(
      KeyDirectory keys, FederationName federation, Clock clock, SecureRandom random)
      throws IOException {
    CertifiedKey authority = keys.certifiedKey(AUTHORITY);
    if (authority == null) {
      throw new IOException("key directory must hold a federation: there is none in "
          + keys.directory() + "; run: retort coordinator init");
    }
    CertificateAuthority opened;
    try {
      opened = new CertificateAuthority(federation, authority, clock, random);
    } catch (IllegalArgumentException e) {
      throw new IOException("key directory " + keys.directory() + ": " + e.getMessage(), e);
    }
    return new FederationKeys(opened, keys.readOrCreateIdentityKey(), random);
  }

  /** The issuing authority. */
  public CertificateAuthority authority() {
    return authority;
  }

  /** The key that signs manifests. */
  public IdentityKey identity() {
    return identity;
  }

  /** Issues an operator's certificate to the commands that are run from this very home, and keeps it there. */
  public CertifiedKey writeOperator(KeyDirectory keys, NodeId name, Duration life)
      throws IOException {
    KeyPair pair = CertificateRequest.generateKeyPair(random);
    CertifiedKey operator = new CertifiedKey(
        pair.getPrivate(), authority.issueOperator(name, CertificateRequest.create(pair), life));
    keys.writeCertifiedKey(OPERATOR, operator);
    return operator;
  }

  /**
   * The operator's key of a home.
   *
   * @throws IOException if there is none
   */
  public static CertifiedKey operator(KeyDirectory keys) throws IOException {
    CertifiedKey operator = keys.certifiedKey(OPERATOR);
    if (operator == null) {
      throw new IOException(
          "key directory must hold an operator's key: there is none in " + keys.directory());
    }
    return operator;
  }
}
