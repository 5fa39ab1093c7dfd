package dev.retort.node.release;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.Limit;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Zcdp;

/** What became of a request to answer to a sum. It depends on public values alone. */
public sealed interface HiddenOutcome {

  /**
   * The answer, with noise that protects it only together with others': it may leave masked, and in no other way. Its
   * charge and a commitment to it are durable in the ledger.
   *
   * @param block the noised histograms
   * @param chargeSeq the ledger sequence number of the charge that paid for them
   * @param commitment what the ledger holds of the answer
   * @param replayed whether this very answer had been released before, so that nothing was charged now
   */
  record Released(LabelBlock block, long chargeSeq, Digest commitment, boolean replayed)
      implements HiddenOutcome {}

  /** The answer was released before, and the site would answer otherwise now; nothing leaves. */
  record Changed() implements HiddenOutcome {}

  /**
   * A budget or quota does not cover the request; nothing was spent.
   *
   * @param limit the first that does not
   * @param asked the request's cost under that limit
   * @param left what is left under it
   */
  record Refused(Limit limit, Zcdp asked, Zcdp left) implements HiddenOutcome {}
}
