package dev.retort.node.session;

import dev.retort.ledger.Limit;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Zcdp;
import dev.retort.secagg.Octets;
import dev.retort.transfer.SampleRange;
import dev.retort.witness.WitnessOutcome;

/** What a node tells its coordinator on the work stream. Nothing in it is computed from the site's records. */
sealed interface Report {

  /**
   * The node is there.
   *
   * @param witness whether it serves as a witness
   */
  record Ready(String software, boolean witness) implements Report {}

  /** The node takes part, with as many teachers as the plan says. */
  record Accepted(String studyId, int teachers) implements Report {}

  /** The node does not take part. */
  record Declined(String studyId, Reason reason, String message) implements Report {

    enum Reason {
      NOT_APPROVED,
      POLICY,
      DATA_MISMATCH,
      UNSUPPORTED
    }
  }

  /** How far the teachers are. */
  record Progressed(String studyId, int trained, int total) implements Report {}

  /** The node can answer label requests of a round. */
  record TeachersReady(String studyId, int round) implements Report {}

  /** A budget or quota does not cover a block. */
  record Refused(String studyId, SampleRange block, Limit limit, Zcdp asked, Zcdp left)
      implements Report {}

  /** A message of the secure sums of a study. */
  record OfSum(String studyId, Octets frame) implements Report {}

  /**
   * The ledger holds the charge and the release of an answer that is about to leave, masked.
   *
   * @param commitment what the release names in the answer's place
   */
  record Shown(String studyId, SampleRange block, Digest commitment, ReleaseProof proof)
      implements Report {}

  /** The node cannot go on with a study. */
  record Abandoned(String studyId, String message) implements Report {}

  /** The answer to a request to be a witness. */
  record Witnessed(long id, WitnessOutcome outcome) implements Report {}

  /** The answer to a ping. */
  record Pong(long nonce) implements Report {}
}
