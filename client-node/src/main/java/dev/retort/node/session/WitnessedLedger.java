package dev.retort.node.session;

import dev.retort.ledger.PrivacyLedger;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.Witnessing;
import dev.retort.witness.Witnessing.Shown;
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
    Shown shown = Witnessing.show(
        ledger,
        key,
        (oldSize, proof, note, rotations) -> coordinator.witness(
            new WireWitness.Question(witness, oldSize, proof, note, rotations)));
    if (shown instanceof Shown.Cosigned cosigned) {
      return cosigned.size();
    }
    if (shown instanceof Shown.RolledBack rolledBack) {
      RolledBackException found =
          new RolledBackException(named, rolledBack.knownSize(), rolledBack.ownSize());
      halt.halt(found);
      throw found;
    }
    if (shown instanceof Shown.Refused refused) {
      if (refused.reason() == WitnessOutcome.Reason.STORE && witness.isEmpty()) {
        throw new CoordinatorLostException(
            "the coordinator cannot cosign: " + refused.message(),
            new IllegalStateException(refused.message()));
      }
      throw new WitnessRefusedException(named + " does not cosign the site's privacy ledger ("
          + refused.reason() + "): " + refused.message());
    }
    throw new WitnessRefusedException(
        named + " does not cosign the site's privacy ledger: " + ((Shown.Unfit) shown).message());
  }
}
