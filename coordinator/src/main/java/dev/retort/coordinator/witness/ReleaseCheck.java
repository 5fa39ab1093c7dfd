package dev.retort.coordinator.witness;

import dev.retort.coordinator.study.StoredBlock;
import dev.retort.coordinator.study.Study;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.tlog.LogUnavailableException;

/** Holds a block against the ledger of the node that sent it. */
@FunctionalInterface
public interface ReleaseCheck {

  /**
   * Where the node's ledger shows that this very block was charged for this study and released.
   *
   * @throws UnprovenReleaseException naming the first rule that is broken
   * @throws LogUnavailableException if the witness's store cannot be read
   */
  ProvenRelease verify(Study study, StoredBlock block, ReleaseProof proof)
      throws UnprovenReleaseException, LogUnavailableException;
}
