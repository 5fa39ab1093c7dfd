package dev.retort.node.policy;

/** A site's answer to a plan. It depends on the plan and the configuration alone, never on the site's records. */
public sealed interface PolicyDecision {

  /** The site takes part. */
  record Approved() implements PolicyDecision {}

  /**
   * The site does not take part.
   *
   * @param reason the rule
   * @param message one sentence for the consortium operator
   */
  record Declined(Reason reason, String message) implements PolicyDecision {}

  /** Which of the site's rules speaks against a plan. */
  enum Reason {
    /** Nobody at the site has approved the plan's digest. */
    NOT_APPROVED,

    /** The site's limits are stricter than the plan, or the plan contradicts itself. */
    STRICTER
  }
}
