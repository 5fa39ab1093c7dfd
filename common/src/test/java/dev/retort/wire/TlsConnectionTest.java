package dev.retort.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.identity.CertificateRequest;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationTrust;
import dev.retort.identity.NodeId;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.FetchManifestRequest;
import dev.retort.proto.v1.HandshakeGrpc;
import dev.retort.proto.v1.HelloRequest;
import dev.retort.proto.v1.ListNodesRequest;
import dev.retort.proto.v1.OperatorGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets on loopback. */
final class TlsConnectionTest {

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final AtomicReference<String> caller = new AtomicReference<>("");
  private TestFederation federation;

  @BeforeEach
  void serve() throws Exception {
    federation = TestFederation.serving(
        "alpha",
        new TestServices.Handshake("alpha"),
        new TestServices.Operator(),
        new TestServices.Federation(() -> caller.set(Peers.currentNode().id().value())));
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    federation.close();
  }

  private ManagedChannel open(ManagedChannelBuilder<?> builder) {
    ManagedChannel channel = builder.build();
    channels.add(channel);
    return channel;
  }

  private ManagedChannel as(CertifiedKey key) {
    return open(TlsChannel.mutual(TestFederation.HOST, federation.port(), key));
  }

  private ManagedChannel anonymous() {
    return open(
        TlsChannel.anonymous(TestFederation.HOST, federation.port(), federation.authority.root()));
  }

  private static void fetchManifest(ManagedChannel channel) {
    var unused = FederationGrpc.newBlockingStub(channel)
        .fetchManifest(FetchManifestRequest.getDefaultInstance());
  }

  private static void listNodes(ManagedChannel channel) {
    var unused =
        OperatorGrpc.newBlockingStub(channel).listNodes(ListNodesRequest.getDefaultInstance());
  }

  private static void assertFails(Runnable call, ErrorReason reason) {
    assertThatThrownBy(call::run).isInstanceOf(StatusRuntimeException.class).satisfies(e -> {
      assertThat(ErrorReason.of(e)).isEqualTo(reason);
      assertThat(((StatusRuntimeException) e).getStatus().getCode()).isEqualTo(reason.code());
    });
  }

  @Test
  void call_ofNode_reachesTheFederationAsThatNode() {
    fetchManifest(as(federation.node("site-1")));

    assertThat(caller).hasValue("site-1");
  }

  @Test
  void call_ofOperator_reachesTheOperatorService() {
    assertThat(OperatorGrpc.newBlockingStub(as(federation.operator("ada")))
            .listNodes(ListNodesRequest.getDefaultInstance())
            .getNodes(0)
            .getNodeId())
        .isEqualTo("retort://alpha/operator/ada");
  }

  @Test
  void call_ofOtherRole_isRefused() {
    ManagedChannel node = as(federation.node("site-1"));
    ManagedChannel operator = as(federation.operator("ada"));

    assertFails(() -> listNodes(node), ErrorReason.ROLE_NOT_ALLOWED);
    assertFails(() -> fetchManifest(operator), ErrorReason.ROLE_NOT_ALLOWED);
    assertThat(caller).hasValue("");
  }

  @Test
  void call_withoutCertificate_reachesTheHandshakeOnly() throws Exception {
    ManagedChannel channel = anonymous();

    assertThat(VersionHandshake.hello(channel, "0.1", "test"))
        .isEqualTo(new FederationName("alpha"));
    assertFails(() -> fetchManifest(channel), ErrorReason.CERTIFICATE_REQUIRED);
    assertFails(() -> listNodes(channel), ErrorReason.CERTIFICATE_REQUIRED);
  }

  @Test
  void hello_ofOtherProtocol_namesBothSides() {
    ManagedChannel channel = anonymous();

    assertThatThrownBy(() -> VersionHandshake.hello(channel, "9.9", "test", 7))
        .isInstanceOf(IncompatibleProtocolException.class)
        .hasMessage("this program speaks protocol 7, the coordinator 2: install 0.1");
  }

  @Test
  void pinned_toTheRoot_connects() throws Exception {
    ManagedChannel channel = open(TlsChannel.pinned(
        TestFederation.HOST,
        federation.port(),
        FederationTrust.fingerprint(federation.authority.root())));

    assertThat(VersionHandshake.hello(channel, "0.1", "test"))
        .isEqualTo(new FederationName("alpha"));
  }

