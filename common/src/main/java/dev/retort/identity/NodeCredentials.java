package dev.retort.identity;

import java.io.IOException;

/** Everything that a node keeps of its enrolment. Immutable. */
public final class NodeCredentials {

  private static final String TLS = "node";
  private static final String COORDINATOR_IDENTITY = "coordinator-identity.pub";

  private final PeerIdentity.Node node;
  private final CertifiedKey tls;
  private final IdentityKey identity;
  private final byte[] coordinatorIdentityKey;

  /**
   * The credentials of an enrolment.
   *
   * @param tls the node's TLS key, with the chain up to the federation root
   * @param coordinatorIdentityKey 32 bytes
   * @throws InvalidPeerCertificateException if the certificate is not a node's
   */
  public NodeCredentials(CertifiedKey tls, IdentityKey identity, byte[] coordinatorIdentityKey)
      throws InvalidPeerCertificateException {
    if (!(tls.peer() instanceof PeerIdentity.Node peer)) {
      throw new InvalidPeerCertificateException(
          "certificate must be a node's: " + tls.peer().uri());
    }
    if (!IdentityKey.isPublicKey(coordinatorIdentityKey)) {
      throw new IllegalArgumentException(
          "coordinator identity key must be an Ed25519 key of 32 bytes");
    }
    this.node = peer;
    this.tls = tls;
    this.identity = identity;
    this.coordinatorIdentityKey = coordinatorIdentityKey.clone();
  }

  /** Whether a key directory holds the credentials of an enrolment. */
  public static boolean existIn(KeyDirectory keys) throws IOException {
    return keys.certifiedKey(TLS) != null;
  }

  /**
   * The credentials in a key directory.
   *
   * @throws KeyFileException if the node has not joined, or a file is damaged
   */
  public static NodeCredentials read(KeyDirectory keys) throws IOException {
    CertifiedKey tls = keys.certifiedKey(TLS);
    IdentityKey identity = keys.identityKey();
    byte[] coordinator = keys.read(COORDINATOR_IDENTITY);
    if (tls == null || identity == null || coordinator == null) {
      throw new KeyFileException("node must have joined a federation: there are no credentials in "
          + keys.directory() + "; run: retort node join TOKEN");
    }
    try {
      return new NodeCredentials(tls, identity, coordinator);
    } catch (InvalidPeerCertificateException | IllegalArgumentException e) {
      throw new KeyFileException(
          "credentials in " + keys.directory() + " must be a node's: " + e.getMessage(), e);
    }
  }

  /** Keeps the credentials. The certificate is written last: a node without one has not joined. */
  public void writeTo(KeyDirectory keys) throws IOException {
    keys.writeIdentityKey(identity);
    keys.write(COORDINATOR_IDENTITY, coordinatorIdentityKey);
    keys.writeCertifiedKey(TLS, tls);
  }

  /** The node's id and federation, as the certificate states them. */
  public PeerIdentity.Node node() {
    return node;
  }

  /** The TLS key, with the chain up to the federation root. */
  public CertifiedKey tls() {
    return tls;
  }

  /** The key that signs the node's ledger. */
  public IdentityKey identity() {
    return identity;
  }

  /** The Ed25519 key, 32 bytes, by which the coordinator signs manifests. */
  public byte[] coordinatorIdentityKey() {
    return coordinatorIdentityKey.clone();
  }
}
