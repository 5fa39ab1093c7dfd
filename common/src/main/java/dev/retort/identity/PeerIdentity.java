package dev.retort.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who stands at the other end of a connection: read from the URI that the federation's authority wrote into the
 * certificate, and from nothing else.
 */
public sealed interface PeerIdentity {

  /** A node: a site's program. */
  record Node(FederationName federation, NodeId id) implements PeerIdentity {
    @Override
    public String uri() {
      return "retort://" + federation + "/node/" + id;
    }
  }

  /** A person or script that runs studies, under a name with the syntax of a node id. */
  record Operator(FederationName federation, NodeId id) implements PeerIdentity {
    @Override
    public String uri() {
      return "retort://" + federation + "/operator/" + id;
    }
  }

  /** The coordinator. */
  record Coordinator(FederationName federation) implements PeerIdentity {
    @Override
    public String uri() {
      return "retort://" + federation + "/coordinator";
    }
  }

  /** The federation whose authority vouches for the peer. */
  FederationName federation();

  /** The subject alternative name that stands for this peer in a certificate. */
  String uri();

  /**
   * The identity that a certificate states. The caller has verified the certificate's chain.
   *
   * @throws InvalidPeerCertificateException if the certificate does not hold exactly one URI of a known form
   */
  static PeerIdentity of(X509Certificate certificate) throws InvalidPeerCertificateException {
    List<String> uris = new ArrayList<>();
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (name.get(0).equals(Syntax.URI_NAME)) {
          uris.add(String.valueOf(name.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      throw new InvalidPeerCertificateException(
          "subject alternative names must be readable: " + e.getMessage());
    }
    if (uris.size() != 1) {
      throw new InvalidPeerCertificateException("certificate must name exactly one URI: " + uris);
    }
    return ofUri(uris.get(0));
  }

  /**
   * The identity that a URI of a certificate stands for.
   *
   * @throws InvalidPeerCertificateException if the URI is of no known form
   */
  static PeerIdentity ofUri(String uri) throws InvalidPeerCertificateException {
    Matcher matcher = Syntax.URI.matcher(uri);
    if (!matcher.matches()) {
      throw new InvalidPeerCertificateException(
          "certificate URI must be retort://FEDERATION/node/ID, /operator/ID or /coordinator: "
              + uri);
    }
    FederationName federation = new FederationName(matcher.group("federation"));
    String role = matcher.group("role");
    if (role == null) {
      return new Coordinator(federation);
    }
    NodeId id = new NodeId(matcher.group("id"));
    return role.equals("node") ? new Node(federation, id) : new Operator(federation, id);
  }

  /** The URI's syntax. */
  final class Syntax {
    private static final Integer URI_NAME = 6;
    private static final String NAME = "[a-z][a-z0-9-]{0,62}";
    private static final Pattern URI = Pattern.compile("retort://(?<federation>" + NAME
        + ")/(?:coordinator|(?<role>node|operator)/(?<id>" + NAME + "))");

    private Syntax() {}
  }
}
