package dev.retort.ledger;

import dev.retort.merkle.Digest;

/**
 * A release whose answer nobody may see by itself, so that the ledger holds a commitment to it alone.
 *
 * @param charge the sequence number of the charge that paid for it
 * @param commitment {@link dev.retort.noise.NoiseKey#hide} of the answer, with noise
 */
public record HiddenRelease(long charge, Digest commitment) {}
