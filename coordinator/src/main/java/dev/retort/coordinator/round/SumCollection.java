package dev.retort.coordinator.round;

import dev.retort.coordinator.round.SumSession.Step;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.SumStore.KeptSession;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalState.Objection;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyRounds;
import dev.retort.secagg.CoordinatorAction;
import dev.retort.secagg.CoordinatorAction.Failed;
import dev.retort.secagg.CoordinatorAction.Refused;
import dev.retort.secagg.CoordinatorAction.Send;
import dev.retort.secagg.CoordinatorAction.SetUp;
import dev.retort.secagg.CoordinatorAction.Summed;
import dev.retort.secagg.Frame;
import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Lanes;
import dev.retort.secagg.MalformedMessageException;
import dev.retort.secagg.NodeSet;
import dev.retort.secagg.Octets;
import dev.retort.secagg.SegmentSum;
import dev.retort.secagg.SessionProposal;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.SampleRange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the answers to one study as secure sums: it sets up a session with the nodes that are ready, has the plan's
 * blocks summed one after another, and begins a new session with whoever is there when one comes to nothing. Safe for use
 * by several threads, which take turns; what a node sends is worked on by the thread that brings it, so that a node that
 * sends faster is held up.
 */
final class SumCollection {

  private static final Logger LOG = LoggerFactory.getLogger(SumCollection.class);

  /** A step in which messages keep coming is waited for so many times as long. */
  private static final int MOST_EXTENSIONS = 30;

  /** Then something is wrong that another session does not mend. */
  private static final int MOST_SESSIONS = 5;

  /** Told what becomes of a collection. Calls must not block. */
  interface Listener {

    /** A block is summed, which was perhaps the last, and stored. */
    void summed(SummedBlock block, boolean isLast);

    /** A session came to nothing: {@link SumCollection#begin} is due again. */
    void interrupted();

    /** No session will come to anything. */
    void failed(String reason);
  }

  /** Runs something later. */
  interface Timer {
    void after(Duration delay, Runnable action);
  }

  private final Study study;
  private final CollectionParts parts;
  private final NodeLinks links;
  private final Timer timer;
  private final Listener listener;
  private final List<SampleRange> blocks;
  private final List<SummedBlock> done;
  private final Set<String> shown = new HashSet<>();
  private @Nullable SumSession session;
  private int sessions;
  private int turn;
  private long messages;
  private long messagesWhenArmed;
  private int extensions;

  /** A collection that goes on where the store says. */
  SumCollection(
      Study study, CollectionParts parts, NodeLinks links, Timer timer, Listener listener) {
    this.study = study;
    this.parts = parts;
    this.links = links;
    this.timer = timer;
    this.listener = listener;
    this.blocks = StudyPlans.blocks(study.plan());
    this.done = new ArrayList<>(parts.sums().sums(study.id()));
  }

  /** What is summed so far. */
  synchronized List<SummedBlock> done() {
    return List.copyOf(done);
  }

  /** Whether all blocks are summed. */
  synchronized boolean isDone() {
    return done.size() == blocks.size();
  }

  /** Goes on with the session that was kept, if there is one. */
  synchronized void resume() {
    Optional<KeptSession> kept = parts.sums().session(study.id());
    if (kept.isEmpty() || isDone()) {
      return;
    }
    try {
      SumSession resumed = SumSession.resume(parts, study, kept.get());
      session = resumed;
      if (resumed.coordinator().isOpened(segment(resumed))) {
        resumed.step(Step.UPLOADING);
      }
      LOG.info(
          "study {}: the session of {} nodes goes on",
          study.id(),
          resumed.nodes().size());
      SegmentSum sum = resumed.coordinator().sum(segment(resumed));
      if (sum != null) {
        finish(resumed, sum);
      } else {
        arm();
      }
    } catch (IOException | MalformedMessageException e) {
      LOG.error("study {}: the session that was kept cannot be read", study.id(), e);
      parts.sums().forget(study.id());
    }
  }

  /** Whether a session is under way. */
  synchronized boolean isRunning() {
    return session != null;
  }

