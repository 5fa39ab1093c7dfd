package dev.retort.ledger;

import dev.retort.privacy.Zcdp;

/** The ledger's answer to a request for a charge. It depends on public numbers alone. */
public sealed interface ChargeOutcome {

  /**
   * The charge is durable.
   *
   * @param seq its sequence number, from which the noise derives
   */
  record Charged(long seq, LedgerEntry.Charge charge) implements ChargeOutcome {}

  /**
   * A budget or quota does not cover it; nothing was spent.
   *
   * @param limit the first that does not
   * @param asked the cost under that limit
   * @param left what was left under it
   */
  record OverLimit(Limit limit, Zcdp asked, Zcdp left) implements ChargeOutcome {}
}
