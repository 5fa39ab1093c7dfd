package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.retort.data.ByteSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.SampleShape;
import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.CertificateRequest;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationRoot;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.NodeId;
import dev.retort.learn.LearnEngine;
import dev.retort.ledger.PolicyConflictException;
import dev.retort.node.Node;
import dev.retort.node.NodeConfig;
import dev.retort.node.NodeHome;
import dev.retort.node.NodeParts;
import dev.retort.node.Plans;
import dev.retort.plan.StudyPlan;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.wire.TlsServer;
import dev.retort.wire.TrafficMeter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node from its home directory, over mutual TLS. */
@Timeout(120)
class NodeOverTlsTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SampleShape SHAPE = SampleShape.image(1, 4, 4);

  @TempDir
  Path directory;

  private final ExecutorService work = Executors.newSingleThreadExecutor();
  private final CertificateAuthority authority = FederationRoot.create(
          new FederationName(FakeCoordinator.FEDERATION), Clock.systemUTC(), RANDOM)
      .issueAuthority(Clock.systemUTC(), RANDOM);
  private final FakeCoordinator coordinator;

  NodeOverTlsTest() throws IOException {
    coordinator = new FakeCoordinator(
        TlsServer.listeningOn(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            authority.issueServer(List.of("127.0.0.1"), Duration.ofDays(1)),
            new TrafficMeter()),
        images(20, 1),
        8);
  }

  private static ByteSamples images(int count, long seed) {
    byte[] values = new byte[count * SHAPE.size()];
    SplittableRandom random = new SplittableRandom(seed);
    random.nextBytes(values);
    return new ByteSamples(SHAPE, values);
  }

  private NodeHome join(String approve, double epsilon) throws Exception {
    NodeHome home = new NodeHome(directory);
    if (!Files.exists(home.config())) {
      KeyDirectory keys = KeyDirectory.create(directory, RANDOM);
      KeyPair tls = CertificateRequest.generateKeyPair(RANDOM);
      IdentityKey identity = IdentityKey.generate(RANDOM);
      coordinator.nodeKey = identity.publicKey();
      new NodeCredentials(
              new CertifiedKey(
                  tls.getPrivate(),
                  authority.issueNode(
                      new NodeId("ward-7"), CertificateRequest.create(tls), Duration.ofDays(1))),
              identity,
              coordinator.key.publicKey())
          .writeTo(keys);
      try (OutputStream images = Files.newOutputStream(directory.resolve("x.idx"));
          OutputStream labels = Files.newOutputStream(directory.resolve("y.idx"))) {
        IdxFile.writeImages(images(30, 2), images);
        IdxFile.writeLabels(new SplittableRandom(3).ints(30, 0, 2).toArray(), labels);
      }
    }
    Files.writeString(home.config(), """
        coordinator: 127.0.0.1:%d
        data: { kind: images, images: x.idx, labels: y.idx }
        privacyUnit: patient
        policy: { budget: { epsilon: %s, delta: 1e-6 }, approve: ["%s"] }
        """.formatted(coordinator.port(), epsilon, approve));
    return home;
  }

  private Node open(NodeHome home) throws Exception {
    NodeParts parts = Node.parts(home, NodeConfig.read(home, List.of()), "0.1.0-test", RANDOM);
    return Node.open(parts, LearnEngine.start(1), work, InstantSource.system());
  }

  private NodeEvent next(Predicate<NodeEvent> kind) throws InterruptedException {
    while (true) {
      NodeEvent event = coordinator.events.poll(60, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("the node said nothing more");
      }
      if (kind.test(event)) {
        return event;
      }
    }
  }

  @AfterEach
  void stop() {
    coordinator.close();
    work.shutdownNow();
  }

  @Test
  void node_fromItsHome_labelsOverMutualTls() throws Exception {
    StudyPlan plan = Plans.plan(coordinator.manifest.ref(), 2, 20, 10);
    try (Node node = open(join(Plans.digest(plan).hex(), 8))) {
      node.start();
      next(NodeEvent::hasReady);
      coordinator.offer("s-1", plan);
      next(NodeEvent::hasTeachersReady);
      coordinator.ask("s-1", 0, 20);
      await().until(() -> !coordinator.blocks.isEmpty());
    }
    assertThat(coordinator.block(0).count()).isEqualTo(20);
    assertThat(directory).isDirectoryContaining(file -> file.endsWith("ledger.db"));
  }

  @Test
  void open_otherBudgetThanTheLedgerRecords_isRefused() throws Exception {
    String nothing = "0".repeat(64);
    open(join(nothing, 8)).close();
    assertThatThrownBy(() -> open(join(nothing, 9))).isInstanceOf(PolicyConflictException.class);
    open(join(nothing, 8)).close();
  }

  @Test
  void parts_homeThatHasNotJoined_saysHowToJoin() throws Exception {
    NodeHome home = new NodeHome(directory);
    KeyDirectory.create(directory, RANDOM);
    Files.writeString(home.config(), """
        coordinator: 127.0.0.1:1
        data: { kind: images, images: x.idx, labels: y.idx }
        policy: { budget: { epsilon: 1, delta: 1e-6 } }
        """);
    NodeConfig config = NodeConfig.read(home, List.of());
    assertThatThrownBy(() -> Node.parts(home, config, "0.1.0-test", RANDOM))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("retort node join");
  }

  @Test
  void furtherKeys_ofAnotherFederation_holdTheSameIdentity() throws Exception {
    NodeHome home = join("sha256:" + "0".repeat(64), 8);
    byte[] identity =
        KeyDirectory.open(directory, RANDOM).readOrCreateIdentityKey().publicKey();
    FederationName south = new FederationName("south");
    assertThat(home.furtherKeys(south, RANDOM).readOrCreateIdentityKey().publicKey())
        .isEqualTo(identity);
    assertThat(home.furtherKeys(south, RANDOM).directory())
        .isEqualTo(directory.resolve("federations").resolve("south").resolve("keys"));
    assertThatThrownBy(
            () -> home.furtherKeys(new FederationName(FakeCoordinator.FEDERATION), RANDOM))
        .hasMessageContaining("has joined federation test already");
  }

  @Test
  void parts_federationThatWasNotJoined_saysSo() throws Exception {
    NodeHome home = join("sha256:" + "0".repeat(64), 8);
    NodeConfig config = NodeConfig.read(home, List.of("alsoServe.south=127.0.0.1:1"));
    assertThatThrownBy(() -> Node.parts(home, config, "0.1.0-test", RANDOM))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("south");
    var unused = home.furtherKeys(new FederationName("south"), RANDOM);
    assertThatThrownBy(() -> Node.parts(home, config, "0.1.0-test", RANDOM))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("retort node join");
  }

  @Test
  void parts_credentialsOfAnotherFederation_areRefused() throws Exception {
    NodeHome home = join("sha256:" + "0".repeat(64), 8);
    KeyDirectory first = KeyDirectory.open(directory, RANDOM);
    NodeCredentials.read(first).writeTo(home.furtherKeys(new FederationName("south"), RANDOM));
    NodeConfig config = NodeConfig.read(home, List.of("alsoServe.south=127.0.0.1:1"));
    assertThatThrownBy(() -> Node.parts(home, config, "0.1.0-test", RANDOM))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must be of federation south: test");
  }
}
