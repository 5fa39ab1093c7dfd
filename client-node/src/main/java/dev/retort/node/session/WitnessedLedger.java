package dev.retort.node.session;

import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger as witnesses know it: shows them its newest checkpoint, keeps what they cosign, and finds out when one knows
 * more of the ledger than the ledger itself. What is sent, and when, depends on public values alone. Safe for use by
 * several threads, which take turns.
 */
final class WitnessedLedger {

  private static final Logger LOG = LoggerFactory.getLogger(WitnessedLedger.class);

  // A witness that is asked from the size that it has just named knows another only if it was shown
  // more in between.
  private static final int ATTEMPTS = 4;

  private final PrivacyLedger ledger;
  private final Coordinator coordinator;
  private final VerifierKey coordinatorKey;
  private final LedgerHalt halt;
  // Not a monitor: whoever waits for a call to end must stay interruptible.
  private final ReentrantLock turn = new ReentrantLock();
  private long accepted = -1;

  /**
   * Shows {@code ledger} by way of {@code coordinator}.
   *
   * @param coordinatorKey the key by which the coordinator cosigns
   * @param halt told if the ledger is not the newest
   */
  WitnessedLedger(
      PrivacyLedger ledger, Coordinator coordinator, VerifierKey coordinatorKey, LedgerHalt halt) {
    this.ledger = ledger;
    this.coordinator = coordinator;
    this.coordinatorKey = coordinatorKey;
    this.halt = halt;
  }

  /**
   * Has the coordinator cosign the newest checkpoint, whatever it did before.
   *
   * @throws RolledBackException if it knows a tree that the ledger does not contain; the node is halted
   * @throws WitnessRefusedException if it does not take the ledger
   */
  void show()
      throws RolledBackException, WitnessRefusedException, CoordinatorLostException,
          LogUnavailableException, InterruptedException {
    turn.lockInterruptibly();
    try {
      accepted = -1;
      accepted = ask("", "the coordinator", coordinatorKey);
    } finally {
      turn.unlock();
    }
  }

  /**
   * The size of a tree that the coordinator has cosigned and that covers all that is in the ledger now.
   *
   * @throws RolledBackException if it knows a tree that the ledger does not contain; the node is halted
   * @throws WitnessRefusedException if it does not take the ledger
   */
  long accepted()
      throws RolledBackException, WitnessRefusedException, CoordinatorLostException,
          LogUnavailableException, InterruptedException {
    turn.lockInterruptibly();
    try {
      if (accepted != ledger.size()) {
        accepted = ask("", "the coordinator", coordinatorKey);
      }
      return accepted;
    } finally {
      turn.unlock();
    }
  }

  /**
   * Has other nodes cosign the newest checkpoint, as far as they are there and do.
   *
   * @param most how many are asked
   * @return how many did
   * @throws RolledBackException if one knows a tree that the ledger does not contain; the node is halted
   */
  int showPeers(int most)
      throws RolledBackException, CoordinatorLostException, LogUnavailableException,
          InterruptedException {
    int cosigned = 0;
    turn.lockInterruptibly();
    try {
      for (Coordinator.Peer peer : coordinator.peers(most)) {
        try {
          long unused = ask(peer.node(), "node " + peer.node(), peer.key());
          cosigned++;
        } catch (WitnessRefusedException e) {
          LOG.info("{}", e.getMessage());
        }
      }
      return cosigned;
    } finally {
      turn.unlock();
    }
  }

