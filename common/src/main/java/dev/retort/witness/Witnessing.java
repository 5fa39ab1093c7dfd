package dev.retort.witness;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.OwnLog;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner's side of witnessing: shows a witness the newest checkpoint of a log, keeps what it cosigns, and finds out when
 * it knows more of the log than the log itself.
 */
public final class Witnessing {

  private static final Logger LOG = LoggerFactory.getLogger(Witnessing.class);

  // A witness that is asked from the size that it has just named knows another only if it was shown
  // more in between.
  private static final int ATTEMPTS = 4;

  private Witnessing() {}

  /** Asks a witness. */
  @FunctionalInterface
  public interface Asker<X extends Exception> {

    /**
     * The witness's answer.
     *
     * @param oldSize the size from which the proof leads
     * @param proof the consistency proof
     * @param note the checkpoint as the log signed it
     * @param rotations the log's changes of key that the witness may not know, oldest first
     */
    WitnessOutcome ask(
        long oldSize, List<Digest> proof, String note, List<SignedRotation> rotations)
        throws X, InterruptedException;
  }

  /** What came of showing a log to a witness. */
  public sealed interface Shown {

    /** The witness cosigned the tree of {@code size} entries, and the cosignature is kept. */
    record Cosigned(long size) implements Shown {}

    /** The witness does not look at the log. */
    record Refused(WitnessOutcome.Reason reason, String message) implements Shown {}

    /** The witness's answer proves nothing against the log and is no cosignature. The message says why. */
    record Unfit(String message) implements Shown {}

    /** The witness knows a tree, signed by this very log, that the log does not contain. */
    record RolledBack(long knownSize, long ownSize) implements Shown {}
  }

  /** Shows {@code log} to the witness that cosigns by {@code witness}. */
  public static <X extends Exception> Shown show(OwnLog log, VerifierKey witness, Asker<X> asker)
      throws X, LogUnavailableException, InterruptedException {
    long old = knownTo(log, witness);
    // A witness that knows so much knows the key of then as well.
    long rotationsSince = old;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      SignedNote note = parsed(log.checkpoint());
      long size = checkpoint(note).size();
      if (old > size) {
        // The cosigned note lies in the same file as the entries, so a sound file cannot be here.
        throw new LogUnavailableException("log must hold the " + old + " entries that "
            + witness.name() + " has cosigned: " + size);
      }
      WitnessOutcome outcome = asker.ask(
          old, log.consistency(old, size), note.encode(), log.rotations(rotationsSince, size));
      if (outcome instanceof WitnessOutcome.Cosigned cosigned) {
        Optional<SignedNote> kept = withLines(note, cosigned.lines(), witness);
        if (kept.isEmpty()) {
          return new Shown.Unfit("the cosignature must verify by the witness's key, " + witness);
        }
        log.putCosigned(witness, kept.get().encode());
        return new Shown.Cosigned(size);
      }
      if (outcome instanceof WitnessOutcome.Refused refused) {
        if (mayMissAKey(refused)
            && !log.keys().rotations(0).equals(log.keys().rotations(rotationsSince))) {
          // Unless it was put back, and has forgotten a change of key: then it needs all of them.
          rotationsSince = 0;
          continue;
        }
        return new Shown.Refused(refused.reason(), refused.message());
      }
      WitnessOutcome.Conflict conflict = (WitnessOutcome.Conflict) outcome;
      String held = conflict.note();
      if (held == null && conflict.size() == 0) {
        LOG.warn("{} knows nothing of {}", witness.name(), log.verifierKey().name());
        old = 0;
        rotationsSince = 0;
        continue;
      }
      Optional<Checkpoint> known = signedTree(log, conflict, held == null ? "" : held);
      if (known.isEmpty()) {
        return new Shown.Unfit("what the witness holds against the log must be signed by the log");
      }
      Optional<Digest> own = log.root(known.get().size());
      if (own.isEmpty() || !own.get().equals(known.get().root())) {
        return new Shown.RolledBack(known.get().size(), size);
      }
      old = known.get().size();
      rotationsSince = Math.min(rotationsSince, old);
    }
    return new Shown.Unfit("the witness does not take the proof that the log has only grown");
  }

  private static boolean mayMissAKey(WitnessOutcome.Refused refused) {
    return refused.reason() == WitnessOutcome.Reason.SIGNATURE
        || refused.reason() == WitnessOutcome.Reason.UNKNOWN_LOG;
  }

  /**
   * The tree in a note. Only one that the log signed shows that the log had these entries; be it with a key that it had
   * after a rotation which this file has lost.
   */
  private static Optional<Checkpoint> signedTree(
      OwnLog log, WitnessOutcome.Conflict conflict, String text) {
    try {
      SignedNote note = SignedNote.parse(text);
      Checkpoint tree = Checkpoint.parse(note.text());
      return log.keys().isOwners(note, conflict.rotations())
              && tree.size() == conflict.size()
              && tree.origin().equals(log.verifierKey().name())
          ? Optional.of(tree)
          : Optional.empty();
    } catch (MalformedLogException e) {
      return Optional.empty();
    }
  }

  private static long knownTo(OwnLog log, VerifierKey witness) throws LogUnavailableException {
    for (String text : log.cosigned()) {
      SignedNote note = parsed(text);
      if (note.isSignedBy(witness)) {
        return checkpoint(note).size();
      }
    }
    return 0;
  }

  private static Optional<SignedNote> withLines(SignedNote note, String lines, VerifierKey key) {
    try {
      SignedNote told = SignedNote.parse(note.encode() + lines);
      List<SignedNote.SignatureLine> kept = new ArrayList<>(note.signatures());
      told.signatures().stream()
          .skip(kept.size())
          .filter(line -> line.name().equals(key.name()))
          .forEach(kept::add);
      SignedNote cosigned = new SignedNote(note.text(), kept);
      return told.text().equals(note.text()) && cosigned.isSignedBy(key)
          ? Optional.of(cosigned)
          : Optional.empty();
    } catch (MalformedLogException e) {
      return Optional.empty();
    }
  }

  private static SignedNote parsed(String note) throws LogUnavailableException {
    try {
      return SignedNote.parse(note);
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("log must hold readable checkpoints", e);
    }
  }

  private static Checkpoint checkpoint(SignedNote note) throws LogUnavailableException {
    try {
      return Checkpoint.parse(note.text());
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("log must hold readable checkpoints", e);
    }
  }
}
