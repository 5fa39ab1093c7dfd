package dev.retort.testkit;

import static org.awaitility.Awaitility.await;

import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.CoordinatorServer;
import dev.retort.coordinator.enroll.FederationKeys;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlStudyStore;
import dev.retort.coordinator.store.SqlSumStore;
import dev.retort.coordinator.study.StoredBlock;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.data.TableSchema;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.JoinToken;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyPassphrase;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.NodeId;
import dev.retort.learn.LearnEngine;
import dev.retort.node.Node;
import dev.retort.node.NodeConfig;
import dev.retort.node.NodeHome;
import dev.retort.node.NodeParts;
import dev.retort.node.session.SessionSettings;
import dev.retort.proto.v1.CreateStudyRequest;
import dev.retort.proto.v1.CreateStudyResponse;
import dev.retort.proto.v1.InviteRequest;
import dev.retort.proto.v1.ListNodesRequest;
import dev.retort.proto.v1.NodeStatus;
import dev.retort.proto.v1.NodeSummary;
import dev.retort.proto.v1.OperatorGrpc;
import dev.retort.proto.v1.StudyStatus;
import dev.retort.proto.v1.WatchStudyRequest;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferImport;
import dev.retort.wire.EnrollmentClient;
import dev.retort.wire.TlsChannel;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A federation in a directory: a real coordinator on loopback over TLS, and real nodes that enrol with tokens. Its
 * coordinator can be stopped and started again on the same port.
 */
final class TestFederation implements AutoCloseable {

  /** How long anything may take on a loaded machine. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String SOFTWARE = "test";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path root;
  private final FederationName name;
  private final LearnEngine engine = LearnEngine.start(1);
  private final List<Node> nodes = new ArrayList<>();
  private final ExecutorService work = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "node-work");
    thread.setDaemon(true);
    return thread;
  });

  private @Nullable CoordinatorServer server;
  private @Nullable ManagedChannel operator;
  private int port;

  private TestFederation(Path root, FederationName name) {
    this.root = root;
    this.name = name;
  }

  /** Founds a federation and starts its coordinator. */
  static TestFederation found(Path root) throws Exception {
    return found(root, "testing");
  }

  static TestFederation found(Path root, String name) throws Exception {
    TestFederation federation = new TestFederation(root, new FederationName(name));
    KeyDirectory keys = KeyDirectory.create(federation.coordinatorHome(), RANDOM);
    var unused = FederationKeys.found(keys, federation.name, Clock.systemUTC(), RANDOM)
        .writeOperator(keys, new NodeId("operator"), Duration.ofDays(1));
    federation.startCoordinator();
    return federation;
  }

  Path coordinatorHome() {
    return root.resolve("coordinator");
  }

  /** What the coordinator remembers as a witness. */
  Path witness() {
    return CoordinatorCore.witness(coordinatorHome());
  }

  void startCoordinator() throws Exception {
    CoordinatorServer started = CoordinatorServer.start(
        coordinatorHome(),
        KeyPassphrase.none(),
        new CoordinatorConfig(
            name.value(), "127.0.0.1:" + port, List.of("localhost", "127.0.0.1"), "cpu", 1),
        SOFTWARE,
        Clock.systemUTC(),
        RANDOM);
    server = started;
    port = started.port();
    operator = TlsChannel.mutual(
            "localhost",
            port,
            FederationKeys.operator(KeyDirectory.open(coordinatorHome(), RANDOM)))
        .build();
  }

  void stopCoordinator() {
    if (operator != null) {
      operator.shutdownNow();
    }
    if (server != null) {
      server.close();
    }
    server = null;
    operator = null;
  }

  /** The coordinator's port, the same after a restart. */
  int port() {
    return port;
  }

  /** Imports public pictures; returns the reference that a study names. */
  String importPictures(Pictures pictures) throws Exception {
    ChunkStore chunks = ChunkStore.open(CoordinatorCore.transfer(coordinatorHome()));
    return published(
        chunks, TransferImport.all("pictures", "CC0").samples(pictures.samples(), null, chunks));
  }

