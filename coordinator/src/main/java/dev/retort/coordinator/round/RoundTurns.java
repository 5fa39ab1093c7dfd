package dev.retort.coordinator.round;

import dev.retort.coordinator.round.StudyDistillation.DistillationFailedException;
import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.StudyState;
import dev.retort.coordinator.study.StudyStore;
import dev.retort.secagg.Octets;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the rounds of studies whose plans leave open what is asked: decides it on a thread of its own, writes it down, and
 * tells the nodes. Called on the runner's thread.
 */
final class RoundTurns {

  private static final Logger LOG = LoggerFactory.getLogger(RoundTurns.class);

  /** The runner, as far as rounds need it. Calls are safe from any thread. */
  interface Desk {

    /** Does something to a study on the runner's thread, if it is live then. */
    void onStudy(String studyId, Consumer<StudyProgress> action);

    /** A round was opened. */
    void opened(StudyProgress progress);

    /** No round can be opened. */
    void failed(StudyProgress progress, String reason);
  }

  private final StudyStore store;
  private final RoundPlanner planner;
  private final NodeLinks links;
  private final InstantSource clock;
  private final Executor worker;
  private final Desk desk;

  RoundTurns(
      StudyStore store,
      RoundPlanner planner,
      NodeLinks links,
      InstantSource clock,
      Executor worker,
      Desk desk) {
    this.store = store;
    this.planner = planner;
    this.links = links;
    this.clock = clock;
    this.worker = worker;
    this.desk = desk;
  }

  /** Whether a study waits for its first round. */
  static boolean isUnopened(StudyProgress progress) {
    return progress.round() < 0;
  }

  /** Whether all of {@code enrolled} that will still answer have answered the open round, and another follows. */
  static boolean isDue(StudyProgress progress, Collection<String> enrolled) {
    return !progress.isTurning()
        && progress.round() >= 0
        && !progress.isLastRound()
        && !enrolled.isEmpty()
        && enrolled.stream()
            .allMatch(node -> progress.state(node).ended() || progress.isUpToDate(node));
  }

  /** Those of {@code enrolled} that have not answered the open round. */
  static Set<String> stragglers(StudyProgress progress, Set<String> enrolled) {
    return enrolled.stream()
        .filter(node -> !progress.state(node).ended() && !progress.isUpToDate(node))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Opens the round after the open one, soon. */
  void turn(StudyProgress progress) {
    String id = progress.study().id();
    int next = progress.round() + 1;
    progress.turning();
    worker.execute(() -> {
      try {
        Octets input = Octets.of(planner.plan(progress.study(), next).encode());
        desk.onStudy(id, running -> open(running, new OpenedRound(next, clock.instant(), input)));
      } catch (DistillationFailedException e) {
        LOG.warn("study {}: round {} cannot be opened", id, next + 1, e);
        desk.onStudy(id, running -> desk.failed(running, String.valueOf(e.getMessage())));
      } catch (RuntimeException | Error e) {
        LOG.error("study {}: round {} cannot be opened", id, next + 1, e);
        desk.onStudy(
            id,
            running ->
                desk.failed(running, "no round could be opened; the coordinator's log says why"));
      }
    });
  }

  private void open(StudyProgress progress, OpenedRound round) {
    if (!(progress.study().state() instanceof StudyState.Collecting)) {
      return;
    }
    // Written before it is told, so that every node is told the same whatever happens.
    store.openRound(progress.study().id(), round);
    progress.open(round);
    LOG.info(
        "study {}: round {} of {} is open",
        progress.study().id(),
        round.round() + 1,
        progress.study().plan().queries().rounds());
    links.all().forEach(link -> {
      if (!progress.state(link.nodeId()).ended()) {
        link.openRound(progress.study().id(), round);
      }
    });
    desk.opened(progress);
  }

  /** Tells a node that has just been offered the study which rounds are open. */
  static void tell(StudyProgress progress, NodeLink link) {
    progress.rounds().forEach(round -> link.openRound(progress.study().id(), round));
  }
}
