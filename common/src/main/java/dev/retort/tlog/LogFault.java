package dev.retort.tlog;

/**
 * Something wrong with a log whatever its entries say: its form, its tree, its checkpoints.
 *
 * @param index the entry that it begins with, or -1 if it concerns the log as a whole
 * @param message the rule and what was found
 */
public record LogFault(Kind kind, long index, String message) {

  /** Whether entries from {@link #index} on could not be read. */
  public boolean hidesEntries() {
    return kind == Kind.EXPORT && index >= 0;
  }

  /** What is wrong. */
  public enum Kind {
    /** The checkpoint is not signed by the log's key. */
    SIGNATURE,
    /** A note is signed by a key of the log's that another had replaced. */
    RETIRED_KEY,
    /** The checkpoint is missing, malformed, or not that of the entries. */
    CHECKPOINT,
    /** A cosigned note is malformed, not signed as it says, or of a tree that this log has not. */
    COSIGNATURE,
    /** No quorum of witnesses cosigned any checkpoint, as the policy asks. */
    WITNESS,
    /** A tile's hashes are not those of the entries. */
    TILE,
    /** A file of an export is missing, malformed or uncalled-for. */
    EXPORT
  }
}
