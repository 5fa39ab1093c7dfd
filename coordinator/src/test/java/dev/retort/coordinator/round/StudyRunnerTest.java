package dev.retort.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlStudyStore;
import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.StoreOutcome;
import dev.retort.coordinator.study.StoredBlock;
import dev.retort.coordinator.study.Studies;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyJournal;
import dev.retort.coordinator.study.StudyState;
import dev.retort.coordinator.study.StudyStore;
import dev.retort.coordinator.study.SubmittedBlock;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalEntry;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalFormat;
import dev.retort.journal.JournalSource;
import dev.retort.label.LabelBlock;
import dev.retort.ledger.ReleaseProof.Flaw;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyRounds;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.RecordCodec;
import dev.retort.transfer.SampleRange;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner over a real store. {@code view} waits its turn, so what it is told before is done when it answers. */
final class StudyRunnerTest {

  private static final Zcdp ASKED = new Zcdp(900);
  private static final Zcdp LEFT = new Zcdp(100);

  @TempDir
  private Path directory;

  private final Set<String> roster = new ConcurrentSkipListSet<>(Set.of("a", "b"));
  private final List<String> distilled = new CopyOnWriteArrayList<>();
  private final NodeLinks links = new NodeLinks();

  private volatile StudyDistillation distillation = (study, progress) -> distilled.add(study.id());

  // The last samples first, round by round.
  private volatile RoundPlanner planner = (study, round) -> {
    SampleRange range = StudyRounds.ranges(study.plan()).get(round);
    return new RoundInput.Selection(
        IntStream.range(0, range.count()).map(i -> (int) range.end() - 1 - i).toArray());
  };

  // First samples of blocks whose proofs do not hold.
  private final Set<Long> unproven = new ConcurrentSkipListSet<>();
  private Database database;
  private CoordinatorJournal journal;
  private JournalWitnesses witnesses;
  private StudyStore store;
  private StudyRunner runner;

  @BeforeEach
  void open() throws Exception {
    open(Duration.ZERO);
  }

  private void open(Duration after) throws Exception {
    database = Database.open(directory.resolve("coordinator.db"));
    store = new SqlStudyStore(database.jdbi());
    journal = Studies.journal(directory);
    witnesses = JournalWitnessesTest.of(journal, links);
    runner = runner(after);
  }

  /** A runner {@code after} the studies' creation. */
  private StudyRunner runner(Duration after) {
    Clock clock = Clock.fixed(Studies.CREATED.plus(after), ZoneOffset.UTC);
    return new StudyRunner(
        store,
        () -> new TreeSet<>(roster),
        links,
        (study, progress) -> distillation.distil(study, progress),
        (study, round) -> planner.plan(study, round),
        witnesses,
        Studies.parts(
            database,
            journal,
            (study, place, answer, proof) -> {
              if (unproven.contains(place.firstSample())) {
                throw new UnprovenReleaseException(Flaw.TREE, "no such tree");
              }
              return new ProvenRelease("retort/test/" + place.node(), 1, 2, 3, study.planDigest());
            },
            clock),
        clock);
  }

  @AfterEach
  void close() throws Exception {
    runner.close();
    witnesses.close();
    database.close();
    journal.close();
  }

  private void restart(Duration after) throws Exception {
    links.all().forEach(links::close);
    close();
    open(after);
    runner.start();
  }

  /** What the journal says, in order: type, node and place, and more. */
  private List<String> written() throws Exception {
    RecordCodec<JournalEntry> codec = new RecordCodec<>(new JournalFormat());
    List<String> lines = new ArrayList<>();
    try (LogFile file = LogFile.openToRead(directory.resolve(JournalSource.FILE))) {
      file.forEachEntry((seq, envelope) -> {
        try {
          lines.add(line(codec.decode(Envelope.parse(envelope).payload()).entry()));
        } catch (MalformedLogException e) {
          throw new AssertionError(e);
        }
      });
    }
    return lines;
  }

