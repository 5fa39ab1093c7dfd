package dev.retort.witness;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.MerkleProofs;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import dev.retort.witness.WitnessOutcome.Conflict;
import dev.retort.witness.WitnessOutcome.Cosigned;
import dev.retort.witness.WitnessOutcome.Reason;
import dev.retort.witness.WitnessOutcome.Refused;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
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
   * @param log the key that the caller knows to be the log's; the first one seen of a log is pinned
   * @param oldSize the size of the tree from which {@code proof} leads to the checkpoint's
   * @param proof the consistency proof
   * @param note the checkpoint as the log signed it
   */
  public WitnessOutcome add(VerifierKey log, long oldSize, List<Digest> proof, String note) {
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
    } catch (MalformedLogException e) {
      return new Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!shown.origin().equals(log.name())) {
      return new Refused(
          Reason.UNKNOWN_LOG, "checkpoint must be of log " + log.name() + ": " + shown.origin());
    }
    if (!signed.isSignedBy(log)) {
      return new Refused(Reason.SIGNATURE, "note must be signed by the log's key, " + log);
    }
    SignedNote own = ownLines(signed, log);
    try {
      Optional<WitnessOutcome> objection =
          store.write(rows -> check(rows, log, oldSize, proof, shown, own));
      // Only now, when it is on disk.
      return objection.isPresent() ? objection.get() : cosign(own);
    } catch (LogUnavailableException e) {
      LOG.error("the checkpoint of {} cannot be kept, so it is not cosigned", shown.origin(), e);
      return new Refused(Reason.STORE, "the witness cannot write down what it would cosign");
    }
  }

  /** Accepts the tree in the store, or says why not. */
  private Optional<WitnessOutcome> check(
      WitnessStore.Rows rows,
      VerifierKey log,
      long oldSize,
      List<Digest> proof,
      Checkpoint shown,
      SignedNote note)
      throws SQLException, MalformedLogException {
    WitnessStore.KnownLog known = rows.newest(log.name()).orElse(null);
    if (known == null) {
      Optional<WitnessStore.KnownLog> other = rows.signedBy(log);
      if (other.isPresent()) {
        return refused(
            "one key must sign one log, " + other.get().key().name() + ": " + log.name());
      }
      if (oldSize != 0) {
        return Optional.of(new Conflict(0, null));
      }
      if (!MerkleProofs.verifyConsistency(
          0, MerkleTree.root(List.of()), shown.size(), shown.root(), proof)) {
        return Optional.of(new Refused(
            Reason.MALFORMED,
            "proof from size 0 must be empty, and the root of no entries the empty root"));
      }
      rows.accept(log, shown, note.encode());
      return Optional.empty();
    }
    if (!known.key().equals(log)) {
      return refused(
          "log " + log.name() + " must have the key that is pinned, " + known.key() + ": " + log);
    }
    Optional<Digest> sameSize = rows.acceptedRoot(log.name(), shown.size());
    if (sameSize.isPresent() && !sameSize.get().equals(shown.root())) {
      String other = rows.acceptedNote(log.name(), shown.size()).orElse(known.note());
      keep(rows, ForkEvidence.Kind.TWO_ROOTS, shown, other, note);
      return Optional.of(new Conflict(known.checkpoint().size(), known.note()));
    }
    if (oldSize != known.checkpoint().size()) {
      return Optional.of(new Conflict(known.checkpoint().size(), known.note()));
    }
    if (!MerkleProofs.verifyConsistency(
        oldSize, known.checkpoint().root(), shown.size(), shown.root(), proof)) {
      // Of one and the same tree there is nothing to prove, and a proof beside it proves no fork.
      if (oldSize != shown.size()) {
        keep(rows, ForkEvidence.Kind.NO_PROOF, shown, known.note(), note);
      }
      return Optional.of(new Conflict(known.checkpoint().size(), known.note()));
    }
    rows.accept(log, shown, note.encode());
    return Optional.empty();
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
