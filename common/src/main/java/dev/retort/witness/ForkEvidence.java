package dev.retort.witness;

import java.time.Instant;

/**
 * Two notes that one log signed and that do not fit together.
 *
 * @param origin the log
 * @param kind what the notes show
 * @param known the note that the witness knew
 * @param shown the note that it was shown
 * @param seen when, to the second
 */
public record ForkEvidence(String origin, Kind kind, String known, String shown, Instant seen) {

  /** What two notes show. */
  public enum Kind {
    /** Two trees of one size and different roots: the notes alone prove the fork to anybody. */
    TWO_ROOTS,
    /** The log offered no proof that the larger tree contains the smaller. An honest log always can. */
    NO_PROOF
  }
}