  /** Imports a public table; returns the reference that a study names. */
  String importTable(Path csv, TableSchema schema) throws Exception {
    ChunkStore chunks = ChunkStore.open(CoordinatorCore.transfer(coordinatorHome()));
    return published(chunks, TransferImport.all("table", "CC0").table(csv, schema, chunks));
  }

  private String published(ChunkStore chunks, Manifest manifest) throws Exception {
    var identity = FederationKeys.open(
            KeyDirectory.open(coordinatorHome(), RANDOM), name, Clock.systemUTC(), RANDOM)
        .identity();
    chunks.putManifest(SignedManifest.sign(manifest, identity.publicKey(), identity::sign));
    return manifest.ref().toString();
  }

  /**
   * Enrols a node, with pictures of its own.
   *
   * @param dial the port it dials, the coordinator's or a proxy's
   * @param budget the epsilon that its records may spend in all
   * @param approve the plans it takes part in: the word any, or a list
   */
  NodeHome enrol(String node, int dial, Pictures own, String budget, String approve)
      throws Exception {
    NodeHome home = new NodeHome(Files.createDirectories(root.resolve(node)));
    join(node, KeyDirectory.create(home.root(), RANDOM));
    own.write(home.root().resolve("images.idx"), home.root().resolve("labels.idx"));
    Files.writeString(home.config(), """
        coordinator: 'localhost:%d'
        data: { kind: images, images: images.idx, labels: labels.idx }
        lineage: pictures
        policy: { budget: { epsilon: %s, delta: 1.0e-5 }, approve: %s }
        trainingThreads: 1
        """.formatted(dial, budget, approve));
    return home;
  }

  /** A node that can pay and takes part in everything. */
  NodeHome enrol(String node, Pictures own) throws Exception {
    return enrol(node, port, own, "200", "any");
  }

  /** A node that can pay and takes part in everything, over {@code records.csv} in its home, yet to be written. */
  NodeHome enrolTable(String node) throws Exception {
    NodeHome home = new NodeHome(Files.createDirectories(root.resolve(node)));
    join(node, KeyDirectory.create(home.root(), RANDOM));
    Files.writeString(home.config(), """
        coordinator: 'localhost:%d'
        data: { kind: table, file: records.csv }
        lineage: records
        policy: { budget: { epsilon: 200, delta: 1.0e-5 }, approve: any }
        trainingThreads: 1
        """.formatted(port));
    return home;
  }

  /** Has sites know each other's keys, so that they sum together. */
  static void introduce(NodeHome... homes) throws IOException {
    StringBuilder keys = new StringBuilder("# The sites of a test.\n");
    for (NodeHome home : homes) {
      NodeCredentials credentials = NodeCredentials.read(home.keys(RANDOM));
      keys.append(VerifierKey.ofLog(IdentitySigner.of(credentials.node(), credentials.identity())))
          .append('\n');
    }
    for (NodeHome home : homes) {
      Files.writeString(home.root().resolve("peers.keys"), keys);
    }
  }

  /** The secure sums of a study; the coordinator must be stopped. */
  List<SummedBlock> sums(String studyId) {
    try (Database database = Database.open(CoordinatorCore.database(coordinatorHome()))) {
      return new SqlSumStore(database.jdbi()).sums(studyId);
    }
  }

  /** Enrols a node of another federation in this one too. */
  void enrolAlso(String node, NodeHome home) throws Exception {
    join(node, home.furtherKeys(name, RANDOM));
  }

  private void join(String node, KeyDirectory keys) throws Exception {
    JoinToken token = JoinToken.parse(stub()
        .invite(
            InviteRequest.newBuilder().setNodeId(node).setLifetimeSeconds(600).build())
        .getToken());
    var unused = new EnrollmentClient(SOFTWARE, Clock.systemUTC(), RANDOM)
        .enroll(token, "localhost", port, keys);
  }

