package dev.retort.coordinator.study;

import dev.retort.ledger.ReleaseProof;

/** What became of submitted label blocks. Either all of a submission is durable, or none of it changed anything. */
public sealed interface StoreOutcome {

  /**
   * All are durable.
   *
   * @param blocks how many, with those that had been stored before
   */
  record Stored(int blocks) implements StoreOutcome {}

  /** The study takes no more labels. */
  record TooLate() implements StoreOutcome {}

  /**
   * A block contradicts a stored one, does not fit the plan, or is not proven to be released.
   *
   * @param firstSample the offending block's first sample
   * @param reason which rule
   * @param message the rule and the value
   */
  record Rejected(long firstSample, Reason reason, String message) implements StoreOutcome {

    /** A block without a proof, or with one that does not show what it must. */
    public static Rejected unproven(long firstSample, ReleaseProof.Flaw flaw, String message) {
      return new Rejected(firstSample, Reason.valueOf("PROOF_" + flaw.name()), message);
    }
  }

  /** Why a block is refused. */
  enum Reason {
    /** Its bytes are not the integers that they must be. */
    MALFORMED,
    /** It is none of the plan's blocks. */
    MISFIT,
    /** Another block is stored under its first sample. */
    CONTRADICTION,
    /** {@link ReleaseProof.Flaw#MISSING}. */
    PROOF_MISSING,
    /** {@link ReleaseProof.Flaw#MALFORMED}. */
    PROOF_MALFORMED,
    /** {@link ReleaseProof.Flaw#SIGNATURE}. */
    PROOF_SIGNATURE,
    /** {@link ReleaseProof.Flaw#ENTRIES}. */
    PROOF_ENTRIES,
    /** {@link ReleaseProof.Flaw#CAMPAIGN}. */
    PROOF_CAMPAIGN,
    /** {@link ReleaseProof.Flaw#QUERY}. */
    PROOF_QUERY,
    /** {@link ReleaseProof.Flaw#PARTY}. */
    PROOF_PARTY,
    /** {@link ReleaseProof.Flaw#ANSWER}. */
    PROOF_ANSWER,
    /** {@link ReleaseProof.Flaw#TREE}. */
    PROOF_TREE,
    /** {@link ReleaseProof.Flaw#INCLUSION}. */
    PROOF_INCLUSION
  }
}
