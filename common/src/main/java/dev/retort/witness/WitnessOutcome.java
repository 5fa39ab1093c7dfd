package dev.retort.witness;

import dev.retort.tlog.SignedRotation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A witness's answer to a checkpoint. */
public sealed interface WitnessOutcome {

  /**
   * The tree is written down as the newest of its log, and was then cosigned.
   *
   * @param lines signature lines to append to the note, each ending in a newline
   */
  record Cosigned(String lines) implements WitnessOutcome {}

  /**
   * The tree was not shown to grow out of the newest that the witness knows, which stands. A log whose own tree contains
   * that one asks again from its size; one whose own does not was put back, or has a copy that went another way.
   *
   * @param size the size of the newest tree that the witness knows; 0 if it knows none
   * @param note its checkpoint, as the log signed it; null if the witness knows none
   * @param rotations the changes of the log's key that the witness knows, oldest first: they show a log that was put back
   *     behind one of them that the checkpoint is its own
   */
  record Conflict(long size, @Nullable String note, List<SignedRotation> rotations)
      implements WitnessOutcome {
    public Conflict {
      rotations = List.copyOf(rotations);
    }
  }

  /**
   * The witness will not look at the tree.
   *
   * @param message the rule and the value
   */
  record Refused(Reason reason, String message) implements WitnessOutcome {}

  /** Why a witness will not look at a tree. */
  enum Reason {
    /** The note, the proof or a size breaks its form. */
    MALFORMED,
    /** The log's key did not sign the note. */
    SIGNATURE,
    /** The log is not one that the witness keeps under this key. */
    UNKNOWN_LOG,
    /** The witness is not there, did not answer in time, or does not serve as one. */
    UNREACHABLE,
    /** The witness cannot write down what it would cosign. */
    STORE
  }
}
