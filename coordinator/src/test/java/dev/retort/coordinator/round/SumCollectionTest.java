package dev.retort.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlStudyStore;
import dev.retort.coordinator.store.SqlSumStore;
import dev.retort.coordinator.study.Studies;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyJournal;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.ledger.EntryProof;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.Flaw;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.noise.AesCtrRandom;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyPlans;
import dev.retort.secagg.AggregationNode;
import dev.retort.secagg.AggregationSite;
import dev.retort.secagg.CohortPolicy;
import dev.retort.secagg.Frame;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.Lanes;
import dev.retort.secagg.MalformedMessageException;
import dev.retort.secagg.MessageType;
import dev.retort.secagg.NodeAction;
import dev.retort.secagg.NodeAction.Joined;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.NodeAction.ValuesWanted;
import dev.retort.secagg.Octets;
import dev.retort.secagg.SessionMemory;
import dev.retort.secagg.VerifyingKey;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.SampleRange;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collection with the real protocol at both ends, and time that passes when the test says so. */
final class SumCollectionTest {

  private static final Clock CLOCK = Clock.fixed(Studies.CREATED, ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final IdentitySigner COORDINATOR =
      new IdentitySigner("coordinator", IdentityKey.generate(RANDOM));

  private static final EntryProof NOTHING =
      new EntryProof(0, Envelope.sign(new byte[0], COORDINATOR), List.of());
  private static final ReleaseProof RELEASE = new ReleaseProof(NOTHING, NOTHING, 1);

  @TempDir
  private Path directory;

  private final Map<String, TestNode> nodes = new LinkedHashMap<>();
  private final NodeLinks links = new NodeLinks();
  private final Deque<Runnable> timers = new ArrayDeque<>();
  private final Deque<Runnable> messages = new ArrayDeque<>();
  private final List<String> events = new ArrayList<>();
  private final Set<String> unproven = new HashSet<>();
  private final Set<String> silent = new HashSet<>();

  private Study study = Studies.collecting("s");
  private Database database;
  private CoordinatorJournal journal;

  @SuppressWarnings("NullAway.Init") // Made by begin().
  private SumCollection collection;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(directory.resolve("coordinator.db"));
    journal = Studies.journal(directory);
  }

  @AfterEach
  void close() throws Exception {
    database.close();
    journal.close();
  }

  private void begin(String cohort) throws Exception {
    study = Studies.collecting("s", "privacy.aggregation=secure", cohort);
    new SqlStudyStore(database.jdbi()).insert(study);
    new StudyJournal(journal).opened(study);
    for (int i = 0; i < study.plan().cohort().minimum(); i++) {
      TestNode node = new TestNode("site-" + (char) ('a' + i));
      nodes.put(node.nodeId(), node);
      links.open(node);
    }
    nodes.values().forEach(TestNode::start);
    collection = collection();
    collection.begin(nodes.keySet());
    deliver();
  }

  private SumCollection collection() {
    return new SumCollection(
        study,
        new CollectionParts(
            new SqlSumStore(database.jdbi()),
            node -> Optional.ofNullable(nodes.get(node)).map(one -> one.identity.publicKey()),
            COORDINATOR,
            (asked, place, answer, proof) -> {
              if (unproven.contains(place.node())) {
                throw new UnprovenReleaseException(Flaw.TREE, "no such tree");
              }
              return new ProvenRelease("retort/test/" + place.node(), 1, 2, 3, asked.planDigest());
            },
            new StudyJournal(journal),
            RANDOM,
            CLOCK,
            CollectionParts.USUAL_PATIENCE),
        links,
        (delay, action) -> timers.add(action),
        new SumCollection.Listener() {
          @Override
          public void summed(SummedBlock block, boolean isLast) {
            events.add("summed " + isLast);
          }

          @Override
          public void interrupted() {
            events.add("interrupted");
          }

          @Override
          public void failed(String reason) {
            events.add("failed: " + reason);
          }
        });
  }

