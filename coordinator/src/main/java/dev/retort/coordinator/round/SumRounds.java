package dev.retort.coordinator.round;

import dev.retort.coordinator.study.SummedBlock;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.plan.Aggregation;
import dev.retort.secagg.Octets;
import dev.retort.tlog.LogUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The secure sums of the studies that ask for them. What nodes send may come on any thread; everything else is called on
 * the runner's.
 */
public final class SumRounds {

  /** Nodes that have just gone may be back by then. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** The runner, as far as sums need it. Calls are safe from any thread. */
  interface Desk {

    /** Does something to a study on the runner's thread, if it is live then. */
    void onStudy(String studyId, Consumer<StudyProgress> action);

    /** Does something on the runner's thread later. */
    void later(Duration delay, Runnable action);

    /** A block is summed, which was perhaps the last. */
    void summed(StudyProgress progress, SummedBlock block, boolean isLast);

    /** No sum will come of a study. */
    void failed(StudyProgress progress, String reason);
  }

  private final CollectionParts parts;
  private final NodeLinks links;
  private final NodeRoster roster;
  private final Desk desk;
  private final Map<String, SumCollection> live = new ConcurrentHashMap<>();

  SumRounds(CollectionParts parts, NodeLinks links, NodeRoster roster, Desk desk) {
    this.parts = parts;
    this.links = links;
    this.roster = roster;
    this.desk = desk;
  }

  /** Takes a message of the protocol from a node; it is worked on before this returns. */
  public void frame(String node, String studyId, Octets bytes) {
    SumCollection sums = live.get(studyId);
    if (sums != null) {
      sums.frame(node, bytes);
    }
  }

  /**
   * Takes the proof that a node's ledger holds the release of what it is about to send.
   *
   * @throws UnprovenReleaseException naming the first rule that is broken
   * @throws LogUnavailableException if the witness's store cannot be read or the journal not be written
   */
  public void shown(String studyId, Place place, Digest commitment, ReleaseProof proof)
      throws UnprovenReleaseException, LogUnavailableException {
    SumCollection sums = live.get(studyId);
    if (sums != null) {
      sums.shown(place, commitment, proof);
    }
  }

  static boolean isFor(StudyProgress progress) {
    return progress.study().plan().privacy().aggregation() == Aggregation.SECURE;
  }

  /** Takes up a study that collects: from its beginning, or from where the store says. */
  void takeUp(StudyProgress progress) {
    String id = progress.study().id();
    SumCollection sums = new SumCollection(
        progress.study(), parts, links, desk::later, new SumCollection.Listener() {
          @Override
          public void summed(SummedBlock block, boolean isLast) {
            desk.onStudy(id, live -> desk.summed(live, block, isLast));
          }

          @Override
          public void interrupted() {
            desk.later(PAUSE, () -> desk.onStudy(id, SumRounds.this::beginIfAllAreThere));
          }

          @Override
          public void failed(String reason) {
            desk.onStudy(id, live -> desk.failed(live, reason));
          }
        });
    live.put(id, sums);
    List<SummedBlock> done = sums.done();
    for (int i = 0; i < done.size(); i++) {
      desk.summed(progress, done.get(i), sums.isDone() && i == done.size() - 1);
    }
    sums.resume();
  }

  /** A study collects no more. */
  void drop(String studyId) {
    SumCollection sums = live.remove(studyId);
    if (sums != null) {
      sums.close();
    }
  }

  /** A node has connected anew. */
  void connected(StudyProgress progress, String node) {
    SumCollection sums = live.get(progress.study().id());
    if (sums != null) {
      sums.connected(node);
    }
  }

  /**
   * Begins a session if none is under way and every node that may still come is there, or the deadline has passed; gives the
   * study up if too few will be.
   */
  void beginIfAllAreThere(StudyProgress progress) {
    SumCollection sums = live.get(progress.study().id());
    if (sums == null
        || sums.isRunning()
        || progress.isTurning()
        || sums.round().orElse(-1) != progress.round()) {
      return;
    }
    Set<String> there = progress.present();
    Set<String> enrolled = roster.nodeIds();
    boolean isComplete = progress.isLate()
        || (!enrolled.isEmpty()
            && enrolled.stream()
                .allMatch(node -> there.contains(node) || progress.state(node).ended()));
    int minimum = progress.study().plan().cohort().minimum();
    if (!isComplete) {
      return;
    }
    if (there.size() < minimum) {
      desk.failed(
          progress,
          there.size()
              + " of at least "
              + minimum
              + " nodes were ready to sum (cohort.minimum); see the nodes' reasons");
      return;
    }
    sums.begin(there);
  }
}
