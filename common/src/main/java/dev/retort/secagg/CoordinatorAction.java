package dev.retort.secagg;

/** What the coordinator's state machine asks of whoever drives it, in order. */
public sealed interface CoordinatorAction {

  /** Send this to the node with this index in the roster; dropped if it is not connected. */
  record Send(int node, Frame frame) implements CoordinatorAction {}

  /** The session is set up with these nodes. */
  record SetUp(NodeSet members) implements CoordinatorAction {}

  /** A segment's sum is known. */
  record Summed(SegmentSum sum) implements CoordinatorAction {}

  /** A segment, or the set-up, came to nothing. Nothing of it was or will be opened under these rules. */
  record Failed(RefusalReason reason) implements CoordinatorAction {}

  /** A node's message was refused. */
  record Refused(Refusal refusal) implements CoordinatorAction {}
}