  /** Delivers messages until there are none. */
  private void deliver() {
    while (!messages.isEmpty()) {
      messages.poll().run();
    }
  }

  /** Lets every timer run out that was set so far, and again, since messages came while the first ones ran. */
  private void runOutOfPatience() {
    for (int i = 0; i < 2; i++) {
      List<Runnable> due = new ArrayList<>(timers);
      timers.clear();
      due.forEach(Runnable::run);
      deliver();
    }
  }

  private SampleRange block() {
    return StudyPlans.blocks(study.plan()).get(0);
  }

  /** What the sums must be: the node at index i answers i + 1 everywhere. */
  private void assertSumOf(String... survivors) {
    SummedBlock block = collection.done().get(0);
    assertThat(block.nodes()).containsExactlyInAnyOrder(survivors);
    long expected =
        Arrays.stream(survivors).mapToLong(node -> node.charAt(5) - 'a' + 1).sum();
    assertThat(Arrays.stream(block.sums()).boxed().collect(Collectors.toSet()))
        .containsExactly(expected);
    assertThat(block.sums()).hasSize(Studies.LIMIT * Studies.CLASSES);
    long sigma = study.plan().privacy().sigma();
    assertThat(block.variance()).isEqualTo(survivors.length * sigma * sigma);
    assertThat(new SqlSumStore(database.jdbi()).sums("s")).containsExactly(block);
  }

  @Test
  void begin_allAnswer_theSumIsExactAndTheSessionForgotten() throws Exception {
    begin("cohort.minimum=3");
    assertThat(events).containsExactly("summed true");
    assertSumOf("site-a", "site-b", "site-c");
    assertThat(new SqlSumStore(database.jdbi()).session("s")).isEmpty();
    assertThat(collection.isRunning()).isFalse();
  }

  @Test
  void upload_oneVanishesWhereOneMay_theOthersAreSummed() throws Exception {
    nodesAreSilentAfterTheOpening("site-b");
    begin("cohort={ minimum: 5, maxExcluded: 1, colluders: 1, deadline: PT1H }");
    assertThat(events).isEmpty();
    runOutOfPatience();
    assertThat(events).containsExactly("summed true");
    assertSumOf("site-a", "site-c", "site-d", "site-e");
  }

  @Test
  void upload_unprovenRelease_isNotTaken() throws Exception {
    unproven.add("site-c");
    begin("cohort={ minimum: 5, maxExcluded: 1, colluders: 1, deadline: PT1H }");
    runOutOfPatience();
    assertSumOf("site-a", "site-b", "site-d", "site-e");
  }

  @Test
  void upload_moreVanishThanMay_theSessionIsInterruptedAndANewOneSums() throws Exception {
    nodesAreSilentAfterTheOpening("site-b");
    begin("cohort.minimum=3");
    runOutOfPatience();
    assertThat(events).containsExactly("interrupted");
    assertThat(collection.isRunning()).isFalse();
    silent.clear();
    collection.begin(nodes.keySet());
    deliver();
    assertThat(events).containsExactly("interrupted", "summed true");
    assertSumOf("site-a", "site-b", "site-c");
  }

  @Test
  void begin_nothingEverComes_isGivenUp() throws Exception {
    nodesAreSilentAfterTheOpening("site-b");
    begin("cohort.minimum=3");
    for (int attempt = 0; attempt < 6; attempt++) {
      runOutOfPatience();
      collection.begin(nodes.keySet());
      deliver();
    }
    assertThat(events.get(events.size() - 1))
        .startsWith("failed: no secure sum came about in 5 attempts");
  }

  @Test
  void resume_afterACrashInTheMiddle_theSameSessionSums() throws Exception {
    nodesAreSilentAfterTheOpening("site-b");
    begin("cohort.minimum=3");
    assertThat(new SqlSumStore(database.jdbi()).session("s")).isPresent();
    timers.clear();
    silent.clear();
    collection = collection();
    collection.resume();
    assertThat(collection.isRunning()).isTrue();
    // Vectors were in memory alone: they come again, byte by byte.
    nodes.keySet().forEach(node -> {
      collection.connected(node);
      deliver();
    });
    assertThat(events).containsExactly("summed true");
    assertSumOf("site-a", "site-b", "site-c");
    assertThat(nodes.values()).allMatch(node -> node.answers == 1);
  }

