package dev.retort.node.release;

import dev.retort.label.LabelBlock;
import dev.retort.privacy.Zcdp;

/** What became of a release request. It depends on public values alone. */
public sealed interface ReleaseOutcome {

  /**
   * The answer, with noise; its charge and its digest are durable in the ledger.
   *
   * @param block the noised histograms
   * @param chargeSeq the ledger sequence number of the charge that paid for them
   * @param replayed whether this very answer had been released before, so that nothing was charged now
   */
  record Released(LabelBlock block, long chargeSeq, boolean replayed) implements ReleaseOutcome {}

  /**
   * The budget does not cover the request; nothing was spent.
   *
   * @param asked the request's cost
   * @param left what the data-set lineage has left
   */
  record Refused(Zcdp asked, Zcdp left) implements ReleaseOutcome {}
}
