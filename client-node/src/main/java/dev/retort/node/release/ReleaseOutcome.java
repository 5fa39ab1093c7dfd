package dev.retort.node.release;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.Limit;
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
   * A budget or quota does not cover the request; nothing was spent.
   *
   * @param limit the first that does not
   * @param asked the request's cost under that limit
   * @param left what is left under it
   */
  record Refused(Limit limit, Zcdp asked, Zcdp left) implements ReleaseOutcome {}
}
