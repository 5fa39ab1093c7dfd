package dev.retort.witness;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.MerkleProofs;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.VerifierKey;
import dev.retort.witness.WitnessOutcome.Conflict;
import dev.retort.witness.WitnessOutcome.Cosigned;
import dev.retort.witness.WitnessOutcome.Reason;
import dev.retort.witness.WitnessOutcome.Refused;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cosigns checkpoints of logs (C2SP tlog-witness), each log's only along one history.
 *
 * <p>Security guarantees: every tree that it ever cosigned of a log contains every other that it cosigned before. The
 * check and the writing down are one transaction, also against concurrent calls and other processes on the same store, and
 * it cosigns only what is on disk: a crash at any point leaves a witness that knows at least what it cosigned. Safe for use
 * by several threads.
 */
public final class Witness {

  /** The largest note that it reads: a checkpoint with a few signatures. */
  public static final int MAX_NOTE_CHARS = 16 << 10;

  /** The longest consistency proof that it reads, as C2SP has it. */
  public static final int MAX_PROOF_DIGESTS = 63;

  /** The most changes of key that a log may show at once. */
  public static final int MAX_ROTATIONS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);

  private final WitnessStore store;
  private final LogSigner cosigner;
  private final InstantSource clock;

  /**
   * A witness that remembers in {@code store}, which several may share.
   *
   * @param cosigner its name and key
   * @param clock dates cosignatures
   */
  public Witness(WitnessStore store, LogSigner cosigner, InstantSource clock) {
    this.store = store;
    this.cosigner = cosigner;
    this.clock = clock;
  }

  /** The key by which its cosignatures are verified. */
  public VerifierKey key() {
    return VerifierKey.ofWitness(cosigner);
  }

  /** What it remembers. */
  public WitnessStore store() {
    return store;
  }

  /**
   * Looks at a log's checkpoint.
   *
   * @param log a key that the caller knows to be the log's, or to have been; the first one seen of a log is pinned
   * @param oldSize the size of the tree from which {@code proof} leads to the checkpoint's
   * @param proof the consistency proof
   * @param note the checkpoint as the log signed it
   * @param rotations the log's changes of key since then, oldest first, each with its way to the checkpoint's root. The
   *     pinned key gives way to another only by these, signed by both
   */
  public WitnessOutcome add(
      VerifierKey log,
      long oldSize,
      List<Digest> proof,
      String note,
      List<SignedRotation> rotations) {
    SignedNote signed;
    Checkpoint shown;
    try {
      if (note.length() > MAX_NOTE_CHARS) {
        throw new MalformedLogException(
            "note must be at most " + MAX_NOTE_CHARS + " characters long: " + note.length());
      }
      signed = SignedNote.parse(note);
      shown = Checkpoint.parse(signed.text());
      if (oldSize < 0 || oldSize > shown.size()) {
        throw new MalformedLogException(
            "old size must be in [0, " + shown.size() + "], the checkpoint's: " + oldSize);
      }
      if (proof.size() > MAX_PROOF_DIGESTS) {
        throw new MalformedLogException(
            "proof must be at most " + MAX_PROOF_DIGESTS + " digests long: " + proof.size());
      }
      if (rotations.size() > MAX_ROTATIONS) {
        throw new MalformedLogException(
            "rotations must be at most " + MAX_ROTATIONS + ": " + rotations.size());
      }
    } catch (MalformedLogException e) {
      return new Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!shown.origin().equals(log.name())) {
      return new Refused(
          Reason.UNKNOWN_LOG, "checkpoint must be of log " + log.name() + ": " + shown.origin());
    }
    Showing showing = new Showing(log, oldSize, proof, shown, ownLines(signed, log), rotations);
    try {
      Optional<WitnessOutcome> objection = store.write(rows -> check(rows, showing));
      // Only now, when it is on disk.
      return objection.isPresent() ? objection.get() : cosign(showing.note());
    } catch (LogUnavailableException e) {
      LOG.error("the checkpoint of {} cannot be kept, so it is not cosigned", shown.origin(), e);
      return new Refused(Reason.STORE, "the witness cannot write down what it would cosign");
    }
  }

  /** What a log shows. */
  private record Showing(
      VerifierKey log,
      long oldSize,
      List<Digest> proof,
      Checkpoint tree,
      SignedNote note,
      List<SignedRotation> rotations) {

    /** The rotations that a witness does not know which knows so many entries. */
    List<SignedRotation> rotationsSince(long size) {
      return rotations.stream().filter(one -> one.seq() >= size).toList();
    }

    boolean growsFrom(Digest root) {
      return MerkleProofs.verifyConsistency(oldSize, root, tree.size(), tree.root(), proof);
    }
  }

  /** Accepts the tree in the store, or says why not. */
  private Optional<WitnessOutcome> check(WitnessStore.Rows rows, Showing shown)
      throws SQLException, MalformedLogException {
    WitnessStore.KnownLog known = rows.newest(shown.log().name()).orElse(null);
    return known == null ? checkFirst(rows, shown) : checkNext(rows, shown, known);
  }

  private Optional<WitnessOutcome> checkFirst(WitnessStore.Rows rows, Showing shown)
      throws SQLException, MalformedLogException {
    List<SignedRotation> rotations = shown.rotationsSince(0);
    Keys followed = Keys.after(
        KeyHistory.of(
            rotations.isEmpty() ? shown.log() : rotations.get(0).rotation().from()),
        rotations);
    KeyHistory keys = followed.history();
    if (!keys.includes(shown.log())) {
      return refused("rotations must be of the key that is known, " + shown.log());
    }
    Optional<WitnessOutcome> taken = otherLogOf(rows, shown, keys);
    if (taken.isPresent()) {
      return taken;
    }
    if (!shown.note().isSignedBy(keys.at(shown.tree().size()))) {
      return unsigned(keys.at(shown.tree().size()));
    }
    if (shown.oldSize() != 0) {
      return Optional.of(new Conflict(0, null, List.of()));
    }
    if (!shown.growsFrom(MerkleTree.root(List.of()))) {
      return Optional.of(new Refused(
          Reason.MALFORMED,
          "proof from size 0 must be empty, and the root of no entries the empty root"));
    }
    return accept(rows, shown, followed);
  }

  private Optional<WitnessOutcome> checkNext(
      WitnessStore.Rows rows, Showing shown, WitnessStore.KnownLog known)
      throws SQLException, MalformedLogException {
    Keys followed =
        Keys.after(known.keys(), shown.rotationsSince(known.checkpoint().size()));
    KeyHistory keys = followed.history();
    if (!keys.includes(shown.log())) {
      return refused("log " + shown.log().name() + " must have the key that is pinned, "
          + known.key() + ", or come with the rotation that replaces it: " + shown.log());
    }
    Optional<WitnessOutcome> taken = otherLogOf(rows, shown, keys);
    if (taken.isPresent()) {
      return taken;
    }
    Conflict conflict = new Conflict(known.checkpoint().size(), known.note(), known.rotations());
    VerifierKey due = keys.at(shown.tree().size());
    // A log that was put back behind a rotation signs with the key of then, or with one of another
    // rotation: it must hear what it once was.
    if (!keys.isOwners(shown.note(), shown.rotations())) {
      return unsigned(due);
    }
    Optional<Digest> sameSize =
        rows.acceptedRoot(shown.log().name(), shown.tree().size());
    if (sameSize.isPresent() && !sameSize.get().equals(shown.tree().root())) {
      String other =
          rows.acceptedNote(shown.log().name(), shown.tree().size()).orElse(known.note());
      keep(rows, ForkEvidence.Kind.TWO_ROOTS, shown.tree(), other, shown.note());
      return Optional.of(conflict);
    }
    if (!shown.note().isSignedBy(due) || shown.oldSize() != known.checkpoint().size()) {
      return Optional.of(conflict);
    }
    if (!shown.growsFrom(known.checkpoint().root())) {
      // Of one and the same tree there is nothing to prove, and a proof beside it proves no fork.
      if (shown.oldSize() != shown.tree().size()) {
        keep(rows, ForkEvidence.Kind.NO_PROOF, shown.tree(), known.note(), shown.note());
      }
      return Optional.of(conflict);
    }
    return accept(rows, shown, followed);
  }

  /**
   * Keys of a log.
   *
   * @param rotations those that the history took up last
   */
  private record Keys(KeyHistory history, List<SignedRotation> rotations) {

    /** A history with those rotations that both keys signed and that follow it. */
    static Keys after(KeyHistory known, List<SignedRotation> rotations) {
      KeyHistory history = known;
      List<SignedRotation> followed = new ArrayList<>();
      for (SignedRotation one : rotations) {
        List<KeyHistory.Span> spans = history.spans();
        if (one.seq() >= spans.get(spans.size() - 1).first()
            && one.isSignedByBoth()
            && history.objection(one.rotation()).isEmpty()) {
          history = history.with(one.seq(), one.rotation());
          followed.add(one);
        }
      }
      return new Keys(history, List.copyOf(followed));
    }
  }

  private static Optional<WitnessOutcome> otherLogOf(
      WitnessStore.Rows rows, Showing shown, KeyHistory keys)
      throws SQLException, MalformedLogException {
    for (KeyHistory.Span span : keys.spans()) {
      Optional<WitnessStore.KnownLog> other = rows.signedBy(span.key());
      if (other.isPresent() && !other.get().key().name().equals(shown.log().name())) {
        return refused("one key must sign one log, " + other.get().key().name() + ": "
            + shown.log().name());
      }
    }
    return Optional.empty();
  }

  private static Optional<WitnessOutcome> accept(WitnessStore.Rows rows, Showing shown, Keys keys)
      throws SQLException {
    for (SignedRotation one : keys.rotations()) {
      if (!one.leadsTo(shown.tree().root(), shown.tree().size())) {
        return Optional.of(new Refused(
            Reason.MALFORMED, "rotation must be in the checkpoint's tree: entry " + one.seq()));
      }
    }
    rows.accept(keys.history().current(), shown.tree(), shown.note().encode(), keys.rotations());
    return Optional.empty();
  }

  private static Optional<WitnessOutcome> unsigned(VerifierKey due) {
    return Optional.of(new Refused(
        Reason.SIGNATURE,
        "note must be signed by the log's key, " + due
            + ", or come with rotations from it that both keys signed"));
  }

  private void keep(
      WitnessStore.Rows rows,
      ForkEvidence.Kind kind,
      Checkpoint shown,
      String known,
      SignedNote note)
      throws SQLException {
    LOG.warn(
        "log {} shows a tree of size {} that does not fit what is known of it: {}; both notes are kept",
        shown.origin(),
        shown.size(),
        kind);
    Instant seen = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    rows.keep(new ForkEvidence(shown.origin(), kind, known, note.encode(), seen));
  }

  private WitnessOutcome cosign(SignedNote note) {
    // The cosignature's line is the last.
    String cosigned = note.cosign(cosigner, clock.instant()).encode();
    return new Cosigned(cosigned.substring(note.encode().length()));
  }

  // What others may have appended is nothing that this witness keeps or vouches for.
  private static SignedNote ownLines(SignedNote note, VerifierKey log) {
    return new SignedNote(
        note.text(),
        note.signatures().stream()
            .filter(line -> line.name().equals(log.name()))
            .toList());
  }

  private static Optional<WitnessOutcome> refused(String message) {
    return Optional.of(new Refused(Reason.UNKNOWN_LOG, message));
  }
}
