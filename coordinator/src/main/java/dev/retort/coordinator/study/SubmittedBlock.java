package dev.retort.coordinator.study;

import dev.retort.ledger.ReleaseProof;

/**
 * A block as it arrived, not yet believed.
 *
 * @param block the block
 * @param proof what it came with
 */
public record SubmittedBlock(StoredBlock block, Proof proof) {

  /** What a block came with. */
  public sealed interface Proof {

    /** A proof, still to be verified. */
    record Given(ReleaseProof proof) implements Proof {}

    /**
     * None that can be read.
     *
     * @param flaw which rule is broken
     * @param message the rule and the value
     */
    record Lacking(ReleaseProof.Flaw flaw, String message) implements Proof {}
  }
}
