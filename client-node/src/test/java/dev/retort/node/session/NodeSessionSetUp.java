package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleShape;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.learn.LearnEngine;
import dev.retort.node.Node;
import dev.retort.node.NodeParts;
import dev.retort.node.Plans;
import dev.retort.node.policy.Approval;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.release.ReleasePace;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.SiteRecords;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.noise.NoiseKey;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.transfer.ChunkStore;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node in this process, and a coordinator of which the test is the master. */
@Timeout(120)
abstract class NodeSessionSetUp {

  // So many classes that a block of 256 KiB holds 16 samples: 40 samples are blocks of 16, 16, 8.
  static final int CLASSES = 4096;
  static final int SAMPLES = 40;
  static final int SIGMA = 1000;
  static final SampleShape SHAPE = SampleShape.row(2);
  static final SessionSettings QUICK = new SessionSettings(
      Duration.ofSeconds(30),
      Duration.ofSeconds(60),
      Duration.ofMillis(20),
      Duration.ofMillis(100),
      3);
  static final ApproxDp PLENTY = new ApproxDp(8, 1e-6);

  static final PeerIdentity.Node SITE =
      new PeerIdentity.Node(new FederationName(FakeCoordinator.FEDERATION), new NodeId("site-1"));

  @TempDir
  Path home;

  final String name = "coordinator-" + System.identityHashCode(this);
  final ExecutorService work = Executors.newSingleThreadExecutor();
  final IdentityKey identity = IdentityKey.generate(new SecureRandom());
  final NoiseKey noise = new NoiseKey(secret(1));
  final ShardKey shards = new ShardKey(secret(2));
  final List<AnswerTable> trained = new ArrayList<>();

  SiteRecords records = SiteRecords.held(PrivateTable.ofRows(records(60)));
  ApproxDp budget = PLENTY;
  Approval approval = new Approval.Any();
  CountDownLatch mayTrain = new CountDownLatch(0);
  FakeCoordinator coordinator;
  StudyPlan plan;

  @Nullable
  Node node;

  NodeSessionSetUp() throws Exception {
    coordinator = new FakeCoordinator(InProcessServerBuilder.forName(name), samples(SAMPLES), 8);
    coordinator.nodeKey = identity.publicKey();
    plan = Plans.plan(coordinator.manifest.ref(), CLASSES, SAMPLES, SIGMA);
  }

  static byte[] secret(int fill) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) fill);
    return secret;
  }

  static FloatSamples samples(int count) {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[count * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return new FloatSamples(SHAPE, values);
  }

  static LabelledSamples records(int count) {
    FloatSamples samples = samples(count);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 3;
    }
    return new LabelledSamples(samples, labels, CLASSES);
  }

  Node open() throws Exception {
    NodeParts parts = new NodeParts(
        new Uplink(
            SITE,
            () -> InProcessChannelBuilder.forName(name).build(),
            "in-process",
            new Uplink.PublicKey(coordinator.key.publicKey()),
            "0.1.0-test"),
        new NodeParts.Secrets(identity, noise, shards),
        new NodeParts.Stores(
            home.resolve("ledger.db"),
            ChunkStore.open(home.resolve("transfer")),
            home.resolve("studies")),
        records,
        "main",
        new SitePolicy("patient", approval, budget, null),
        new ReleasePace(Duration.ofMillis(5), true),
        null,
        QUICK,
        (studyId, ensemble, input, votes) -> {
          trained.add(votes);
          try {
            mayTrain.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return Node.open(parts, LearnEngine.start(1), work, InstantSource.system());
  }

  void start() throws Exception {
    node = open();
    node.start();
    next(NodeEvent::hasReady);
  }

  void stop() {
    if (node != null) {
      node.close();
      node = null;
    }
  }

  /** The next event of a kind; others before it are dropped. */
  NodeEvent next(Predicate<NodeEvent> kind) throws InterruptedException {
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

  void train(String studyId) throws InterruptedException {
    coordinator.offer(studyId, plan);
    NodeEvent answer = next(NodeEvent::hasOfferAnswer);
    assertThat(answer.getOfferAnswer().getAccepted().getTeachers()).isEqualTo(3);
    assertThat(next(NodeEvent::hasTeachersReady).getTeachersReady().getStudyId())
        .isEqualTo(studyId);
  }

  void ask(String studyId, int blocks) {
    int before = coordinator.blocks.size();
    coordinator.ask(studyId, 0, SAMPLES);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> coordinator.blocks.size() >= before + blocks);
  }

  @BeforeEach
  void checkBlocks() {
    assertThat(SAMPLES).isEqualTo(16 + 16 + 8);
  }

  @AfterEach
  void stopAll() {
    mayTrain.countDown();
    stop();
    coordinator.close();
    work.shutdownNow();
  }

  Node openNode() {
    Node current = node;
    if (current == null) {
      throw new AssertionError("no node is open");
    }
    return current;
  }
}