  private void nodesAreSilentAfterTheOpening(String... ids) {
    silent.addAll(List.of(ids));
  }

  private static final class Remembered implements SessionMemory {

    private final Set<Octets> sessions = new HashSet<>();
    private final Set<Digest> batches = new HashSet<>();

    @Override
    public boolean enter(Octets session) {
      return sessions.add(session);
    }

    @Override
    public boolean isReleased(Digest batch) {
      return batches.contains(batch);
    }

    @Override
    public void release(Digest batch) {
      batches.add(batch);
    }
  }

  /** A node with the real protocol, which answers its number everywhere, without noise. */
  private final class TestNode extends RecordingLink {

    private final IdentityKey identity = IdentityKey.generate(RANDOM);
    private final SessionMemory memory = new Remembered();
    private Octets proposal = Octets.of(new byte[0]);

    @SuppressWarnings("NullAway.Init") // Made by start().
    private AggregationNode member;

    private boolean isReady;
    private int answers;

    TestNode(String id) {
      super(id);
    }

    void start() {
      Set<VerifyingKey> known = nodes.values().stream()
          .map(node -> VerifyingKey.of(node.identity.publicKey()))
          .collect(Collectors.toSet());
      member = new AggregationNode(new AggregationSite(
          new IdentitySigner(nodeId(), identity),
          VerifyingKey.of(COORDINATOR.publicKey()),
          new CohortPolicy(
              3,
              study.plan().cohort().colluders(),
              study.plan().cohort().maxExcluded(),
              SecureSums.wholeSigma(study.plan()),
              study.planDigest(),
              SecureSums.noise(study.plan()),
              known),
          memory,
          AesCtrRandom.fromOperatingSystem(),
          CLOCK));
    }

    @Override
    public void sumFrame(String studyId, Octets frame) {
      messages.add(() -> {
        try {
          Frame parsed = Frame.parse(frame);
          if (parsed instanceof SignedFrame signed
              && signed.message().type() == MessageType.SESSION_PROPOSAL
              && !signed.message().body().equals(proposal)) {
            proposal = signed.message().body();
            isReady = false;
            start();
          }
          act(member.receive(parsed));
        } catch (MalformedMessageException | IOException e) {
          throw new AssertionError(e);
        }
      });
    }

    @Override
    public void requestSum(String studyId, int segment, SampleRange range) {
      messages.add(() -> {
        if (!isReady) {
          isReady = true;
          act(member.ready(segment, SecureSums.batch(study.planDigest(), range)));
        }
      });
    }

    private void act(List<NodeAction> actions) {
      for (NodeAction action : actions) {
        if (action instanceof Send send) {
          if (send.frame() instanceof Frame.Chunk chunk && chunk.index() == 0) {
            show();
          }
          messages.add(() -> collection.frame(nodeId(), send.frame().encode()));
        } else if (action instanceof Joined) {
          act(member.deal());
        } else if (action instanceof ValuesWanted wanted && !silent.contains(nodeId())) {
          answer(wanted);
        }
      }
    }

    private void show() {
      messages.add(() -> {
        try {
          collection.shown(
              new Place(nodeId(), 0, block().first(), block().count()),
              study.planDigest(),
              RELEASE);
        } catch (UnprovenReleaseException e) {
          assertThat(unproven).contains(nodeId());
        } catch (LogUnavailableException e) {
          throw new AssertionError(e);
        }
      });
    }

    private void answer(ValuesWanted wanted) {
      answers++;
      int[] values = new int[wanted.lanes()];
      Arrays.fill(values, nodeId().charAt(5) - 'a' + 1);
      act(member.supply(
          wanted.segment(),
          Lanes.of(wanted.width(), values),
          study.plan().privacy().sigma()));
    }
  }
}
