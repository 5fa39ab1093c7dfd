package dev.retort.node.teacher;

import dev.retort.learn.TrainedEnsemble;

/**
 * Shown a node's teachers and their votes before any noise. For simulations alone, where nobody's records are at stake:
 * a node that serves a site is never given one that looks.
 */
@FunctionalInterface
public interface UnsafeTeacherTap {

  /**
   * Called once the teachers of a study are trained, by the node's worker thread, before it tells the coordinator. Not
   * called where the votes were saved by an earlier run.
   *
   * @param ensemble the teachers; kept no longer than this call unless the tap keeps them
   * @param input what they see of a sample
   * @param votes the sums of their labels, without noise
   */
  void trained(String studyId, TrainedEnsemble ensemble, TeacherInput input, AnswerTable votes);

  /** Looks at nothing. */
  static UnsafeTeacherTap none() {
    return (studyId, ensemble, input, votes) -> {};
  }
}
