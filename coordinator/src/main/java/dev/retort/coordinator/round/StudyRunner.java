package dev.retort.coordinator.round;

import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.StoreOutcome;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyJournal;
import dev.retort.coordinator.study.StudyState;
import dev.retort.coordinator.study.StudyStore;
import dev.retort.coordinator.study.SubmittedBlock;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyRounds;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.SampleRange;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every live study: offers it to each node that connects, asks for the labels it lacks, and hands it to the
 * {@link StudyDistillation} when every enrolled node has ended or the deadline has passed. All decisions are taken on one
 * thread, in the order in which events arrive; what they rest on is in the store, so that a restarted runner goes on
 * where the last one stood. Safe for use by several threads.
 */
public final class StudyRunner implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StudyRunner.class);

  private final StudyStore store;
  private final NodeRoster roster;
  private final NodeLinks links;
  private final StudyDistillation distillation;
  private final StudyJournal journal;
  private final JournalWitnesses witnesses;
  private final LabelIntake intake;
  private final SumRounds sums;
  private final RoundTurns rounds;
  private final Clock clock;
  private final RunnerDesk desk = new RunnerDesk();
  private final ExecutorService distiller = RunnerDesk.thread("distiller");
  private final Map<String, StudyProgress> live = new LinkedHashMap<>();
  private final StudyWatchers watchers = new StudyWatchers(desk::later);

  /**
   * Wires the runner; nothing runs before {@link #start()}.
   *
   * @param planner decides what rounds ask, on the thread that distils
   * @param witnesses are shown the journal
   * @param parts what answers are collected with
   */
  public StudyRunner(
      StudyStore store,
      NodeRoster roster,
      NodeLinks links,
      StudyDistillation distillation,
      RoundPlanner planner,
      JournalWitnesses witnesses,
      CollectionParts parts,
      Clock clock) {
    this.store = store;
    this.roster = roster;
    this.links = links;
    this.distillation = distillation;
    this.journal = parts.journal();
    this.witnesses = witnesses;
    this.intake = new LabelIntake(store, parts.releases(), parts.journal());
    this.clock = clock;
    this.sums = new SumRounds(parts, links, roster, new SumsDesk());
    this.rounds = new RoundTurns(store, planner, links, clock, distiller, new RoundsDesk());
  }

  /** The secure sums of live studies. */
  public SumRounds sums() {
    return sums;
  }

  /**
   * Takes up every study in the store that has not ended.
   *
   * @throws LogUnavailableException if the journal cannot be written
   */
  public void start() throws LogUnavailableException {
    for (Study study : store.all()) {
      journal.opened(study);
      if (study.state() instanceof StudyState.Failed) {
        journal.failed(study);
      } else if (!study.state().ended()) {
        desk.execute(() -> takeUp(study));
      }
    }
  }

  /**
   * Stores a new study and offers it to every connected node.
   *
   * @throws LogUnavailableException if the journal cannot be written; there is no such study then
   */
  public void create(Study study) throws LogUnavailableException {
    journal.opened(study);
    store.insert(study);
    desk.execute(() -> takeUp(study));
  }

  /** A node has opened its work stream and is ready. */
  public void connected(NodeLink link) {
    // On the desk, else a study that is taken up at this moment would be offered twice.
    desk.execute(() -> {
      links.open(link);
      witnesses.show();
      live.values().forEach(progress -> {
        progress.absent(link.nodeId());
        sums.connected(progress, link.nodeId());
        offerIfOpen(progress, link);
      });
    });
  }

  /** A node's work stream has ended. */
  public void disconnected(NodeLink link) {
    desk.execute(() -> {
      if (links.close(link)) {
        LOG.info("node {} disconnected", link.nodeId());
        live.values().forEach(progress -> progress.absent(link.nodeId()));
      }
    });
  }

  /** A node has taken a study on. */
  public void accepted(String nodeId, String studyId) {
    onStudy(studyId, progress -> {
      NodeState state = progress.state(nodeId);
      if (state instanceof NodeState.Offered || state instanceof NodeState.AwaitingApproval) {
        setState(progress, nodeId, new NodeState.Training(0));
      }
    });
  }

  /** A node's site has not approved the plan, and may yet. */
  public void awaitsApproval(String nodeId, String studyId, String message) {
    onStudy(studyId, progress -> {
      if (!progress.state(nodeId).ended()) {
        LOG.info("study {}: node {} awaits its site's approval", studyId, nodeId);
        setState(progress, nodeId, new NodeState.AwaitingApproval(message));
      }
    });
  }

  /** A node has trained some of its teachers. */
  public void trained(String nodeId, String studyId, int teachers) {
    int bounded = Math.max(0, teachers);
    onStudy(studyId, progress -> {
      if (progress.state(nodeId) instanceof NodeState.Training) {
        progress.set(
            nodeId,
            new NodeState.Training(Math.min(bounded, progress.study().plan().teachersPerNode())));
        notice(progress);
      }
    });
  }

  /** A node's answers to a round are ready: if the round is open, it is asked for every block that is not stored. */
  public void teachersReady(String nodeId, String studyId, int round) {
    onStudy(studyId, progress -> {
      if (progress.state(nodeId).ended() || round != progress.round()) {
        return;
      }
      setState(progress, nodeId, new NodeState.Answering());
      if (SumRounds.isFor(progress)) {
        progress.present(nodeId);
        sums.beginIfAllAreThere(progress);
        return;
      }
      Optional<NodeLink> link = links.of(nodeId);
      for (SampleRange range : progress.missing(nodeId)) {
        link.ifPresent(open -> ask(progress.study(), open, range));
      }
      settleNode(progress, nodeId);
    });
  }

  /** A node will send nothing more, for the reason that {@code state} gives. */
  public void ended(String nodeId, String studyId, NodeState state) {
    onStudy(studyId, progress -> {
      if (!progress.state(nodeId).ended()) {
        LOG.info(
            "study {}: node {} ended as {}", studyId, nodeId, state.getClass().getSimpleName());
        setState(progress, nodeId, state);
        settle(progress);
      }
    });
  }

  /**
   * Stores a node's blocks durably, if each is one of the plan's and was released in the node's ledger; blocks until they
   * are. Called on the caller's thread.
   *
   * @throws LogUnavailableException if the witness's store cannot be read or the journal not be written; nothing was stored
   */
  public StoreOutcome submit(String nodeId, String studyId, List<SubmittedBlock> submitted)
      throws LogUnavailableException {
    StoreOutcome outcome = intake.take(studyId, submitted);
    if (outcome instanceof StoreOutcome.Stored) {
      Set<Long> firsts = new HashSet<>();
      submitted.forEach(one -> firsts.add(one.block().block().firstSample()));
      onStudy(studyId, progress -> {
        progress.stored(nodeId, firsts);
        settleNode(progress, nodeId);
        notice(progress);
      });
    }
    return outcome;
  }

  /** A snapshot of a study, live or ended. */
  public Optional<StudyView> view(String studyId) {
    return desk.call(() -> current(studyId));
  }

  /** Snapshots of every study, newest first. */
  public List<StudyView> views() {
    return store.all().stream().flatMap(study -> view(study.id()).stream()).toList();
  }

  /** Sends {@code watcher} a snapshot now and at changes, at most twenty a second, until it is taken off again. */
  public void watch(String studyId, Consumer<StudyView> watcher) {
    watchers.add(studyId, watcher);
    desk.execute(() -> current(studyId).ifPresent(watcher));
  }

  /** Sends {@code watcher} nothing more. */
  public void unwatch(String studyId, Consumer<StudyView> watcher) {
    watchers.remove(studyId, watcher);
  }

  @Override
  public void close() {
    desk.close();
    distiller.shutdownNow();
  }

  private Optional<StudyView> current(String studyId) {
    StudyProgress progress = live.get(studyId);
    return progress != null
        ? Optional.of(view(progress))
        : store.find(studyId).map(study -> restored(study).view(Set.of()));
  }

  private void takeUp(Study study) {
    StudyProgress progress = restored(study);
    live.put(study.id(), progress);
    if (study.state() instanceof StudyState.Distilling) {
      startDistilling(progress);
      return;
    }
    // Blocks and states are stored one after the other: a crash in between must not cost an answer.
    progress.answeredUnmarked().forEach(node -> setState(progress, node, new NodeState.Answered()));
    if (SumRounds.isFor(progress)) {
      sums.takeUp(progress);
    }
    links.all().forEach(link -> offerIfOpen(progress, link));
    if (RoundTurns.isUnopened(progress)) {
      rounds.turn(progress);
    } else {
      awaitDeadline(progress);
    }
    settle(progress);
  }

  /** Each round has as long. */
  private void awaitDeadline(StudyProgress progress) {
    Study study = progress.study();
    int round = progress.round();
    Duration left = Duration.between(
        clock.instant(), progress.opened().plus(study.plan().cohort().deadline()));
    desk.later(left.isNegative() ? Duration.ZERO : left, () -> deadlinePassed(study.id(), round));
  }

  private StudyProgress restored(Study study) {
    StudyProgress progress = new StudyProgress(study, store.rounds(study.id()));
    store.nodeStates(study.id()).forEach(progress::set);
    Set<String> nodes = new HashSet<>(roster.nodeIds());
    nodes.addAll(store.nodeStates(study.id()).keySet());
    for (String node : nodes) {
      progress.stored(node, store.storedFirstSamples(study.id(), node));
    }
    return progress;
  }

  private void offerIfOpen(StudyProgress progress, NodeLink link) {
    if (progress.study().state() instanceof StudyState.Collecting
        && !progress.state(link.nodeId()).ended()) {
      link.offer(progress.study());
      RoundTurns.tell(progress, link);
    }
  }

  private void settleNode(StudyProgress progress, String nodeId) {
    if (!progress.state(nodeId).ended() && progress.complete(nodeId)) {
      setState(progress, nodeId, new NodeState.Answered());
    }
    settle(progress);
  }

  private void settle(StudyProgress progress) {
    if (!(progress.study().state() instanceof StudyState.Collecting)) {
      return;
    }
    if (progress.allEnded(roster.nodeIds())) {
      closeCollection(progress);
    } else if (SumRounds.isFor(progress)) {
      sums.beginIfAllAreThere(progress);
    } else if (RoundTurns.isDue(progress, roster.nodeIds())) {
      turnOrClose(progress);
    }
  }

  /** The open round has its answers: goes on to the next, if the study can still come to something. */
  private void turnOrClose(StudyProgress progress) {
    long answering = roster.nodeIds().stream().filter(progress::isUpToDate).count();
    if (answering >= progress.study().plan().cohort().minimum()) {
      rounds.turn(progress);
    } else {
      closeCollection(progress);
    }
  }

  private void deadlinePassed(String studyId, int round) {
    StudyProgress progress = live.get(studyId);
    if (progress == null
        || !(progress.study().state() instanceof StudyState.Collecting)
        || progress.round() != round
        || progress.isTurning()) {
      return;
    }
    LOG.info("study {}: the deadline has passed", studyId);
    progress.late();
    if (SumRounds.isFor(progress)) {
      // Those that are ready may still sum: it takes them seconds.
      sums.beginIfAllAreThere(progress);
    } else if (progress.isLastRound()) {
      closeCollection(progress);
    } else {
      for (String node : RoundTurns.stragglers(progress, roster.nodeIds())) {
        links.of(node).ifPresent(link -> link.close(studyId));
        setState(
            progress,
            node,
            new NodeState.Abandoned(
                "no answers to round " + (round + 1) + " before cohort.deadline"));
      }
      settle(progress);
    }
  }

  private void closeCollection(StudyProgress progress) {
    Study study = progress.study();
    sums.drop(study.id());
    links.all().forEach(link -> link.close(study.id()));
    // Of a cohort that was large enough some may have vanished.
    int minimum = SumRounds.isFor(progress)
        ? SecureSums.terms(study.plan()).minimum()
        : study.plan().cohort().minimum();
    if (progress.answered() < minimum) {
      end(
          progress,
          new StudyState.Failed(progress.answered()
              + " of at least "
              + minimum
              + " nodes answered in full (cohort.minimum); see the nodes' reasons"));
      return;
    }
    setStudyState(progress, new StudyState.Distilling());
    startDistilling(progress);
  }

  private void startDistilling(StudyProgress progress) {
    Study study = progress.study();
    witnesses.show();
    Future<?> unused = distiller.submit(() -> {
      StudyState end = StudyEnding.of(
          study,
          distillation,
          witnesses,
          (done, total) -> onStudy(study.id(), running -> {
            running.epoch(done, total);
            notice(running);
          }));
      onStudy(study.id(), running -> end(running, end));
    });
  }

  private void ask(Study study, NodeLink link, SampleRange range) {
    try {
      journal.asked(study, link.nodeId(), 0, range);
    } catch (LogUnavailableException e) {
      throw new IllegalStateException("journal must be writable before a node is asked", e);
    }
    link.request(study.id(), 0, range);
  }

  /** What rounds need of this runner. */
  private final class RoundsDesk implements RoundTurns.Desk {

    @Override
    public void onStudy(String studyId, Consumer<StudyProgress> action) {
      StudyRunner.this.onStudy(studyId, action);
    }

    @Override
    public void opened(StudyProgress progress) {
      notice(progress);
      awaitDeadline(progress);
    }

    @Override
    public void failed(StudyProgress progress, String reason) {
      abandon(progress, reason);
    }
  }

  /** What the secure sums need of this runner. */
  private final class SumsDesk implements SumRounds.Desk {

    @Override
    public void onStudy(String studyId, Consumer<StudyProgress> action) {
      StudyRunner.this.onStudy(studyId, action);
    }

    @Override
    public void later(Duration delay, Runnable action) {
      desk.later(delay, action);
    }

    @Override
    public void summed(StudyProgress progress, SummedBlock block, boolean isLast) {
      block.nodes().forEach(node -> progress.stored(node, Set.of(block.range().first())));
      notice(progress);
      if (!(progress.study().state() instanceof StudyState.Collecting)) {
        return;
      }
      if (!isLast) {
        if (!progress.isTurning() && endsOpenRound(progress, block)) {
          rounds.turn(progress);
        }
        return;
      }
      Set<String> nodes = new HashSet<>(roster.nodeIds());
      nodes.addAll(block.nodes());
      for (String node : nodes) {
        if (progress.complete(node)) {
          setState(progress, node, new NodeState.Answered());
        } else if (!progress.state(node).ended()) {
          setState(
              progress, node, new NodeState.Abandoned("the node's answers are not in every sum"));
        }
      }
      closeCollection(progress);
    }

    @Override
    public void failed(StudyProgress progress, String reason) {
      abandon(progress, reason);
    }
  }

  private static boolean endsOpenRound(StudyProgress progress, SummedBlock block) {
    return progress.round() >= 0
        && StudyRounds.ranges(progress.study().plan()).get(progress.round()).end()
            == block.range().end();
  }

  private void abandon(StudyProgress progress, String reason) {
    if (progress.study().state() instanceof StudyState.Collecting) {
      sums.drop(progress.study().id());
      links.all().forEach(link -> link.close(progress.study().id()));
      end(progress, new StudyState.Failed(reason));
    }
  }

  private void end(StudyProgress progress, StudyState state) {
    if (state instanceof StudyState.Failed) {
      try {
        journal.failed(progress.study());
        witnesses.show();
      } catch (LogUnavailableException e) {
        // Written at the next start: the store knows that it failed.
        LOG.error(
            "study {}: its end is not in the journal yet", progress.study().id(), e);
      }
    }
    setStudyState(progress, state);
    live.remove(progress.study().id());
  }

  private void setStudyState(StudyProgress progress, StudyState state) {
    store.updateState(progress.study().id(), state);
    progress.moveTo(progress.study().in(state));
    LOG.info("study {}: {}", progress.study().id(), state);
    publish(progress);
  }

  private void setState(StudyProgress progress, String nodeId, NodeState state) {
    store.saveNodeState(progress.study().id(), nodeId, state);
    progress.set(nodeId, state);
    notice(progress);
  }

  private void notice(StudyProgress progress) {
    String id = progress.study().id();
    watchers.notice(id, () -> Optional.ofNullable(live.get(id)).map(this::view));
  }

  private void publish(StudyProgress progress) {
    watchers.publish(progress.study().id(), () -> view(progress));
  }

  private StudyView view(StudyProgress progress) {
    return progress.view(roster.nodeIds());
  }

  private void onStudy(String studyId, Consumer<StudyProgress> action) {
    desk.execute(() -> {
      StudyProgress progress = live.get(studyId);
      if (progress != null) {
        action.accept(progress);
      }
    });
  }
}
