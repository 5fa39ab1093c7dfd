package dev.retort.coordinator.round;

import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.Study;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyRounds;
import dev.retort.transfer.SampleRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where every node stands in one live study. Confined to the runner's thread. */
final class StudyProgress {

  private final List<SampleRange> blocks;
  private final Map<String, NodeState> states = new TreeMap<>();
  private final Map<String, Set<Long>> stored = new TreeMap<>();
  private Study study;
  private int epochsDone;
  private int epochs;

  private final Set<String> present = new HashSet<>();
  private final List<OpenedRound> rounds = new ArrayList<>();
  private boolean late;
  private boolean turning;

  /** A study in the round that was opened last. */
  StudyProgress(Study study, List<OpenedRound> opened) {
    this.study = study;
    this.blocks = StudyPlans.blocks(study.plan());
    rounds.addAll(opened);
  }

  /** The round that is open, from 0; -1 before one is. */
  int round() {
    return StudyRounds.firstInput(study.plan()) + rounds.size() - 1;
  }

  boolean isLastRound() {
    return round() == study.plan().queries().rounds() - 1;
  }

  /** The rounds whose questions the plan leaves open, as far as they are decided. */
  List<OpenedRound> rounds() {
    return List.copyOf(rounds);
  }

  /** When the open round was opened. */
  Instant opened() {
    return rounds.isEmpty() ? study.created() : rounds.get(rounds.size() - 1).opened();
  }

  /** The next round is opened: every node has its answers to work out yet. */
  void open(OpenedRound next) {
    rounds.add(next);
    present.clear();
    late = false;
    turning = false;
  }

  /** Whether the next round is being decided. */
  boolean isTurning() {
    return turning;
  }

  void turning() {
    turning = true;
  }

  /** Whether this block is of a round that was opened. */
  boolean isOpen(SampleRange block) {
    return StudyRounds.roundOf(study.plan(), block.first()) <= round();
  }

  Study study() {
    return study;
  }

  void moveTo(Study next) {
    study = next;
  }

  void epoch(int done, int total) {
    epochsDone = done;
    epochs = total;
  }

  NodeState state(String nodeId) {
    return states.getOrDefault(nodeId, new NodeState.Offered());
  }

  void set(String nodeId, NodeState state) {
    states.put(nodeId, state);
  }

  /** A node whose teachers are ready, and which is connected since. */
  void present(String nodeId) {
    present.add(nodeId);
  }

  /** The node is gone, or has connected anew and may be another process. */
  void absent(String nodeId) {
    present.remove(nodeId);
  }

  /** Those that are there and will still send something. */
  Set<String> present() {
    return present.stream()
        .filter(node -> !state(node).ended())
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean isLate() {
    return late;
  }

  /** The deadline has passed. */
  void late() {
    late = true;
  }

  void stored(String nodeId, Set<Long> firstSamples) {
    stored.computeIfAbsent(nodeId, id -> new HashSet<>()).addAll(firstSamples);
  }

  boolean complete(String nodeId) {
    return storedBy(nodeId).size() == blocks.size();
  }

  /** Whether the node has stored every block of the rounds that were opened. */
  boolean isUpToDate(String nodeId) {
    return round() >= 0 && missing(nodeId).isEmpty();
  }

  /** Nodes that have stored every block and do not count as answered yet. */
  List<String> answeredUnmarked() {
    return stored.keySet().stream()
        .filter(node -> complete(node) && !state(node).ended())
        .toList();
  }

  /** Runs of adjacent blocks that were asked for and that the node has not stored. */
  List<SampleRange> missing(String nodeId) {
    Set<Long> have = storedBy(nodeId);
    List<SampleRange> runs = new ArrayList<>();
    long first = -1;
    long end = -1;
    for (SampleRange block : blocks) {
      if (have.contains(block.first()) || !isOpen(block)) {
        continue;
      }
      if (block.first() != end) {
        if (first >= 0) {
          runs.add(new SampleRange(first, Math.toIntExact(end - first)));
        }
        first = block.first();
      }
      end = block.end();
    }
    if (first >= 0) {
      runs.add(new SampleRange(first, Math.toIntExact(end - first)));
    }
    return runs;
  }

  long answered() {
    return states.values().stream().filter(NodeState.Answered.class::isInstance).count();
  }

  boolean allEnded(Set<String> enrolled) {
    return !enrolled.isEmpty() && enrolled.stream().allMatch(id -> state(id).ended());
  }

  StudyView view(Set<String> enrolled) {
    Set<String> ids = new java.util.TreeSet<>(enrolled);
    ids.addAll(states.keySet());
    List<StudyView.NodeView> nodes = new ArrayList<>();
    for (String id : ids) {
      int labelled = blocks.stream()
          .filter(block -> storedBy(id).contains(block.first()))
          .mapToInt(SampleRange::count)
          .sum();
      nodes.add(
          new StudyView.NodeView(id, state(id), labelled, study.plan().queries().limit()));
    }
    return new StudyView(study, nodes, epochsDone, epochs);
  }

  private Set<Long> storedBy(String nodeId) {
    return stored.getOrDefault(nodeId, Set.of());
  }
}
