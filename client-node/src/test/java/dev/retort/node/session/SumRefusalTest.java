package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleShape;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.learn.LearnEngine;
import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.merkle.Digest;
import dev.retort.node.Node;
import dev.retort.node.NodeParts;
import dev.retort.node.Plans;
import dev.retort.node.policy.Approval;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.release.ReleasePace;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.SiteRecords;
import dev.retort.node.teacher.UnsafeTeacherTap;
import dev.retort.noise.NoiseKey;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.secagg.AggregationCoordinator;
import dev.retort.secagg.CoordinatorAction.Send;
import dev.retort.secagg.CoordinatorJournal;
import dev.retort.secagg.Octets;
import dev.retort.secagg.SessionProposal;
import dev.retort.secagg.SessionProposal.RosterEntry;
import dev.retort.secagg.VerifyingKey;
import dev.retort.transfer.ChunkStore;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that a coordinator wants to sum with on other terms than were approved, or tells two things. */
final class SumRefusalTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SampleShape SHAPE = SampleShape.row(2);

  private final String name = "coordinator-" + System.identityHashCode(this);
  private final ExecutorService work = Executors.newSingleThreadExecutor();
  private final IdentityKey identity = IdentityKey.generate(RANDOM);
  private final Set<VerifyingKey> peers =
      Stream.generate(SumRefusalTest::key).limit(2).collect(Collectors.toUnmodifiableSet());
  private final long soon = InstantSource.system().instant().getEpochSecond() + 3600;
  private final FakeCoordinator coordinator;
  private final StudyPlan plan;

  @TempDir
  private Path home;

  @SuppressWarnings("NullAway.Init") // Made by start().
  private Node node;

  SumRefusalTest() throws Exception {
    coordinator = new FakeCoordinator(
        InProcessServerBuilder.forName(name), new FloatSamples(SHAPE, new float[32]), 8);
    coordinator.nodeKey = identity.publicKey();
    plan = Plans.plan(
        coordinator.manifest.ref(),
        3,
        16,
        50,
        "privacy.aggregation=secure",
        "cohort.minimum=3",
        "cohort.colluders=1");
  }

  private static VerifyingKey key() {
    return VerifyingKey.of(IdentityKey.generate(RANDOM).publicKey());
  }

  @BeforeEach
  void start() throws Exception {
    node = Node.open(
        new NodeParts(
            new Uplink(
                new PeerIdentity.Node(
                    new FederationName(FakeCoordinator.FEDERATION), new NodeId("site-a")),
                () -> InProcessChannelBuilder.forName(name).build(),
                "in-process",
                new Uplink.PublicKey(coordinator.key.publicKey()),
                "0.1.0-test"),
            new NodeParts.Secrets(identity, new NoiseKey(new byte[32]), new ShardKey(new byte[32])),
            new NodeParts.Stores(
                home.resolve("ledger.db"),
                ChunkStore.open(home.resolve("transfer")),
                home.resolve("studies")),
            SiteRecords.held(PrivateTable.ofRows(new LabelledSamples(
                new FloatSamples(SHAPE, new float[12]), new int[] {0, 1, 2, 0, 1, 2}, 3))),
            "main",
            new SitePolicy("patient", new Approval.Any(), new ApproxDp(100, 1e-6), null)
                .withPeers(peers),
            ReleasePace.unobserved(),
            null,
            SessionSettings.standard(),
            UnsafeTeacherTap.none()),
        LearnEngine.start(1),
        work,
        InstantSource.system());
    node.start();
    next(NodeEvent::hasReady);
    coordinator.offer("s", plan);
    next(NodeEvent::hasTeachersReady);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
    coordinator.close();
    work.shutdownNow();
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

  /** Sends the proposal of a session over the approved plan, but for what is said. */
  private void propose(Octets session, Digest task, long expires) throws Exception {
    List<RosterEntry> roster = new ArrayList<>();
    roster.add(new RosterEntry(VerifyingKey.of(identity.publicKey()), task));
    peers.forEach(peer -> roster.add(new RosterEntry(peer, task)));
    SessionProposal proposal = new SessionProposal(
        session,
        expires,
        task,
        SecureSums.noise(plan),
        SecureSums.sums(plan, 3),
        SecureSums.terms(plan),
        SessionProposal.inOrder(roster));
    CoordinatorJournal nowhere = new CoordinatorJournal() {
      @Override
      public void append(Octets record) {}

      @Override
      public List<Octets> records() {
        return List.of();
      }
    };
    IdentitySigner signer = IdentitySigner.ofCoordinator(
        new FederationName(FakeCoordinator.FEDERATION), coordinator.key);
    Send first =
        (Send) new AggregationCoordinator(signer, proposal, nowhere).resume().get(0);
    coordinator.sumFrame("s", first.frame().encode().bytes());
  }

  private static Octets session() {
    byte[] session = new byte[32];
    RANDOM.nextBytes(session);
    return Octets.of(session);
  }

  private SumRefuse refusal() throws Exception {
    node.close();
    assertThat(LedgerVerifier.verify(home.resolve("ledger.db")).findings()).isEmpty();
    return LedgerReader.entries(home.resolve("ledger.db")).stream()
        .filter(line -> line.entry() instanceof SumRefuse)
        .map(line -> (SumRefuse) line.entry())
        .reduce((a, b) -> {
          throw new AssertionError("one refusal was expected");
        })
        .orElseThrow();
  }

  @Test
  void propose_anotherTask_isRefusedAndWrittenDown() throws Exception {
    propose(session(), Digest.of(new byte[] {1}), soon);
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .isEqualTo("the site refuses to sum: UNKNOWN_TASK (code 10)");
    SumRefuse refusal = refusal();
    assertThat(refusal.reason()).isEqualTo("unknown_task");
    assertThat(refusal.campaign()).isEqualTo(Plans.digest(plan));
    assertThat(refusal.evidence()).hasSize(1);
  }

  @Test
  void propose_twoThingsInOneSession_isKeptAsProof() throws Exception {
    Octets session = session();
    propose(session, Plans.digest(plan), soon);
    assertThat(next(NodeEvent::hasSumFrame).getSumFrame().getStudyId()).isEqualTo("s");
    propose(session, Plans.digest(plan), soon + 1);
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .isEqualTo("the site refuses to sum: EQUIVOCATION (code 7)");
    SumRefuse refusal = refusal();
    assertThat(refusal.reason()).isEqualTo("equivocation");
    assertThat(refusal.session()).isEqualTo(Digest.ofBytes(session.bytes()));
    assertThat(refusal.evidence()).hasSize(2);
  }
}