  private long ask(String witness, String named, VerifierKey key)
      throws RolledBackException, WitnessRefusedException, CoordinatorLostException,
          LogUnavailableException, InterruptedException {
    long old = knownTo(key);
    // A witness that knows so much knows the key of then as well.
    long rotationsSince = old;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      SignedNote note = parsed(ledger.checkpoint());
      long size = checkpoint(note).size();
      if (old > size) {
        // The cosigned note lies in the same file as the entries, so a sound file cannot be here.
        throw new LogUnavailableException(
            "ledger must hold the " + old + " entries that " + named + " has cosigned: " + size);
      }
      WitnessOutcome outcome = coordinator.witness(new WireWitness.Question(
          witness,
          old,
          ledger.consistency(old, size),
          note.encode(),
          ledger.rotations(rotationsSince, size)));
      if (outcome instanceof WitnessOutcome.Cosigned cosigned) {
        ledger.putCosigned(key, withLines(note, cosigned.lines(), named, key));
        return size;
      }
      if (outcome instanceof WitnessOutcome.Refused refused) {
        if (mayMissAKey(refused)
            && !ledger.keys().rotations(0).equals(ledger.keys().rotations(rotationsSince))) {
          // Unless it was put back, and has forgotten a change of key: then it needs all of them.
          rotationsSince = 0;
          continue;
        }
        if (refused.reason() == WitnessOutcome.Reason.STORE && witness.isEmpty()) {
          throw new CoordinatorLostException(
              "the coordinator cannot cosign: " + refused.message(),
              new IllegalStateException(refused.message()));
        }
        throw new WitnessRefusedException(named + " does not cosign the site's privacy ledger ("
            + refused.reason() + "): " + refused.message());
      }
      old = sizeWithin((WitnessOutcome.Conflict) outcome, named);
      rotationsSince = Math.min(rotationsSince, old);
    }
    throw new WitnessRefusedException(
        named + " does not take the proof that the site's ledger has only grown");
  }

  private static boolean mayMissAKey(WitnessOutcome.Refused refused) {
    return refused.reason() == WitnessOutcome.Reason.SIGNATURE
        || refused.reason() == WitnessOutcome.Reason.UNKNOWN_LOG;
  }

  /** The size that a conflict names, if the ledger contains that tree. */
  private long sizeWithin(WitnessOutcome.Conflict conflict, String named)
      throws RolledBackException, WitnessRefusedException, LogUnavailableException {
    String text = conflict.note();
    if (text == null && conflict.size() == 0) {
      LOG.warn("{} knows nothing of this node's ledger", named);
      return 0;
    }
    Checkpoint shown;
    try {
      SignedNote note = SignedNote.parse(text == null ? "" : text);
      shown = Checkpoint.parse(note.text());
      // Only a checkpoint that this node signed shows that it had these entries; be it with a key
      // that it
      // had after a rotation which this file has lost.
      if (!ledger.keys().isOwners(note, conflict.rotations())
          || shown.size() != conflict.size()
          || !shown.origin().equals(ledger.verifierKey().name())) {
        throw new WitnessRefusedException(
            named + " holds a checkpoint against the site's ledger that the site did not sign");
      }
    } catch (MalformedLogException e) {
      throw new WitnessRefusedException(named
          + " holds something against the site's ledger that is no checkpoint: " + e.getMessage());
    }
    Optional<Digest> own = ledger.root(shown.size());
    if (own.isEmpty() || !own.get().equals(shown.root())) {
      RolledBackException found = new RolledBackException(named, shown.size(), ledger.size());
      halt.halt(found);
      throw found;
    }
    return shown.size();
  }

  private long knownTo(VerifierKey key) throws LogUnavailableException {
    for (String text : ledger.cosigned()) {
      SignedNote note = parsed(text);
      if (note.isSignedBy(key)) {
        return checkpoint(note).size();
      }
    }
    return 0;
  }

  private static String withLines(SignedNote note, String lines, String named, VerifierKey key)
      throws WitnessRefusedException {
    try {
      SignedNote told = SignedNote.parse(note.encode() + lines);
      List<SignedNote.SignatureLine> kept = new ArrayList<>(note.signatures());
      told.signatures().stream()
          .skip(kept.size())
          .filter(line -> line.name().equals(key.name()))
          .forEach(kept::add);
      SignedNote cosigned = new SignedNote(note.text(), kept);
      if (told.text().equals(note.text()) && cosigned.isSignedBy(key)) {
        return cosigned.encode();
      }
    } catch (MalformedLogException e) {
      LOG.debug("{} sent malformed signature lines", named, e);
    }
    throw new WitnessRefusedException(
        "the cosignature of " + named + " must verify by its key, " + key);
  }

  private static SignedNote parsed(String note) throws LogUnavailableException {
    try {
      return SignedNote.parse(note);
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("ledger must hold readable checkpoints", e);
    }
  }

  private static Checkpoint checkpoint(SignedNote note) throws LogUnavailableException {
    try {
      return Checkpoint.parse(note.text());
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("ledger must hold readable checkpoints", e);
    }
  }
}
