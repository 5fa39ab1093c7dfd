package dev.retort.node.session;

import dev.retort.secagg.Octets;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SampleRange;
import dev.retort.wire.WireWitness;

/** What a coordinator asks of a node. */
sealed interface Order {

  /** An order about a study. */
  sealed interface OfStudy extends Order {

    /** The coordinator's name for the study. */
    String studyId();
  }

  /**
   * To take part in a study.
   *
   * @param plan the canonical JSON of the plan
   */
  record Offer(String studyId, String plan) implements OfStudy {}

  /**
   * To work out the answers to a round.
   *
   * @param input what the round asks, not yet parsed
   */
  record Round(String studyId, int round, Octets input) implements OfStudy {}

  /** To label samples. */
  record Labels(String studyId, int round, SampleRange range) implements OfStudy {}

  /** An order about the secure sums of a study. */
  sealed interface OfSums extends Order {

    /** The coordinator's name for the study. */
    String studyId();
  }

  /** A message of the protocol, not yet parsed. */
  record Frame(String studyId, Octets bytes) implements OfSums {}

  /** To say when the answer to a block is ready. */
  record Sum(String studyId, int segment, SampleRange block) implements OfSums {}

  /** To forget a study. */
  record Close(String studyId) implements OfStudy {}

  /**
   * To look at a checkpoint of another log, as a witness.
   *
   * @param id names the answer
   * @param logKey the key by which the log is verified
   */
  record BeWitness(long id, VerifierKey logKey, WireWitness.Question question) implements Order {}

  /** To say that the node is there. */
  record Ping(long nonce) implements Order {}
}
