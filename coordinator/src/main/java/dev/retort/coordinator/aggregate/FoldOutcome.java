package dev.retort.coordinator.aggregate;

/** What became of a contribution. */
public sealed interface FoldOutcome {

  /** It was new and is now counted. */
  record Folded() implements FoldOutcome {}

  /** The very same contribution was counted before; nothing changed. */
  record Duplicate() implements FoldOutcome {}

  /**
   * The site answered these samples before, and otherwise; nothing changed.
   *
   * @param held the contribution that is counted
   * @param heldDigest the digest of what is counted
   * @param offeredDigest the digest of what was offered
   */
  record Conflict(ContributionKey held, String heldDigest, String offeredDigest)
      implements FoldOutcome {}
}
