package dev.retort.coordinator.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Where studies, node states and label blocks outlive a restart. Every write is durable when it returns. Thread-safe. */
public interface StudyStore {

  /** Adds a study. */
  void insert(Study study);

  /** Replaces a study's state. */
  void updateState(String studyId, StudyState state);

  /** The study of this id. */
  Optional<Study> find(String studyId);

  /** Every study, newest first. */
  List<Study> all();

  /** Replaces where a node stands. */
  void saveNodeState(String studyId, String nodeId, NodeState state);

  /** Where each node stands that has been heard of in the study. */
  Map<String, NodeState> nodeStates(String studyId);

  /**
   * Stores blocks, all or none, if the study is collecting. A block that is stored already with the same bytes counts as
   * stored; one with other bytes is rejected.
   */
  StoreOutcome storeBlocks(String studyId, List<StoredBlock> blocks);

  /** First samples of the blocks a node has stored for a study's round 0. */
  Set<Long> storedFirstSamples(String studyId, String nodeId);

  /** Adds a round; it is never changed. */
  void openRound(String studyId, OpenedRound round);

  /** The rounds of a study that were opened, in order. */
  List<OpenedRound> rounds(String studyId);

  /** Hands out every stored block of a study, one at a time. */
  void forEachBlock(String studyId, Consumer<StoredBlock> consumer);
}
