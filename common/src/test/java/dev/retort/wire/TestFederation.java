package dev.retort.wire;

import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.CertificateRequest;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationRoot;
import dev.retort.identity.NodeId;
import io.grpc.BindableService;
import io.grpc.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** A federation's authority, and a server of it on loopback. */
final class TestFederation implements AutoCloseable {

  static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
  private static final Duration LIFE = Duration.ofDays(1);
  private static final SecureRandom RANDOM = new SecureRandom();

  final CertificateAuthority authority;
  final TrafficMeter meter;
  private final Server server;

  static TestFederation serving(String name, BindableService... services) throws IOException {
    return serving(name, List.of(HOST), services);
  }

  static TestFederation serving(String name, List<String> hosts, BindableService... services)
      throws IOException {
    CertificateAuthority authority = FederationRoot.create(
            new FederationName(name), Clock.systemUTC(), RANDOM)
        .issueAuthority(Clock.systemUTC(), RANDOM);
    TrafficMeter meter = new TrafficMeter();
    var builder = TlsServer.listeningOn(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        authority.issueServer(hosts, LIFE),
        meter);
    for (BindableService service : services) {
      builder.addService(service);
    }
    return new TestFederation(authority, builder.build().start(), meter);
  }

  private TestFederation(CertificateAuthority authority, Server server, TrafficMeter meter) {
    this.authority = authority;
    this.server = server;
    this.meter = meter;
  }

  int port() {
    return server.getPort();
  }

  CertifiedKey node(String id) {
    KeyPair keys = CertificateRequest.generateKeyPair(RANDOM);
    return new CertifiedKey(
        keys.getPrivate(),
        authority.issueNode(new NodeId(id), CertificateRequest.create(keys), LIFE));
  }

  CertifiedKey operator(String id) {
    KeyPair keys = CertificateRequest.generateKeyPair(RANDOM);
    return new CertifiedKey(
        keys.getPrivate(),
        authority.issueOperator(new NodeId(id), CertificateRequest.create(keys), LIFE));
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
