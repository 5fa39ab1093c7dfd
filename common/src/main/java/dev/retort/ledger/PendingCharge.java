package dev.retort.ledger;

/**
 * A charge that has neither release nor burn: its answer was never sent.
 *
 * @param seq the charge's sequence number
 * @param charge what was charged
 * @param recomputable whether the data set is still the one bound when it was charged
 */
public record PendingCharge(long seq, LedgerEntry.Charge charge, boolean recomputable) {}