  /** Opens an enrolled node in this process and lets it dial. */
  Node start(NodeHome home) throws Exception {
    return start(home, SessionSettings.standard());
  }

  Node start(NodeHome home, SessionSettings settings) throws Exception {
    NodeParts parts = Node.parts(home, NodeConfig.read(home, List.of()), SOFTWARE, RANDOM);
    Node node = Node.open(parts.withSettings(settings), engine, work, InstantSource.system());
    nodes.add(node);
    node.start();
    return node;
  }

  /** Creates a study; returns its id. */
  String create(String yaml) {
    CreateStudyResponse response =
        stub().createStudy(CreateStudyRequest.newBuilder().setStudyFile(yaml).build());
    if (response.hasRefused()) {
      throw new AssertionError(response.getRefused().getMessage());
    }
    return response.getCreated().getStudyId();
  }

  StudyStatus status(String studyId) {
    return stub()
        .watchStudy(WatchStudyRequest.newBuilder().setStudyId(studyId).build())
        .next();
  }

  NodeStatus status(String studyId, String node) {
    return status(studyId).getNodesList().stream()
        .filter(status -> status.getNodeId().equals(node))
        .findFirst()
        .orElseThrow();
  }

  boolean connected(String node) {
    return stub().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
        .filter(NodeSummary::getConnected)
        .anyMatch(summary -> summary.getNodeId().equals(node));
  }

  /** The identity key by which the coordinator knows a node. */
  byte[] identityKey(String node) {
    return stub().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
        .filter(summary -> summary.getNodeId().equals(node))
        .map(summary -> summary.getIdentityKey().toByteArray())
        .findFirst()
        .orElseThrow();
  }

  /** Waits until a node stands where it is wanted in a study. */
  void awaitNode(String studyId, String node, Predicate<NodeStatus.Phase> wanted) {
    await().atMost(PATIENCE).until(() -> wanted.test(status(studyId, node).getPhase()));
  }

  /** Waits for a study's end, which must be a student. */
  StudyStatus awaitFinished(String studyId) {
    await().atMost(PATIENCE).until(() -> {
      StudyStatus.State state = status(studyId).getState();
      return state == StudyStatus.State.STATE_FINISHED || state == StudyStatus.State.STATE_FAILED;
    });
    StudyStatus ended = status(studyId);
    if (ended.getState() != StudyStatus.State.STATE_FINISHED) {
      throw new AssertionError(ended.toString());
    }
    return ended;
  }

  /** Where a study's student lies. */
  Path artefacts(String studyId) {
    return CoordinatorCore.studies(coordinatorHome()).resolve(studyId);
  }

  /** The study in the store; the coordinator must be stopped. */
  Study study(String studyId) {
    try (Database database = Database.open(CoordinatorCore.database(coordinatorHome()))) {
      return new SqlStudyStore(database.jdbi()).find(studyId).orElseThrow();
    }
  }

  /** The stored blocks of a study; the coordinator must be stopped. */
  List<StoredBlock> blocks(String studyId) {
    List<StoredBlock> blocks = new ArrayList<>();
    try (Database database = Database.open(CoordinatorCore.database(coordinatorHome()))) {
      new SqlStudyStore(database.jdbi()).forEachBlock(studyId, blocks::add);
    }
    return blocks;
  }

  private OperatorGrpc.OperatorBlockingStub stub() {
    ManagedChannel open = operator;
    if (open == null) {
      throw new IllegalStateException("the coordinator must be running");
    }
    return OperatorGrpc.newBlockingStub(open).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  void stopNodes() {
    nodes.forEach(Node::close);
    nodes.clear();
  }

  @Override
  public void close() throws IOException {
    stopNodes();
    stopCoordinator();
    work.shutdownNow();
  }
}
