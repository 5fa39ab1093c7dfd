package dev.retort.node.session;

import dev.retort.data.SampleView;
import dev.retort.learn.ComputeDevice;
import dev.retort.merkle.Digest;
import dev.retort.node.teacher.AnswerFiles;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyRounds;
import dev.retort.privacy.Mechanism;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SampleRange;
import java.util.List;

/**
 * A study that this node takes part in.
 *
 * @param id the coordinator's name for it
 * @param plan what was approved
 * @param digest the digest of the plan's canonical bytes
 * @param manifest the verified manifest of its transfer set
 * @param view what its answers see of a sample
 * @param device where its teachers train
 * @param answers where its exact answers are saved, round by round
 */
record JoinedStudy(
    String id,
    StudyPlan plan,
    Digest digest,
    Manifest manifest,
    SampleView view,
    ComputeDevice device,
    AnswerFiles answers) {

  /** How many rows each of its answers sums at most. */
  int rows() {
    return plan.rowsPerNode();
  }

  Mechanism mechanism() {
    return StudyNoise.mechanism(plan);
  }

  /** The round that asks a block's questions. */
  int round(SampleRange block) {
    return StudyRounds.roundOf(plan, block.first());
  }

  /** Where the answers to a block stand in the table of its round. */
  SampleRange inRound(SampleRange block) {
    long first = StudyRounds.ranges(plan).get(round(block)).first();
    return new SampleRange(block.first() - first, block.count());
  }

  /** The blocks of a round. */
  List<SampleRange> blocks(int round) {
    return blocks().stream().filter(block -> round(block) == round).toList();
  }

  /** Whether the plan leaves open what {@code round} asks. */
  boolean hasInput(int round) {
    return round >= StudyRounds.firstInput(plan);
  }

  /** All blocks of the plan, in order. */
  List<SampleRange> blocks() {
    return StudyPlans.blocks(plan);
  }

  /**
   * The plan's blocks that make up {@code range}.
   *
   * @throws StudyImpossibleException if the range does not begin and end on block boundaries within the plan's limit, or
   *     reaches into a round that is not open
   */
  List<SampleRange> blocks(SampleRange range) throws StudyImpossibleException {
    List<SampleRange> blocks = blocks().stream()
        .filter(block -> block.first() >= range.first() && block.end() <= range.end())
        .toList();
    if (blocks.isEmpty()
        || blocks.get(0).first() != range.first()
        || blocks.get(blocks.size() - 1).end() != range.end()) {
      throw new StudyImpossibleException("a label request must cover whole blocks of the plan's "
          + plan.queries().limit() + " samples: first sample " + range.first() + ", count "
          + range.count());
    }
    int last = round(blocks.get(blocks.size() - 1));
    if (answers.of(last).isEmpty()) {
      throw new StudyImpossibleException(
          "a label request must be for rounds that were opened: round " + last);
    }
    return blocks;
  }
}
