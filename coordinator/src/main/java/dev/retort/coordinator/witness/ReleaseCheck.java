package dev.retort.coordinator.witness;

import dev.retort.coordinator.study.Study;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogUnavailableException;

/** Holds an answer against the ledger of the node that gave it. */
@FunctionalInterface
public interface ReleaseCheck {

  /**
   * Where the node's ledger shows that this very answer was charged for this study and released.
   *
   * @param answer what the release must name: the digest of the answer or, under secure aggregation, a commitment to it
   * @throws UnprovenReleaseException naming the first rule that is broken
   * @throws LogUnavailableException if the witness's store cannot be read
   */
  ProvenRelease verify(Study study, Place place, Digest answer, ReleaseProof proof)
      throws UnprovenReleaseException, LogUnavailableException;
}