  /** The other federation even has the same name. */
  @Test
  void pinned_toAnotherRoot_saysThatTheServerIsAnotherFederations() throws Exception {
    try (TestFederation other = TestFederation.serving("alpha")) {
      ManagedChannel channel = open(TlsChannel.pinned(
          TestFederation.HOST,
          federation.port(),
          FederationTrust.fingerprint(other.authority.root())));

      assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "c.example:7443"))
          .isInstanceOf(CoordinatorCallException.class)
          .hasMessageContaining("coordinator c.example:7443")
          .hasMessageContaining("another federation's server")
          .matches(e -> !((CoordinatorCallException) e).isTransient());
    }
  }

  @Test
  void connect_toServerOfAnotherRoot_saysWhatIsTrusted() throws Exception {
    try (TestFederation other = TestFederation.serving("beta")) {
      ManagedChannel channel = as(other.node("site-1"));

      assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "test"))
          .isInstanceOf(CoordinatorCallException.class)
          .hasMessageContaining("its certificate is not trusted")
          .hasMessageContaining("only the root of its own federation");
    }
  }

  @Test
  void connect_underNameThatTheServerDoesNotHave_isRefused() throws Exception {
    try (TestFederation elsewhere = TestFederation.serving(
        "alpha", List.of("coordinator.example.org"), new TestServices.Handshake("alpha"))) {
      for (NettyChannelBuilder builder : List.of(
          TlsChannel.anonymous(TestFederation.HOST, elsewhere.port(), elsewhere.authority.root()),
          TlsChannel.pinned(
              TestFederation.HOST,
              elsewhere.port(),
              FederationTrust.fingerprint(elsewhere.authority.root())))) {
        ManagedChannel channel = open(builder);
        assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "test"))
            .isInstanceOf(CoordinatorCallException.class)
            .hasMessageContaining("its certificate is not trusted");
      }
    }
  }

  /** With the same name, JSSE offers the certificate, and the server refuses it after the client's handshake is over. */
  @Test
  void call_withCertificateOfAnotherRootOfTheSameName_isExplained() throws Exception {
    try (TestFederation other = TestFederation.serving("alpha")) {
      ManagedChannel channel = open(TlsChannel.mutual(
          TestFederation.HOST,
          federation.port(),
          other.node("site-1"),
          federation.authority.root()));

      assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "test"))
          .isInstanceOf(CoordinatorCallException.class)
          .hasMessageContaining("certificate")
          .extracting(e -> ((CoordinatorCallException) e).code())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  /** With another name, JSSE does not offer the certificate at all. */
  @Test
  void call_withCertificateOfAnotherFederation_isUnauthenticated() throws Exception {
    try (TestFederation other = TestFederation.serving("beta")) {
      ManagedChannel channel = open(TlsChannel.mutual(
          TestFederation.HOST,
          federation.port(),
          other.node("site-1"),
          federation.authority.root()));

      assertFails(() -> fetchManifest(channel), ErrorReason.CERTIFICATE_REQUIRED);
    }
  }

  /** A server's key is for serving: exact key usages keep a stolen one from calling as a member. */
  @Test
  void call_withServerCertificate_isRefused() {
    ManagedChannel channel =
        as(federation.authority.issueServer(List.of(TestFederation.HOST), Duration.ofDays(1)));

    assertThatThrownBy(() -> fetchManifest(channel)).isInstanceOf(StatusRuntimeException.class);
    assertThat(caller).hasValue("");
  }

  /** A node's key is for calling: it must not convince another node that it is the coordinator. */
  @Test
  void connect_toServerWithNodeCertificate_isRefused() throws Exception {
    var builder = TlsServer.listeningOn(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        federation.node("mallory"),
        new TrafficMeter());
    var server = builder.addService(new TestServices.Handshake("alpha")).build().start();
    try {
      ManagedChannel channel = open(TlsChannel.pinned(
          TestFederation.HOST,
          server.getPort(),
          FederationTrust.fingerprint(federation.authority.root())));
      assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "test"))
          .isInstanceOf(CoordinatorCallException.class)
          .hasMessageContaining("its certificate is not trusted");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void call_withExpiredCertificate_isRefused() throws Exception {
    KeyPair keys = CertificateRequest.generateKeyPair(new SecureRandom());
    // Valid from five minutes ago until two minutes ago.
    CertifiedKey expired = new CertifiedKey(
        keys.getPrivate(),
        federation.authority.issueNode(
            new NodeId("site-1"), CertificateRequest.create(keys), Duration.ofMinutes(-2)));
    ManagedChannel channel = as(expired);

    assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "test"))
        .isInstanceOf(CoordinatorCallException.class)
        .hasMessageContaining("certificate");
  }

  @Test
  void connect_withoutTls_getsNothing() {
    ManagedChannel channel = open(
        NettyChannelBuilder.forAddress(TestFederation.HOST, federation.port()).usePlaintext());

    assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "test"))
        .isInstanceOf(CoordinatorCallException.class);
  }

  @Test
  void connect_whereNobodyListens_saysWhereAndIsTransient() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    ManagedChannel channel =
        open(TlsChannel.anonymous(TestFederation.HOST, port, federation.authority.root()));

    assertThatThrownBy(() -> VersionHandshake.hello(channel, "0.1", "test"))
        .isInstanceOf(CoordinatorCallException.class)
        .hasMessageContaining("it cannot be reached")
        .matches(e -> ((CoordinatorCallException) e).isTransient());
  }

  @Test
  void call_withMessageOverTheCap_isRefused() {
    ManagedChannel channel = anonymous();

    assertThatThrownBy(() -> {
          var unused = HandshakeGrpc.newBlockingStub(channel)
              .hello(HelloRequest.newBuilder()
                  .setSoftware("x".repeat(TlsServer.MAX_MESSAGE_BYTES))
                  .build());
        })
        .isInstanceOf(StatusRuntimeException.class)
        .satisfies(e -> assertThat(((StatusRuntimeException) e).getStatus().getCode())
            .isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
  }

  @Test
  void meter_ofCalls_countsMessagesAndFrames() {
    HelloRequest request =
        HelloRequest.newBuilder().setProtocol(2).setSoftware("0.1").build();
    var response = HandshakeGrpc.newBlockingStub(anonymous()).hello(request);

    assertThat(federation.meter.bytesReceived()).isEqualTo(request.getSerializedSize() + 5);
    assertThat(federation.meter.bytesSent()).isEqualTo(response.getSerializedSize() + 5);
  }

  @Test
  void unsafeIdentity_onItsOwnServer_isBelieved() throws Exception {
    var server = TlsServer.guarded(
            NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            UnsafeInProcessIdentity.believed(),
            new TrafficMeter())
        .addService(new TestServices.Federation(() -> caller.set(TestServices.callerUri())))
        .build()
        .start();
    try {
      var node =
          new dev.retort.identity.PeerIdentity.Node(new FederationName("sim"), new NodeId("n-17"));
      ManagedChannel channel =
          open(NettyChannelBuilder.forAddress(TestFederation.HOST, server.getPort())
              .usePlaintext()
              .intercept(UnsafeInProcessIdentity.assertedBy(node)));
      ManagedChannel silent = open(
          NettyChannelBuilder.forAddress(TestFederation.HOST, server.getPort()).usePlaintext());

      fetchManifest(channel);

      assertThat(caller).hasValue("retort://sim/node/n-17");
      assertFails(() -> fetchManifest(silent), ErrorReason.CERTIFICATE_REQUIRED);
    } finally {
      server.shutdownNow();
    }
  }

  /** On a TLS server the asserted identity is a header like any other. */
  @Test
  void unsafeIdentity_onTlsServer_countsForNothing() {
    var node = new dev.retort.identity.PeerIdentity.Node(
        new FederationName("alpha"), new NodeId("site-1"));
    ManagedChannel channel = open(
        TlsChannel.anonymous(TestFederation.HOST, federation.port(), federation.authority.root())
            .intercept(UnsafeInProcessIdentity.assertedBy(node)));

    assertFails(() -> fetchManifest(channel), ErrorReason.CERTIFICATE_REQUIRED);
  }
}
