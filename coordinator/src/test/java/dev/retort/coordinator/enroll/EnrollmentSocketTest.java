package dev.retort.coordinator.enroll;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.FederationName;
import dev.retort.identity.JoinToken;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyFileException;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.proto.v1.BeginEnrollmentRequest;
import dev.retort.proto.v1.EnrollRequest;
import dev.retort.proto.v1.EnrollmentGrpc;
import dev.retort.proto.v1.EnrollmentRefused.Reason;
import dev.retort.proto.v1.HandshakeGrpc;
import dev.retort.proto.v1.HelloRequest;
import dev.retort.wire.AlreadyEnrolledException;
import dev.retort.wire.CoordinatorCallException;
import dev.retort.wire.EnrollmentClient;
import dev.retort.wire.EnrollmentRefusedException;
import dev.retort.wire.ErrorReason;
import dev.retort.wire.IncompatibleProtocolException;
import dev.retort.wire.ProtocolRange;
import dev.retort.wire.TlsChannel;
import dev.retort.wire.TlsServer;
import dev.retort.wire.TrafficMeter;
import dev.retort.wire.VersionHandshake;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and joining nodes, over TLS on loopback. */
final class EnrollmentSocketTest {

  private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final FederationName FED = new FederationName("oncology");
  private static final NodeId SITE = new NodeId("site-1");

  /** Certificates must be good for the platform's clock too, which TLS reads. */
  private final SettableClock clock = new SettableClock(Instant.now());

  private final EnrollmentClient client =
      new EnrollmentClient("0.1.0-test", Clock.systemUTC(), RANDOM);

  @TempDir
  private Path directory;

