package dev.retort.ledger;

import dev.retort.privacy.Zcdp;

/** The ledger's answer to a request for a charge. */
public sealed interface ChargeOutcome {

  /**
   * The charge is durable.
   *
   * @param seq its sequence number, from which the noise derives
   */
  record Charged(long seq, LedgerEntry.Charge charge) implements ChargeOutcome {}

  /**
   * The budget does not cover it; nothing was spent.
   *
   * @param asked the cost
   * @param left what the lineage has left
   */
  record OverBudget(Zcdp asked, Zcdp left) implements ChargeOutcome {}
}