  /** Begins a session with these nodes, if none is under way and blocks are left. */
  synchronized void begin(Collection<String> nodes) {
    if (session != null || isDone()) {
      return;
    }
    if (sessions == MOST_SESSIONS) {
      listener.failed("no secure sum came about in " + MOST_SESSIONS
          + " attempts; the coordinator's log says why, and a lower cohort.minimum or a higher"
          + " cohort.maxExcluded would bear the loss of more sites");
      return;
    }
    sessions++;
    try {
      SumSession begun = SumSession.begin(parts, study, links, nodes, done.size());
      session = begun;
      shown.clear();
      LOG.info(
          "study {}: a session of {} nodes is set up", study.id(), begun.nodes().size());
      act(begun, begun.coordinator().resume());
      arm();
    } catch (IOException | IllegalArgumentException e) {
      LOG.error("study {}: no session can be set up", study.id(), e);
      listener.failed("no secure sum can be set up: " + e.getMessage());
    }
  }

  /** A node has connected: it is sent again what it may have missed. */
  synchronized void connected(String node) {
    SumSession current = session;
    int index = current == null ? -1 : current.indexOf(node);
    if (current == null || index < 0) {
      return;
    }
    act(current, current.coordinator().resume(index));
    if (session == current && current.step() != Step.SETTING_UP) {
      ask(current, node);
    }
  }

  /** Takes a message of the protocol. */
  synchronized void frame(String node, Octets bytes) {
    SumSession current = session;
    if (current == null) {
      return;
    }
    try {
      Frame frame = Frame.parse(bytes);
      if (frame instanceof Chunk chunk && !isAdmitted(current, node, chunk)) {
        return;
      }
      messages++;
      act(current, current.coordinator().receive(frame));
      openIfAllAreReady(current, false);
    } catch (MalformedMessageException e) {
      LOG.warn("study {}: a message of node {} is malformed: {}", study.id(), node, e.getMessage());
    } catch (IOException | RuntimeException e) {
      broken(e);
    }
  }

  /** A vector counts only from its node, and after its release was shown. */
  private boolean isAdmitted(SumSession current, String node, Chunk chunk) {
    return current.indexOf(node) == chunk.node() && shown.contains(node);
  }

  /**
   * Takes the proof that a node's ledger holds the release of what it is about to send.
   *
   * @throws UnprovenReleaseException naming the first rule that is broken
   * @throws LogUnavailableException if the witness's store cannot be read or the journal not be written
   */
  synchronized void shown(Place place, Digest commitment, ReleaseProof proof)
      throws UnprovenReleaseException, LogUnavailableException {
    SumSession current = session;
    if (current == null
        || isDone()
        || !new SampleRange(place.firstSample(), place.count()).equals(block())) {
      return;
    }
    ProvenRelease release = parts.releases().verify(study, place, commitment, proof);
    Optional<Objection> objection = parts.journal().received(study, place, commitment, release);
    if (objection.isPresent()) {
      LOG.warn(
          "study {}: the answer of node {} is not counted: {}",
          study.id(),
          place.node(),
          objection.get().rule());
      return;
    }
    shown.add(place.node());
  }

  /** Ends for good. */
  synchronized void close() {
    session = null;
    turn++;
  }

  private SampleRange block() {
    return blocks.get(done.size());
  }

  private int round(SampleRange of) {
    return StudyRounds.roundOf(study.plan(), of.first());
  }

  /** The round of the block that is summed next; none is if all are. */
  synchronized OptionalInt round() {
    return isDone() ? OptionalInt.empty() : OptionalInt.of(round(block()));
  }

  private int segment(SumSession current) {
    return current.segment(done.size());
  }

  private Digest batch() {
    return SecureSums.batch(study.planDigest(), block());
  }

  private void act(SumSession current, List<CoordinatorAction> actions) {
    for (CoordinatorAction action : actions) {
      if (session != current) {
        return;
      }
      if (action instanceof Send send) {
        links
            .of(current.node(send.node()))
            .ifPresent(link -> link.sumFrame(study.id(), send.frame().encode()));
      } else if (action instanceof SetUp setUp) {
        LOG.info(
            "study {}: {} of {} nodes sum together",
            study.id(),
            setUp.members().size(),
            current.nodes().size());
        current.setUp(setUp.members());
        next(current);
      } else if (action instanceof Summed summed) {
        finish(current, summed.sum());
      } else if (action instanceof Failed failed) {
        interrupt("it failed: " + failed.reason());
      } else if (action instanceof Refused refused) {
        LOG.warn(
            "study {}: refused in a secure sum: {} (code {})",
            study.id(),
            refused.refusal().reason(),
            refused.refusal().reason().code());
      }
    }
  }

