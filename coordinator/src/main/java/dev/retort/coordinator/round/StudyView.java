package dev.retort.coordinator.round;

import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.Study;
import java.util.List;

/**
 * A snapshot of a study for whoever watches it.
 *
 * @param study the study and its state
 * @param nodes the nodes it was offered to
 * @param epochsDone the student's epochs so far
 * @param epochs the student's epochs in all; 0 before distillation
 */
public record StudyView(Study study, List<NodeView> nodes, int epochsDone, int epochs) {

  public StudyView {
    nodes = List.copyOf(nodes);
  }

  /**
   * One node in it.
   *
   * @param nodeId the node
   * @param state where it stands
   * @param samplesLabelled samples whose labels are stored
   * @param samplesAsked samples the plan asks for
   */
  public record NodeView(String nodeId, NodeState state, int samplesLabelled, int samplesAsked) {}
}
