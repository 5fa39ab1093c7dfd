package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * An entry at its place in a log.
 *
 * @param seq the entry's index, from 0
 * @param prevRoot the Merkle root of all entries before it
 * @param tick when it was written, in whole minutes, so that the log shows no computing times
 * @param entry what it says
 */
public record LogRecord<E>(long seq, Digest prevRoot, Instant tick, E entry) {

  public LogRecord {
    if (seq < 0) {
      throw new IllegalArgumentException("seq must be >= 0: " + seq);
    }
    if (tick.isBefore(Instant.EPOCH) || !tick.equals(tick.truncatedTo(ChronoUnit.MINUTES))) {
      throw new IllegalArgumentException("tick must be a whole minute since 1970: " + tick);
    }
  }
}
