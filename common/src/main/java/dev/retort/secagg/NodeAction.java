package dev.retort.secagg;

import dev.retort.merkle.Digest;

/** What a node's state machine asks of whoever drives it, in order. */
public sealed interface NodeAction {

  /** Send this to the coordinator. */
  record Send(Frame frame) implements NodeAction {}

  /** The session is set up: deal, and say what is ready. */
  record Joined(int nodes) implements NodeAction {}

  /**
   * Draw the noise and supply the values, or do nothing and be excluded.
   *
   * @param segment which
   * @param batch what is answered
   * @param lanes how many values
   * @param width of each
   * @param cohort how many nodes mask
   * @param localSigma the noise's standard deviation must be at least this
   */
  record ValuesWanted(
      int segment, Digest batch, int lanes, LaneWidth width, int cohort, int localSigma)
      implements NodeAction {}

  /**
   * The sum is known to the coordinator: what was certified is what it claims.
   *
   * @param segment which
   * @param batch what was answered
   * @param survivors whose vectors are in the sum
   * @param isIncluded whether this node's is
   * @param sum SHA-256 of the sum's lanes as the coordinator claims it
   */
  record Released(int segment, Digest batch, NodeSet survivors, boolean isIncluded, Octets sum)
      implements NodeAction {}

  /** Something was refused. If {@link RefusalReason#endsSession}, the node has left the session. */
  record Refused(Refusal refusal) implements NodeAction {}
}
