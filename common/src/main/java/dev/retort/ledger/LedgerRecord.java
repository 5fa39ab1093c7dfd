package dev.retort.ledger;

import dev.retort.merkle.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * An entry at its place in the ledger.
 *
 * @param seq the entry's index, from 0
 * @param prevRoot the Merkle root of all entries before it
 * @param tick when it was written, in whole minutes, so that the ledger shows no computing times
 * @param entry what it says
 */
public record LedgerRecord(long seq, Digest prevRoot, Instant tick, LedgerEntry entry) {

  public LedgerRecord {
    if (seq < 0) {
      throw new IllegalArgumentException("seq must be >= 0: " + seq);
    }
    if (tick.isBefore(Instant.EPOCH) || !tick.equals(tick.truncatedTo(ChronoUnit.MINUTES))) {
      throw new IllegalArgumentException("tick must be a whole minute since 1970: " + tick);
    }
  }

  /** The record as one line of RFC 8785 canonical JSON, integers as decimal strings. */
  public String canonicalJson() {
    return new String(EntryCodec.encode(this), StandardCharsets.UTF_8);
  }
}
