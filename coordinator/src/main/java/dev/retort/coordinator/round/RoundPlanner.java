package dev.retort.coordinator.round;

import dev.retort.coordinator.round.StudyDistillation.DistillationFailedException;
import dev.retort.coordinator.study.Study;
import dev.retort.plan.RoundInput;

/** Decides what the rounds of a study ask, as far as its plan leaves that open. */
@FunctionalInterface
public interface RoundPlanner {

  /**
   * Decides what {@code round} asks, from public samples and the answers to the rounds before it, which are in the store.
   * Runs on a thread of its own and may take a minute.
   *
   * @throws DistillationFailedException with a reason for the consortium operator
   */
  RoundInput plan(Study study, int round) throws DistillationFailedException;
}
