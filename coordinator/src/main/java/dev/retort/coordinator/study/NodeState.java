package dev.retort.coordinator.study;

import dev.retort.privacy.Zcdp;

/** Where one node stands in one study. */
public sealed interface NodeState {

  /** Whether the node will send nothing more for this study. */
  default boolean ended() {
    return false;
  }

  /** Not answered yet, or not connected. */
  record Offered() implements NodeState {}

  /**
   * Accepted; teachers are being trained.
   *
   * @param trained teachers so far
   */
  record Training(int trained) implements NodeState {}

  /** Teachers are ready; labels come in. */
  record Answering() implements NodeState {}

  /** Every label is in. */
  record Answered() implements NodeState {
    @Override
    public boolean ended() {
      return true;
    }
  }

  /**
   * The site has not approved the plan. It is offered the study again whenever it connects, until the deadline.
   *
   * @param message the site's words
   */
  record AwaitingApproval(String message) implements NodeState {}

  /**
   * The site will not take part.
   *
   * @param message the site's reason
   */
  record Declined(String message) implements NodeState {
    @Override
    public boolean ended() {
      return true;
    }
  }

  /**
   * The node's budget, or its quota for this coordinator, did not cover a block. The blocks before it count.
   *
   * @param limit which of the two
   * @param asked what the block would have cost
   * @param left what was left under that limit
   */
  record Refused(Limit limit, Zcdp asked, Zcdp left) implements NodeState {

    /** What stood in the way. */
    public enum Limit {
      /** The budget of the site's records, which nobody can raise. */
      BUDGET,
      /** This coordinator's share of it, which the site can. */
      QUOTA
    }

    @Override
    public boolean ended() {
      return true;
    }
  }

  /**
   * The node gave up for a reason of its own.
   *
   * @param message the node's reason
   */
  record Abandoned(String message) implements NodeState {
    @Override
    public boolean ended() {
      return true;
    }
  }
}