  private FederationKeys federation;
  private SqlEnrollmentStore store;
  private Invitations invitations;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    KeyDirectory keys = KeyDirectory.create(directory.resolve("coordinator"), RANDOM);
    FederationKeys.found(keys, FED, clock, RANDOM);
    federation = FederationKeys.open(keys, FED, clock, RANDOM);
    store = new SqlEnrollmentStore(Databases.sqlite(directory));
    invitations = new Invitations(store, federation.authority().root(), clock, RANDOM);
    server = serve(ProtocolRange.CURRENT, new AtomicInteger());
  }

  /** A server that, at first, drops so many answers to Enroll on the way to the node. */
  private Server serve(ProtocolRange protocols, AtomicInteger answersToLose) throws IOException {
    CertificateAuthority authority = federation.authority();
    return TlsServer.listeningOn(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            authority.issueServer(List.of(HOST), CertificateAuthority.LEAF_LIFE),
            new TrafficMeter())
        .intercept(new AnswerLoss(answersToLose))
        .addService(new EnrollmentService(
            new Enrollment(store, authority, CertificateAuthority.LEAF_LIFE, clock, RANDOM),
            FED,
            federation.identity().publicKey()))
        .addService(new HandshakeService(FED, protocols, "0.1.0"))
        .build()
        .start();
  }

  private record AnswerLoss(AtomicInteger left) implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      boolean enroll = call.getMethodDescriptor().equals(EnrollmentGrpc.getEnrollMethod());
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(R message) {
              if (enroll && left.getAndDecrement() > 0) {
                throw new IllegalStateException("the answer is lost");
              }
              super.sendMessage(message);
            }
          },
          headers);
    }
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private JoinToken invite() {
    return ((Invitations.Outcome.Issued) invitations.invite(SITE, Invitations.DEFAULT_LIFETIME))
        .token();
  }

  private KeyDirectory home(String name) throws IOException {
    return KeyDirectory.create(directory.resolve(name), RANDOM);
  }

  private NodeCredentials join(JoinToken token, KeyDirectory keys) throws Exception {
    return client.enroll(token, HOST, server.getPort(), keys);
  }

  private void assertRefused(JoinToken token, KeyDirectory keys, Reason reason) throws IOException {
    List<String> before = files(keys);
    assertThatThrownBy(() -> join(token, keys))
        .isInstanceOfSatisfying(
            EnrollmentRefusedException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    assertThat(files(keys)).isEqualTo(before);
  }

  private static List<String> files(KeyDirectory keys) throws IOException {
    try (Stream<Path> files = Files.list(keys.directory())) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void enroll_withToken_keepsCredentialsThatOpenTheDoor() throws Exception {
    KeyDirectory keys = home("node");

    NodeCredentials joined = join(JoinToken.parse(invite().format()), keys);

    NodeCredentials kept =
        NodeCredentials.read(KeyDirectory.open(directory.resolve("node"), RANDOM));
    assertThat(kept.node()).isEqualTo(new PeerIdentity.Node(FED, SITE)).isEqualTo(joined.node());
    assertThat(kept.coordinatorIdentityKey()).isEqualTo(federation.identity().publicKey());
    assertThat(requireNonNull(store.node(SITE)).identityKey())
        .isEqualTo(kept.identity().publicKey());
    assertThat(files(keys))
        .containsExactly("coordinator-identity.pub", "identity.key", "node.p12", "password");
    ManagedChannel channel =
        TlsChannel.mutual(HOST, server.getPort(), kept.tls()).build();
    assertThat(VersionHandshake.hello(channel, "0.1", "test")).isEqualTo(FED);
    channel.shutdownNow();
  }

  @Test
  void enroll_twiceWithOneToken_isRefusedAndStoresStayAsTheyWere() throws Exception {
    JoinToken token = invite();
    NodeCredentials first = join(token, home("first"));

    assertRefused(token, home("second"), Reason.REASON_TOKEN_USED);

    assertThat(store.nodes()).hasSize(1);
    assertThat(requireNonNull(store.node(SITE)).identityKey())
        .isEqualTo(first.identity().publicKey());
    assertThatThrownBy(() -> NodeCredentials.read(home("second")))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("retort node join TOKEN");
  }

  @Test
  void enroll_fromHomeThatHasJoined_isRefusedBeforeAnyCall() throws Exception {
    KeyDirectory keys = home("node");
    join(invite(), keys);
    int port = server.getPort();
    server.shutdownNow();

    assertThatThrownBy(() -> client.enroll(
            JoinToken.create(SITE, federation.authority().root(), RANDOM), HOST, port, keys))
        .isInstanceOf(AlreadyEnrolledException.class)
        .hasMessageContaining("retort://oncology/node/site-1");
  }

  @Test
  void enroll_withWrongSecretFiveTimes_revokesTheToken() throws Exception {
    JoinToken token = invite();
    JoinToken wrong = JoinToken.create(SITE, federation.authority().root(), RANDOM);
    KeyDirectory keys = home("node");
    for (int i = 0; i < 5; i++) {
      assertRefused(wrong, keys, Reason.REASON_TOKEN_UNKNOWN);
    }

    assertRefused(token, keys, Reason.REASON_TOKEN_REVOKED);
    assertThat(store.nodes()).isEmpty();
  }

  @Test
  void enroll_withExpiredToken_isRefused() throws Exception {
    JoinToken token = invite();
    clock.advance(Duration.ofHours(24));

    assertRefused(token, home("node"), Reason.REASON_TOKEN_EXPIRED);
  }

  @Test
  void enroll_withTokenOfAnotherFederation_isRefusedByTheFingerprint() throws Exception {
    KeyDirectory otherKeys = home("other-coordinator");
    FederationKeys other = FederationKeys.found(otherKeys, FED, clock, RANDOM);
    JoinToken foreign = JoinToken.create(SITE, other.authority().root(), RANDOM);
    invite();
    KeyDirectory keys = home("node");

    assertThatThrownBy(() -> join(foreign, keys))
        .isInstanceOf(CoordinatorCallException.class)
        .hasMessageContaining("another federation's server")
        .hasMessageContaining("ask for a new join token");

    assertThat(files(keys)).containsExactly("password");
    assertThat(requireNonNull(store.token(SITE)).failures()).isZero();
  }

  @Test
  void enroll_withCoordinatorOfOtherProtocol_saysWhomToUpgrade() throws Exception {
    server.shutdownNow();
    server = serve(new ProtocolRange(3, 4), new AtomicInteger());
    KeyDirectory keys = home("node");

    assertThatThrownBy(() -> join(invite(), keys))
        .isInstanceOf(IncompatibleProtocolException.class)
        .hasMessage(
            "this program speaks protocol 2, the coordinator 3 to 4: upgrade this node's software to that"
                + " of the coordinator, 0.1.0");

    assertThat(files(keys)).containsExactly("password");
  }

  /** The coordinator has granted, and the node has not heard: the same home may ask again, another may not. */
  @Test
  void enroll_afterALostAnswer_worksAgainFromTheSameHomeOnly() throws Exception {
    server.shutdownNow();
    server = serve(ProtocolRange.CURRENT, new AtomicInteger(1));
    JoinToken token = invite();
    KeyDirectory keys = home("node");
    assertThatThrownBy(() -> join(token, keys))
        .isInstanceOf(CoordinatorCallException.class)
        .extracting(e -> ((CoordinatorCallException) e).reason())
        .isEqualTo(ErrorReason.INTERNAL);
    assertThat(NodeCredentials.existIn(keys)).isFalse();
    assertThat(files(keys)).containsExactly("password", "pending-join.key");
    assertThat(store.nodes()).hasSize(1);

    assertRefused(token, home("thief"), Reason.REASON_TOKEN_USED);
    NodeCredentials joined = join(token, keys);

    assertThat(requireNonNull(store.node(SITE)).identityKey())
        .isEqualTo(joined.identity().publicKey());
    assertThat(files(keys)).doesNotContain("pending-join.key");
  }

  @Test
  void enroll_fromTwoHomesAtOnce_succeedsInExactlyOne() throws Exception {
    JoinToken token = invite();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    int granted = 0;
    try {
      List<Callable<Boolean>> joins =
          Stream.of("a", "b", "c", "d").map(name -> joining(token, name)).toList();
      for (Future<Boolean> each : threads.invokeAll(joins)) {
        granted += each.get() ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(granted).isEqualTo(1);
    assertThat(store.nodes()).hasSize(1);
  }

  private Callable<Boolean> joining(JoinToken token, String name) {
    return () -> {
      try {
        join(token, home(name));
        return true;
      } catch (EnrollmentRefusedException e) {
        assertThat(e.reason()).isEqualTo(Reason.REASON_TOKEN_USED);
        return false;
      }
    };
  }

  @Test
  void service_ofMalformedFields_namesTheField() {
    ManagedChannel channel = TlsChannel.anonymous(
            HOST, server.getPort(), federation.authority().root())
        .build();
    var stub = EnrollmentGrpc.newBlockingStub(channel);

    assertInvalid(
        () -> stub.beginEnrollment(
            BeginEnrollmentRequest.newBuilder().setNodeId("No Body").build()),
        "node id must be");
    assertInvalid(
        () -> stub.enroll(EnrollRequest.newBuilder().setNodeId("a").build()),
        "nonce must be 32 bytes: 0");
    assertInvalid(
        () -> HandshakeGrpc.newBlockingStub(channel)
            .hello(HelloRequest.newBuilder().setSoftware("x".repeat(65)).build()),
        "software must be at most 64 characters: 65");
    channel.shutdownNow();
  }

  private static void assertInvalid(Callable<?> call, String message) {
    StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call::call);
    assertThat(ErrorReason.of(error)).isEqualTo(ErrorReason.INVALID_FIELD);
    assertThat(error.getStatus().getDescription()).startsWith(message);
  }

  @Test
  void federationKeys_ofAnotherNameOrTwice_areRefused() throws IOException {
    KeyDirectory keys = KeyDirectory.open(directory.resolve("coordinator"), RANDOM);

    assertThatThrownBy(() -> FederationKeys.open(keys, new FederationName("other"), clock, RANDOM))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must be of federation other");
    assertThatThrownBy(() -> FederationKeys.found(keys, FED, clock, RANDOM))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> FederationKeys.operator(keys)).isInstanceOf(IOException.class);
    federation.writeOperator(keys, new NodeId("ada"), Duration.ofDays(1));
    assertThat(FederationKeys.operator(keys).chain()).hasSize(3);
  }
}