  /** Asks for the next block. */
  private void next(SumSession current) {
    current.step(Step.GETTING_READY);
    shown.clear();
    current.members().forEach(node -> ask(current, node));
    arm();
  }

  private void ask(SumSession current, String node) {
    links.of(node).ifPresent(link -> {
      try {
        parts.journal().asked(study, node, 0, block());
      } catch (LogUnavailableException e) {
        throw new IllegalStateException("journal must be writable before a node is asked", e);
      }
      link.requestSum(study.id(), segment(current), block());
    });
  }

  private void openIfAllAreReady(SumSession current, boolean isLate) throws IOException {
    if (session != current || current.step() != Step.GETTING_READY) {
      return;
    }
    int segment = segment(current);
    NodeSet ready = current.coordinator().ready(segment, batch());
    boolean isComplete = current.members().stream()
        .allMatch(
            node -> ready.contains(current.indexOf(node)) || links.of(node).isEmpty());
    if (!isComplete && !isLate) {
      return;
    }
    if (ready.size() < study.plan().cohort().minimum()) {
      if (isLate) {
        interrupt(ready.size() + " nodes were ready, and cohort.minimum is "
            + study.plan().cohort().minimum());
      }
      return;
    }
    current.step(Step.UPLOADING);
    current.keep();
    int lanes = block().count() * StudyNoise.width(study.plan());
    // Nodes hold it against their clocks; what ends the wait is this side's patience.
    Duration longest = parts.patience().multipliedBy(MOST_EXTENSIONS);
    long deadline = parts.clock().instant().plus(longest).getEpochSecond() + 1;
    act(current, current.coordinator().open(segment, batch(), lanes, deadline));
    arm();
  }

  private void finish(SumSession current, SegmentSum sum) {
    Lanes lanes = sum.lanes();
    long[] values = new long[lanes.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = lanes.get(i);
    }
    List<String> nodes = sum.survivors().stream().mapToObj(current::node).toList();
    SummedBlock block = new SummedBlock(block(), values, sum.variance(), nodes);
    parts.sums().store(study.id(), block);
    done.add(block);
    LOG.info(
        "study {}: samples {} to {} are summed over {} nodes",
        study.id(),
        block.range().first(),
        block.range().end() - 1,
        nodes.size());
    listener.summed(block, isDone());
    if (isDone() || round(block()) != round(block.range())) {
      // Of the next round the nodes do not know yet what it asks: another session.
      session = null;
      turn++;
      sessions = 0;
      parts.sums().forget(study.id());
    } else if (segment(current) == SessionProposal.MAX_SEGMENTS) {
      // A session's keys are for so many segments; no fault of anybody's.
      sessions--;
      interrupt("its keys are used up");
    } else {
      next(current);
    }
  }

  private void interrupt(String why) {
    LOG.warn("study {}: the session is over: {}", study.id(), why);
    session = null;
    turn++;
    parts.sums().forget(study.id());
    listener.interrupted();
  }

  private void broken(Exception cause) {
    LOG.error("study {}: the session broke off", study.id(), cause);
    interrupt("an error of the coordinator's");
  }

  /** Waits for the present step, until nothing has come for as long as patience allows. */
  private void arm() {
    extensions = 0;
    await(++turn);
  }

  private void await(int armed) {
    messagesWhenArmed = messages;
    timer.after(parts.patience(), () -> late(armed));
  }

  private synchronized void late(int armed) {
    SumSession current = session;
    if (current == null || armed != turn) {
      return;
    }
    if (messages > messagesWhenArmed && extensions < MOST_EXTENSIONS) {
      // Nobody is silent: there are many nodes, or they are slow.
      extensions++;
      await(armed);
      return;
    }
    try {
      switch (current.step()) {
        case SETTING_UP -> {
          act(current, current.coordinator().setupDeadline());
          if (session == current && current.step() == Step.SETTING_UP) {
            arm();
          }
        }
        case GETTING_READY -> openIfAllAreReady(current, true);
        case UPLOADING -> {
          current.step(Step.OPENING);
          act(current, current.coordinator().uploadDeadline(segment(current)));
          if (session == current && current.step() == Step.OPENING) {
            arm();
          }
        }
        case OPENING -> {
          act(current, current.coordinator().abandon(segment(current)));
          interrupt("too few nodes opened their shares");
        }
      }
    } catch (IOException | RuntimeException e) {
      broken(e);
    }
  }
}
