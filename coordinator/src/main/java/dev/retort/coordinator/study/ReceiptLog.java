package dev.retort.coordinator.study;

import dev.retort.ledger.ReleaseProof;
import dev.retort.tlog.LogUnavailableException;

/**
 * Where the coordinator writes down what it received and what it refused. An entry is durable when the method returns; if
 * it throws, the block is not stored and the node is told to try again. Called from several threads.
 */
public interface ReceiptLog {

  /**
   * A block whose release is proven is about to be stored. So nothing is folded that is not written down; after a crash in
   * between, or when a node repeats itself, the same block comes here again.
   */
  void received(Study study, StoredBlock block, ReleaseProof proof) throws LogUnavailableException;

  /** A block is refused; nothing of it is stored. */
  void rejected(Study study, StoredBlock block, StoreOutcome.Rejected why)
      throws LogUnavailableException;

  /** Writes nothing down. */
  static ReceiptLog none() {
    return new ReceiptLog() {
      @Override
      public void received(Study study, StoredBlock block, ReleaseProof proof) {}

      @Override
      public void rejected(Study study, StoredBlock block, StoreOutcome.Rejected why) {}
    };
  }
}