  private static String line(JournalEntry entry) {
    if (entry instanceof JournalEntry.Ask ask) {
      return "ask " + line(ask.place());
    } else if (entry instanceof JournalEntry.Receive receive) {
      return "receive " + line(receive.place()) + " by " + receive.release().origin();
    } else if (entry instanceof JournalEntry.Reject reject) {
      return "reject " + line(reject.place()) + " " + reject.reason();
    } else if (entry instanceof JournalEntry.Drop drop) {
      return "drop " + line(drop.place());
    }
    return entry.type() + " " + entry.study();
  }

  private static String line(JournalEntry.Place place) {
    return place.node() + " " + place.firstSample() + "+" + place.count();
  }

  private RecordingLink connect(String nodeId) {
    RecordingLink link = new RecordingLink(nodeId);
    runner.connected(link);
    return link;
  }

  private NodeState state(String studyId, String nodeId) {
    return runner.view(studyId).orElseThrow().nodes().stream()
        .filter(node -> node.nodeId().equals(nodeId))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private StudyState state(String studyId) {
    return runner.view(studyId).orElseThrow().study().state();
  }

  private StoreOutcome submit(String nodeId, String studyId, List<StoredBlock> blocks) {
    try {
      return runner.submit(nodeId, studyId, Studies.proven(blocks));
    } catch (LogUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  private void answer(String nodeId, String studyId) {
    if (links.of(nodeId).isEmpty()) {
      connect(nodeId);
    }
    runner.accepted(nodeId, studyId);
    runner.teachersReady(nodeId, studyId, 0);
    runner.view(studyId);
    assertThat(submit(nodeId, studyId, Studies.blocks(nodeId)))
        .isEqualTo(new StoreOutcome.Stored(3));
  }

  private void awaitState(String studyId, StudyState state) {
    await().untilAsserted(() -> assertThat(state(studyId)).isEqualTo(state));
  }

  @Test
  void create_connectedNodes_areOfferedTheStudy() throws Exception {
    RecordingLink a = connect("a");
    runner.create(Studies.collecting("s"));
    runner.view("s");
    assertThat(a.sent()).containsExactly("offer s");
  }

  @Test
  void connected_later_isOfferedEveryOpenStudy() throws Exception {
    runner.create(Studies.collecting("s"));
    runner.create(Studies.collecting("t"));
    RecordingLink a = connect("a");
    runner.view("s");
    assertThat(a.sent()).containsExactly("offer s", "offer t");
  }

  @Test
  void connected_again_supersedesTheOlderStreamAndIsOfferedAgain() throws Exception {
    runner.create(Studies.collecting("s"));
    RecordingLink older = connect("a");
    RecordingLink newer = connect("a");
    runner.view("s");
    assertThat(older.sent()).containsExactly("offer s", "superseded");
    assertThat(newer.sent()).containsExactly("offer s");
    runner.disconnected(older);
    runner.view("s");
    assertThat(links.of("a")).contains(newer);
  }

  @Test
  void connected_afterANodeEnded_isNotOfferedTheStudyAgain() throws Exception {
    runner.create(Studies.collecting("s"));
    runner.ended("a", "s", new NodeState.Declined("no"));
    RecordingLink a = connect("a");
    runner.view("s");
    assertThat(a.sent()).isEmpty();
  }

  @Test
  void teachersReady_asksForAllBlocksInOneRun() throws Exception {
    RecordingLink a = connect("a");
    runner.create(Studies.collecting("s"));
    runner.accepted("a", "s");
    runner.trained("a", "s", 2);
    assertThat(state("s", "a")).isEqualTo(new NodeState.Training(2));
    runner.teachersReady("a", "s", 0);
    assertThat(state("s", "a")).isEqualTo(new NodeState.Answering());
    assertThat(a.sent()).containsExactly("offer s", "request s 0 0+600");
  }

  @Test
  void trained_moreThanThePlanHas_isBounded() throws Exception {
    runner.create(Studies.collecting("s"));
    runner.accepted("a", "s");
    runner.trained("a", "s", Integer.MAX_VALUE);
    assertThat(state("s", "a")).isEqualTo(new NodeState.Training(3));
    runner.trained("a", "s", -5);
    assertThat(state("s", "a")).isEqualTo(new NodeState.Training(0));
  }

  @Test
  void everyNodeAnswered_closesDistilsAndFinishes() throws Exception {
    RecordingLink a = connect("a");
    runner.create(Studies.collecting("s"));
    answer("a", "s");
    assertThat(state("s", "a")).isEqualTo(new NodeState.Answered());
    assertThat(state("s")).isEqualTo(new StudyState.Collecting());
    answer("b", "s");
    awaitState("s", new StudyState.Finished());
    assertThat(distilled).containsExactly("s");
    assertThat(a.sent()).contains("close s");
    assertThat(store.find("s").orElseThrow().state()).isEqualTo(new StudyState.Finished());
  }

  @Test
  void start_afterRestart_asksOnlyForMissingBlocks() throws Exception {
    runner.create(Studies.collecting("s"));
    connect("a");
    runner.accepted("a", "s");
    runner.teachersReady("a", "s", 0);
    runner.view("s");
    // The middle one of three.
    submit("a", "s", Studies.blocks("a").subList(1, 2));
    restart(Duration.ZERO);
    RecordingLink a = connect("a");
    runner.accepted("a", "s");
    runner.teachersReady("a", "s", 0);
    runner.view("s");
    assertThat(a.sent()).containsExactly("offer s", "request s 0 0+256", "request s 0 512+88");
    submit("a", "s", Studies.blocks("a"));
    assertThat(state("s", "a")).isEqualTo(new NodeState.Answered());
  }

  @Test
  void start_allBlocksStoredAndTheStateNot_countsTheNodeAsAnswered() throws Exception {
    // As after a crash between the blocks and the node's state.
    Study study = Studies.collecting("s");
    store.insert(study);
    for (String node : List.of("a", "b")) {
      store.saveNodeState("s", node, new NodeState.Answering());
      store.storeBlocks("s", Studies.blocks(node));
    }
    runner.start();
    awaitState("s", new StudyState.Finished());
    assertThat(store.nodeStates("s").values()).containsOnly(new NodeState.Answered());
  }

  @Test
  void start_deadlinePassedMeanwhile_countsWhatIsStored() throws Exception {
    runner.create(Studies.collecting("s", "cohort.minimum=1"));
    answer("a", "s");
    runner.view("s");
    restart(Duration.ofHours(2));
    awaitState("s", new StudyState.Finished());
    assertThat(distilled).containsExactly("s");
  }

  @Test
  void deadline_minimumNotMet_failsWithTheReason() throws Exception {
    Study study = Studies.collecting("s", "cohort.minimum=2");
    runner.create(study);
    answer("a", "s");
    runner.view("s");
    restart(Duration.ofHours(1));
    awaitState(
        "s",
        new StudyState.Failed("1 of at least 2 nodes answered in full (cohort.minimum); see the"
            + " nodes' reasons"));
    assertThat(distilled).isEmpty();
    assertThat(store.find("s").orElseThrow().state()).isInstanceOf(StudyState.Failed.class);
  }

  @Test
  void deadline_whileRunning_closesTheStudy() throws Exception {
    RecordingLink a = connect("a");
    runner.create(Studies.collecting("s", "cohort.deadline=PT0.3S", "cohort.minimum=1"));
    await().until(() -> state("s").ended());
    assertThat(state("s")).isInstanceOf(StudyState.Failed.class);
    assertThat(a.sent()).containsExactly("offer s", "close s");
  }

  @Test
  void refusalAndDecline_areRecordedAndTheStudyGoesOn() throws Exception {
    roster.add("c");
    runner.create(Studies.collecting("s"));
    runner.ended("a", "s", new NodeState.Refused(NodeState.Refused.Limit.QUOTA, ASKED, LEFT));
    runner.ended("b", "s", new NodeState.Declined("the site has no such records"));
    assertThat(state("s")).isEqualTo(new StudyState.Collecting());
    answer("c", "s");
    awaitState("s", new StudyState.Finished());
    assertThat(state("s", "a"))
        .isEqualTo(new NodeState.Refused(NodeState.Refused.Limit.QUOTA, ASKED, LEFT));
    assertThat(state("s", "b")).isEqualTo(new NodeState.Declined("the site has no such records"));
  }

  @Test
  void nodeWhoseSiteHasNotApproved_keepsItsPlaceAndIsOfferedTheStudyAgain() throws Exception {
    runner.create(Studies.collecting("s"));
    answer("a", "s");
    runner.awaitsApproval("b", "s", "add the digest");
    assertThat(state("s", "b")).isEqualTo(new NodeState.AwaitingApproval("add the digest"));
    assertThat(state("s")).isEqualTo(new StudyState.Collecting());

    RecordingLink back = connect("b");
    assertThat(state("s", "b")).isEqualTo(new NodeState.AwaitingApproval("add the digest"));
    assertThat(back.sent()).containsExactly("offer s");
    answer("b", "s");
    awaitState("s", new StudyState.Finished());
    assertThat(state("s", "b")).isEqualTo(new NodeState.Answered());
  }

  @Test
  void everyNodeEndedWithoutAnAnswer_fails() throws Exception {
    runner.create(Studies.collecting("s"));
    runner.ended("a", "s", new NodeState.Declined("no"));
    runner.ended("b", "s", new NodeState.Abandoned("the disk is full"));
    assertThat(state("s")).isInstanceOf(StudyState.Failed.class);
  }

  @Test
  void ended_twice_keepsTheFirstReason() throws Exception {
    runner.create(Studies.collecting("s"));
    runner.ended("a", "s", new NodeState.Refused(NodeState.Refused.Limit.QUOTA, ASKED, LEFT));
    runner.ended("a", "s", new NodeState.Abandoned("later"));
    runner.teachersReady("a", "s", 0);
    assertThat(state("s", "a"))
        .isEqualTo(new NodeState.Refused(NodeState.Refused.Limit.QUOTA, ASKED, LEFT));
  }

  @Test
  void noNodeEnrolled_studyWaits() throws Exception {
    roster.clear();
    runner.create(Studies.collecting("s"));
    assertThat(state("s")).isEqualTo(new StudyState.Collecting());
    roster.add("late");
    RecordingLink late = connect("late");
    answer("late", "s");
    awaitState("s", new StudyState.Finished());
    assertThat(late.sent()).startsWith("offer s");
  }

  @Test
  void start_inDistilling_distilsAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    distillation = (study, progress) -> {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new StudyDistillation.DistillationFailedException("the coordinator was stopped", e);
      }
    };
    runner.create(Studies.collecting("s"));
    answer("a", "s");
    answer("b", "s");
    begun.await();
    restart(Duration.ofHours(5));
    // Stopping is no failure: the study goes on where it stood, however late it is.
    distillation = (study, progress) -> distilled.add(study.id());
    restart(Duration.ofHours(6));
    awaitState("s", new StudyState.Finished());
    assertThat(distilled).containsExactly("s");
  }

  @Test
  void distillation_failing_failsTheStudyWithItsReason() throws Exception {
    distillation = (study, progress) -> {
      throw new StudyDistillation.DistillationFailedException("test.csv: no such file");
    };
    runner.create(Studies.collecting("s"));
    answer("a", "s");
    answer("b", "s");
    awaitState("s", new StudyState.Failed("test.csv: no such file"));
  }

  @Test
  void distillation_breakingOff_tellsNoInternals() throws Exception {
    distillation = (study, progress) -> {
      throw new IllegalStateException("secret internals");
    };
    runner.create(Studies.collecting("s"));
    answer("a", "s");
    answer("b", "s");
    await().until(() -> state("s").ended());
    assertThat(state("s").toString()).doesNotContain("secret");
  }

  @Test
  void submit_afterTheStudyClosed_isTooLate() throws Exception {
    runner.create(Studies.collecting("s"));
    runner.ended("b", "s", new NodeState.Declined("no"));
    answer("a", "s");
    awaitState("s", new StudyState.Finished());
    assertThat(submit("b", "s", Studies.blocks("b"))).isEqualTo(new StoreOutcome.TooLate());
    assertThat(store.storedFirstSamples("s", "b")).isEmpty();
  }

  @Test
  void submit_unknownStudy_isTooLate() throws Exception {
    assertThat(submit("a", "nobody", Studies.blocks("a"))).isEqualTo(new StoreOutcome.TooLate());
  }

  @Test
  void submit_misfittingBlocks_areRejectedAndNothingOfTheSubmissionStored() throws Exception {
    runner.create(Studies.collecting("s"));
    StoredBlock good = Studies.block("a", Studies.ranges().get(0), 1);
    List<StoredBlock> misfits = List.of(
        // Another start, another length, beyond the end, another round, other classes.
        Studies.block("a", new SampleRange(1, 256), 1),
        Studies.block("a", new SampleRange(256, 255), 1),
        Studies.block("a", new SampleRange(512, 256), 1),
        Studies.block("a", new SampleRange(768, 256), 1),
        new StoredBlock("a", 1, good.block(), 1),
        new StoredBlock("a", 0, new LabelBlock(256, 256, 2, new int[512]), 1));
    for (StoredBlock misfit : misfits) {
      assertThat(submit("a", "s", List.of(good, misfit)))
          .as("%s", misfit)
          .isInstanceOfSatisfying(
              StoreOutcome.Rejected.class,
              rejected ->
                  assertThat(rejected.firstSample()).isEqualTo(misfit.block().firstSample()));
    }
    assertThat(store.storedFirstSamples("s", "a")).isEmpty();
  }

  @Test
  void submit_otherBytesForAStoredBlock_isRejected() throws Exception {
    runner.create(Studies.collecting("s"));
    SampleRange first = Studies.ranges().get(0);
    store.storeBlocks("s", List.of(Studies.block("a", first, 1)));
    assertThat(store.storeBlocks("s", List.of(Studies.block("a", first, 2))))
        .isInstanceOfSatisfying(
            StoreOutcome.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(StoreOutcome.Reason.CONTRADICTION));
  }

  @Test
  void submit_blockThatIsNotProven_isRejectedByNameWrittenDownAndNothingStored() throws Exception {
    runner.create(Studies.collecting("s"));
    List<StoredBlock> blocks = Studies.blocks("a");
    unproven.add(256L);
    assertThat(submit("a", "s", blocks))
        .isEqualTo(new StoreOutcome.Rejected(256, StoreOutcome.Reason.PROOF_TREE, "no such tree"));
    unproven.clear();
    assertThat(runner.submit(
            "a",
            "s",
            List.of(new SubmittedBlock(
                blocks.get(2), new SubmittedBlock.Proof.Lacking(Flaw.MISSING, "none")))))
        .isEqualTo(new StoreOutcome.Rejected(512, StoreOutcome.Reason.PROOF_MISSING, "none"));
    assertThat(store.storedFirstSamples("s", "a")).isEmpty();
    assertThat(written())
        .containsExactly(
            "study-open s", "reject a 256+256 proof-tree", "reject a 512+88 proof-missing");
  }

  @Test
  void submit_journalThatCannotBeWritten_storesNothing() throws Exception {
    runner.create(Studies.collecting("s"));
    connect("a");
    runner.teachersReady("a", "s", 0);
    runner.view("s");
    journal.close();
    assertThatThrownBy(() -> runner.submit("a", "s", Studies.proven(Studies.blocks("a"))))
        .isInstanceOf(LogUnavailableException.class);
    assertThat(store.storedFirstSamples("s", "a")).isEmpty();
  }

  @Test
  void create_journalThatCannotBeWritten_createsNothing() throws Exception {
    journal.close();
    assertThatThrownBy(() -> runner.create(Studies.collecting("s")))
        .isInstanceOf(LogUnavailableException.class);
    assertThat(store.find("s")).isEmpty();
  }

  @Test
  void study_isWrittenDownStepByStep() throws Exception {
    roster.remove("b");
    runner.create(Studies.collecting("s"));
    answer("a", "s");
    awaitState("s", new StudyState.Finished());
    assertThat(written())
        .containsExactly(
            "study-open s",
            "ask a 0+600",
            "receive a 0+256 by retort/test/a",
            "receive a 256+256 by retort/test/a",
            "receive a 512+88 by retort/test/a");
  }

  @Test
  void study_thatFails_isWrittenDownAtTheEndOrAtTheNextStart() throws Exception {
    runner.create(Studies.collecting("s"));
    runner.create(Studies.collecting("t"));
    for (String node : List.of("a", "b")) {
      runner.ended(node, "s", new NodeState.Declined("no"));
    }
    assertThat(state("s")).isInstanceOf(StudyState.Failed.class);
    assertThat(written()).containsExactly("study-open s", "study-open t", "study-fail s");
    journal.close();
    for (String node : List.of("a", "b")) {
      runner.ended(node, "t", new NodeState.Declined("no"));
    }
    assertThat(state("t")).isInstanceOf(StudyState.Failed.class);
    restart(Duration.ZERO);
    assertThat(written())
        .containsExactly("study-open s", "study-open t", "study-fail s", "study-fail t");
  }

  @Test
  void submit_sameBlocksAgain_areWrittenDownOnce() throws Exception {
    runner.create(Studies.collecting("s"));
    answer("a", "s");
    List<String> once = written();
    answer("a", "s");
    assertThat(written()).isEqualTo(once);
  }

  @Test
  void submit_unaskedBlocks_areRejected() throws Exception {
    runner.create(Studies.collecting("s"));
    assertThat(submit("a", "s", Studies.blocks("a")))
        .isEqualTo(new StoreOutcome.Rejected(
            0, StoreOutcome.Reason.MISFIT, "labels must have been asked for"));
    assertThat(store.storedFirstSamples("s", "a")).isEmpty();
  }

  @Test
  void submit_otherLabelsThanWereWrittenDown_areRejectedThoughACrashLostTheFirst()
      throws Exception {
    runner.create(Studies.collecting("s"));
    connect("a");
    runner.teachersReady("a", "s", 0);
    runner.view("s");
    SampleRange first = Studies.ranges().get(0);
    // As after a crash between the journal and the store.
    new StudyJournal(journal)
        .received(
            Studies.collecting("s"),
            Studies.block("a", first, 1),
            new ProvenRelease("retort/test/a", 1, 2, 3, Studies.collecting("s").planDigest()));
    assertThat(submit("a", "s", List.of(Studies.block("a", first, 2))))
        .isInstanceOfSatisfying(
            StoreOutcome.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(StoreOutcome.Reason.CONTRADICTION));
    assertThat(submit("a", "s", List.of(Studies.block("a", first, 1))))
        .isEqualTo(new StoreOutcome.Stored(1));
  }

  @Test
  void submit_refusedAgainAndAgain_growsTheJournalAHundredTimes() throws Exception {
    runner.create(Studies.collecting("s"));
    for (int value = 0; value < 120; value++) {
      submit("a", "s", List.of(Studies.block("a", Studies.ranges().get(0), value)));
    }
    assertThat(written()).hasSize(101).contains("reject a 0+256 misfit");
  }

  @Test
  void watch_seesTheStudyNowAndAtItsEnd() throws Exception {
    List<StudyView> views = new CopyOnWriteArrayList<>();
    runner.create(Studies.collecting("s"));
    runner.watch("s", views::add);
    runner.view("s");
    answer("a", "s");
    answer("b", "s");
    await()
        .until(() ->
            !views.isEmpty() && views.get(views.size() - 1).study().state().ended());
    List<StudyState> states = new ArrayList<>();
    views.forEach(view -> states.add(view.study().state()));
    assertThat(states).startsWith(new StudyState.Collecting()).endsWith(new StudyState.Finished());
    assertThat(views.get(views.size() - 1).nodes())
        .allSatisfy(node -> assertThat(node.samplesLabelled()).isEqualTo(Studies.LIMIT));
  }

  private static Study inRounds(String id) {
    return Studies.collecting(id, "queries.plan=active", "queries.rounds=2");
  }

  /** The blocks of one round of {@link #inRounds}. */
  private List<StoredBlock> ofRound(String nodeId, int round) {
    Study study = inRounds("any");
    return StudyPlans.blocks(study.plan()).stream()
        .filter(range -> StudyRounds.roundOf(study.plan(), range.first()) == round)
        .map(range -> Studies.block(nodeId, range, (int) range.first() + 1))
        .toList();
  }

  private void answerRound(RecordingLink link, String studyId, int round) {
    String opened = "round " + studyId + " " + round;
    await().until(() -> link.sent().contains(opened));
    runner.teachersReady(link.nodeId(), studyId, round);
    runner.view(studyId);
    assertThat(submit(link.nodeId(), studyId, ofRound(link.nodeId(), round)))
        .isEqualTo(new StoreOutcome.Stored(2));
    runner.view(studyId);
  }

  @Test
  void rounds_eachIsOpenedWhenTheOneBeforeIsAnsweredByAll() throws Exception {
    RecordingLink a = connect("a");
    RecordingLink b = connect("b");
    runner.create(inRounds("s"));
    runner.accepted("a", "s");
    runner.accepted("b", "s");
    answerRound(a, "s", 0);
    // What is ready for another round than the open one is not asked for.
    runner.teachersReady("a", "s", 1);
    runner.view("s");
    assertThat(a.sent()).containsExactly("offer s", "round s 0", "request s 0 0+300");
    answerRound(b, "s", 0);
    answerRound(a, "s", 1);
    assertThat(state("s", "a")).isEqualTo(new NodeState.Answered());
    assertThat(state("s")).isEqualTo(new StudyState.Collecting());
    answerRound(b, "s", 1);
    awaitState("s", new StudyState.Finished());
    assertThat(b.sent())
        .containsExactly(
            "offer s",
            "round s 0",
            "request s 0 0+300",
            "round s 1",
            "request s 0 300+300",
            "close s");
    assertThat(store.rounds("s"))
        .extracting(opened -> ((RoundInput.Selection) RoundInput.parse(
                inRounds("s").plan(), opened.round(), 1000, opened.input().bytes()))
            .samples()[0])
        .containsExactly(299, 599);
  }

  @Test
  void rounds_restartBetween_goOnWithWhatWasOpened() throws Exception {
    RecordingLink a = connect("a");
    roster.remove("b");
    runner.create(inRounds("s"));
    runner.accepted("a", "s");
    answerRound(a, "s", 0);
    await().until(() -> store.rounds("s").size() == 2);
    List<OpenedRound> before = store.rounds("s");
    planner = (study, round) -> {
      throw new IllegalStateException("both rounds were opened before");
    };
    restart(Duration.ofMinutes(5));
    RecordingLink again = connect("a");
    runner.view("s");
    // Rounds that are over too: the node may have answers to repeat.
    assertThat(again.sent()).containsExactly("offer s", "round s 0", "round s 1");
    answerRound(again, "s", 1);
    awaitState("s", new StudyState.Finished());
    assertThat(store.rounds("s")).isEqualTo(before);
  }

  @Test
  void rounds_deadlineOfOne_leavesOutWhoIsLateAndGoesOn() throws Exception {
    Study study =
        Studies.collecting("s", "queries.plan=active", "queries.rounds=2", "cohort.deadline=PT2S");
    RecordingLink a = connect("a");
    RecordingLink b = connect("b");
    runner.create(study);
    runner.accepted("a", "s");
    answerRound(a, "s", 0);
    answerRound(a, "s", 1);
    awaitState("s", new StudyState.Finished());
    assertThat(state("s", "b"))
        .isEqualTo(new NodeState.Abandoned("no answers to round 1 before cohort.deadline"));
    assertThat(b.sent()).contains("close s");
  }

  @Test
  void rounds_thatCannotBeOpened_endTheStudyWithAReason() throws Exception {
    planner = (study, round) -> {
      throw new StudyDistillation.DistillationFailedException("the transfer set is gone");
    };
    RecordingLink a = connect("a");
    runner.create(inRounds("s"));
    awaitState("s", new StudyState.Failed("the transfer set is gone"));
    assertThat(a.sent()).endsWith("close s");
  }
}
