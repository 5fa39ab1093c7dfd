package dev.retort.coordinator.round;

import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.Study;
import dev.retort.merkle.Digest;
import dev.retort.secagg.Octets;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SampleRange;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The open work stream of one node, as the runner sees it. Calls never block and are safe from any thread. */
public interface NodeLink {

  /** The node, from its certificate. */
  String nodeId();

  /** Offers a study. */
  void offer(Study study);

  /** Has the node work out its answers to a round whose questions the plan leaves open. */
  void openRound(String studyId, OpenedRound round);

  /** Asks for the labels of {@code range}. */
  void request(String studyId, int round, SampleRange range);

  /** SHA-256 of the certificate by which the node connected; none within a process. */
  Optional<Digest> certificate();

  /** Hands on a message of the secure sums of a study. */
  void sumFrame(String studyId, Octets frame);

  /** Asks when the answer to {@code block} is ready, which is summed in {@code segment}. */
  void requestSum(String studyId, int segment, SampleRange block);

  /** Says that a study needs nothing more. */
  void close(String studyId);

  /** A round trip: completes when the node has answered, and never if it does not. */
  CompletableFuture<Void> ping(long nonce);

  /** Whether the node serves as a witness. */
  boolean isWitness();

  /**
   * Has the node look at a checkpoint as a witness; completes with its answer, and never if it does not answer.
   *
   * @param logKey the key by which the log is verified
   */
  CompletableFuture<WitnessOutcome> witness(VerifierKey logKey, WireWitness.Question question);

  /** Ends the stream because the node has opened a newer one. */
  void supersede();
}
