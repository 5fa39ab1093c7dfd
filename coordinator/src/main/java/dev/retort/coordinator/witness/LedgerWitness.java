package dev.retort.coordinator.witness;

import dev.retort.coordinator.study.Study;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.ledger.Party;
import dev.retort.ledger.Query;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyNoise;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.WireWitness;
import dev.retort.witness.Witness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessOutcome.Reason;
import dev.retort.witness.WitnessOutcome.Refused;
import dev.retort.witness.WitnessStore;
import dev.retort.witness.WitnessStore.KnownLog;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;

/**
 * Witness of the privacy ledgers of the enrolled nodes: each node has one ledger, signed with the identity key by which it
 * enrolled. A node that serves several federations has its ledger named after the first. Safe for use by several threads.
 */
public final class LedgerWitness implements ReleaseCheck {

  private final WitnessStore store;
  private final Witness witness;
  private final NodeKeys keys;
  private final FederationName federation;
  private final Party party;

  /**
   * The witness of a federation.
   *
   * @param identity the coordinator's, which cosigns
   * @param clock dates cosignatures
   */
  public LedgerWitness(
      WitnessStore store,
      FederationName federation,
      IdentityKey identity,
      NodeKeys keys,
      InstantSource clock) {
    this.store = store;
    this.witness = new Witness(store, IdentitySigner.ofCoordinator(federation, identity), clock);
    this.keys = keys;
    this.federation = federation;
    this.party = Party.ofKey(federation.value(), identity.publicKey());
  }

  /** The key by which its cosignatures are verified. */
  public VerifierKey key() {
    return witness.key();
  }

  /**
   * Looks at the checkpoint of a node's ledger. A node whose ledger came to another key by rotations is known by that key
   * from then on, in the directory too.
   */
  public WitnessOutcome add(String nodeId, WireWitness.Question question) {
    Optional<byte[]> key = keys.identityKey(nodeId);
    if (key.isEmpty()) {
      return new Refused(Reason.UNKNOWN_LOG, "node must be enrolled: " + nodeId);
    }
    String own = ownName(nodeId);
    String origin = origin(question.note()).orElse(own);
    // Another federation's name is that of a ledger which serves both; of this one, each node has
    // its
    // own name and no other's.
    if (!origin.equals(own)
        && origin.startsWith(IdentitySigner.coordinatorName(federation) + "/")) {
      return new Refused(
          Reason.UNKNOWN_LOG, "ledger of this node must be named " + own + ": " + origin);
    }
    WitnessOutcome outcome = witness.add(
        VerifierKey.ofLog(origin, key.get()),
        question.oldSize(),
        question.proof(),
        question.note(),
        question.rotations());
    if (outcome instanceof WitnessOutcome.Cosigned) {
      try {
        followKey(nodeId, key.get());
      } catch (LogUnavailableException e) {
        return new Refused(Reason.STORE, "the witness cannot read what it has cosigned");
      }
    }
    return outcome;
  }

  // The witness's store is written first and the directory after it. If this program ends in
  // between,
  // the directory is behind, and the next checkpoint that is cosigned brings it up.
  private void followKey(String nodeId, byte[] enrolled) throws LogUnavailableException {
    Optional<KnownLog> log = store.logOf(enrolled);
    if (log.isPresent() && !Arrays.equals(log.get().key().publicKey(), enrolled)) {
      log.get().rotations().forEach(rotation -> keys.follow(nodeId, rotation));
    }
  }

  /** The key by which a node's ledger is verified, once its first checkpoint was seen. */
  public Optional<VerifierKey> ledgerKey(String nodeId) throws LogUnavailableException {
    return ledger(nodeId).map(KnownLog::key);
  }

  private Optional<KnownLog> ledger(String nodeId) throws LogUnavailableException {
    Optional<byte[]> key = keys.identityKey(nodeId);
    return key.isEmpty() ? Optional.empty() : store.logOf(key.get());
  }

  @Override
  public ProvenRelease verify(Study study, Place place, Digest answer, ReleaseProof proof)
      throws UnprovenReleaseException, LogUnavailableException {
    Optional<KnownLog> log = ledger(place.node());
    if (log.isEmpty()) {
      throw new UnprovenReleaseException(
          ReleaseProof.Flaw.TREE, "tree must be one that the witness has accepted: it knows none");
    }
    Optional<Digest> root = store.accepted(log.get().key(), proof.size()).map(Checkpoint::root);
    Digest batch =
        Query.batch(study.plan().transferSetRef().manifest(), place.firstSample(), place.count());
    proof.verify(
        new ReleaseProof.Claim(
            log.get().keys(),
            study.planDigest(),
            batch,
            place.count(),
            party,
            StudyNoise.mechanism(study.plan()),
            answer),
        size -> root);
    return new ProvenRelease(
        log.get().key().name(),
        proof.charge().seq(),
        proof.release().seq(),
        proof.size(),
        root.orElseThrow());
  }

  private String ownName(String nodeId) {
    return IdentitySigner.name(new PeerIdentity.Node(federation, new NodeId(nodeId)));
  }

  /** The log that a note names; none if it cannot be read, which the witness says better. */
  private static Optional<String> origin(String note) {
    if (note.length() > Witness.MAX_NOTE_CHARS) {
      return Optional.empty();
    }
    try {
      return Optional.of(Checkpoint.parse(SignedNote.parse(note).text()).origin());
    } catch (MalformedLogException e) {
      return Optional.empty();
    }
  }
}
