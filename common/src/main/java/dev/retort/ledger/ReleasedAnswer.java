package dev.retort.ledger;

import dev.retort.label.LabelBlock;

/**
 * An answer whose release is durable: it may be sent, any number of times.
 *
 * @param charge the sequence number of the charge that paid for it
 * @param block the answer, with noise
 */
public record ReleasedAnswer(long charge, LabelBlock block) {}
