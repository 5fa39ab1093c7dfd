package dev.retort.identity;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.util.IPAddress;

/**
 * A federation's issuing authority: it may issue leaves and no further authorities. It alone writes the URI by which a
 * holder is known; nothing is taken from a request but its key. Safe for concurrent use.
 *
 * <p>A leaf never outlives its authority. Every leaf has exactly one extended key usage: a node cannot pose as a server.
 */
public final class CertificateAuthority {

  /** How long a leaf lives unless configured otherwise. */
  public static final Duration LEAF_LIFE = Duration.ofDays(7);

  private final FederationName federation;
  private final CertifiedKey key;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * An authority as kept in a key directory.
   *
   * @param key the authority's key, with its certificate and the root's
   */
  public CertificateAuthority(
      FederationName federation, CertifiedKey key, Clock clock, SecureRandom random) {
    this.federation = federation;
    this.key = key;
    this.clock = clock;
    this.random = random;
    if (key.chain().size() != 2 || key.certificate().getBasicConstraints() != 0) {
      throw new IllegalArgumentException(
          "key must be an issuing authority's, with its root: " + key);
    }
    String name = key.certificate().getSubjectX500Principal().getName();
    if (!name.equals("CN=" + commonName(federation))) {
      throw new IllegalArgumentException("key must be of federation " + federation + ": " + key);
    }
  }

  static String commonName(FederationName federation) {
    return "Retort authority " + federation;
  }

  /** The federation that every certificate names. */
  public FederationName federation() {
    return federation;
  }

  /** The authority's key and certificates, for a key directory. */
  public CertifiedKey key() {
    return key;
  }

  /** The federation root. */
  public X509Certificate root() {
    return key.root();
  }

  /** When the authority's own certificate ends. */
  public Instant validUntil() {
    return key.certificate().getNotAfter().toInstant();
  }

  /**
   * A chain for a node's key: leaf, authority, root.
   *
   * @throws IllegalStateException if the authority's own certificate has ended
   */
  public List<X509Certificate> issueNode(NodeId id, CertificateRequest request, Duration life) {
    return issueClient(new PeerIdentity.Node(federation, id), id, request, life);
  }

  /**
   * A chain for an operator's key: leaf, authority, root.
   *
   * @throws IllegalStateException if the authority's own certificate has ended
   */
  public List<X509Certificate> issueOperator(NodeId id, CertificateRequest request, Duration life) {
    return issueClient(new PeerIdentity.Operator(federation, id), id, request, life);
  }

  private List<X509Certificate> issueClient(
      PeerIdentity peer, NodeId id, CertificateRequest request, Duration life) {
    return chainOf(X509Issuer.leaf(
        new X509Issuer.Subject(id.value(), request.publicKey(), clock.instant(), life),
        key,
        KeyPurposeId.id_kp_clientAuth,
        List.of(new GeneralName(GeneralName.uniformResourceIdentifier, peer.uri())),
        random));
  }

  /**
   * A fresh server key and its chain.
   *
   * @param hosts the DNS names and IP addresses under which nodes dial the coordinator
   * @throws IllegalStateException if the authority's own certificate has ended
   */
  public CertifiedKey issueServer(List<String> hosts, Duration life) {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException(
          "hosts must name at least one DNS name or IP address: " + hosts);
    }
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(
        GeneralName.uniformResourceIdentifier, new PeerIdentity.Coordinator(federation).uri()));
    for (String host : hosts) {
      names.add(new GeneralName(
          IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    KeyPair keys = CertificateRequest.generateKeyPair(random);
    X509Certificate leaf = X509Issuer.leaf(
        new X509Issuer.Subject(
            "coordinator", CertificateRequest.create(keys).publicKey(), clock.instant(), life),
        key,
        KeyPurposeId.id_kp_serverAuth,
        names,
        random);
    return new CertifiedKey(keys.getPrivate(), chainOf(leaf));
  }

  private List<X509Certificate> chainOf(X509Certificate leaf) {
    return List.of(leaf, key.certificate(), key.root());
  }
}
