package dev.retort.coordinator.study;

import dev.retort.label.LabelBlock;

/**
 * A noised label block as a node sent it.
 *
 * @param nodeId the node, from its certificate
 * @param round the round, at least 0
 * @param block the labels
 * @param chargeSequence the CHARGE entry in the node's ledger that paid for it
 */
public record StoredBlock(String nodeId, int round, LabelBlock block, long chargeSequence) {
  public StoredBlock {
    if (round < 0) {
      throw new IllegalArgumentException("round must be >= 0: " + round);
    }
  }
}
