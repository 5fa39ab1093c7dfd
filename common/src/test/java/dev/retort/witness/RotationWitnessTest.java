package dev.retort.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import dev.retort.witness.WitnessOutcome.Conflict;
import dev.retort.witness.WitnessOutcome.Cosigned;
import dev.retort.witness.WitnessOutcome.Reason;
import dev.retort.witness.WitnessOutcome.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Witnesses of a ledger that changes its key. */
class RotationWitnessTest {

  private static final String NAME = "retort/north/site-a";
  private static final LogSigner FIRST = new UnsafeTestSigner(NAME, "first");
  private static final LogSigner SECOND = new UnsafeTestSigner(NAME, "second");
  private static final LogSigner THIRD = new UnsafeTestSigner(NAME, "third");
  private static final VerifierKey FIRST_KEY = VerifierKey.ofLog(FIRST);
  private static final VerifierKey SECOND_KEY = VerifierKey.ofLog(SECOND);
  private static final VerifierKey THIRD_KEY = VerifierKey.ofLog(THIRD);

  @TempDir
  Path directory;

  private WitnessStore store;
  private Witness witness;
  private PrivacyLedger ledger;
  private int quotas;

  @BeforeEach
  void open() throws Exception {
    store = WitnessStore.open(directory.resolve("witness.db"));
    witness = new Witness(store, WitnessTest.COSIGNER, WitnessTest.CLOCK);
    ledger = PrivacyLedger.open(directory.resolve("ledger.db"), FIRST, WitnessTest.CLOCK);
    ledger.openPolicy("main", "record", new ApproxDp(1, 1e-6));
    grow();
  }

  @AfterEach
  void close() throws Exception {
    ledger.close();
    store.close();
  }

  private void grow() throws Exception {
    ledger.setQuotas("main", Map.of("north", new Zcdp(++quotas)));
  }

  private WitnessOutcome show(VerifierKey known, long old, List<SignedRotation> rotations)
      throws Exception {
    return witness.add(
        known, old, ledger.consistency(old, ledger.size()), ledger.checkpoint(), rotations);
  }

  private WitnessOutcome show(VerifierKey known, long old) throws Exception {
    return show(known, old, ledger.rotations(old, ledger.size()));
  }

  private WitnessStore.KnownLog known() throws Exception {
    return store.newest(NAME).orElseThrow();
  }

  private static void assertRefused(Reason reason, WitnessOutcome outcome) {
    assertThat(outcome).isInstanceOf(Refused.class);
    assertThat(((Refused) outcome).reason()).isEqualTo(reason);
  }

  @Test
  void add_rotationsShown_theNewKeyIsPinnedAndTheOldOneIsRemembered() throws Exception {
    assertThat(show(FIRST_KEY, 0)).isInstanceOf(Cosigned.class);
    ledger.rotateKey(SECOND);
    grow();
    ledger.rotateKey(THIRD);
    grow();
    assertThat(show(FIRST_KEY, 2)).isInstanceOf(Cosigned.class);
    assertThat(known().key()).isEqualTo(THIRD_KEY);
    assertThat(known().keys()).isEqualTo(ledger.keys());
    assertThat(known().rotations()).extracting(SignedRotation::seq).containsExactly(2L, 4L);
    for (VerifierKey one : List.of(FIRST_KEY, SECOND_KEY, THIRD_KEY)) {
      assertThat(store.logOf(one.publicKey())).contains(known());
      assertThat(store.accepted(one, 2)).isPresent();
    }
    // From then on without them, whichever of its keys the caller knows.
    grow();
    assertThat(show(THIRD_KEY, 6)).isInstanceOf(Cosigned.class);
    grow();
    assertThat(show(FIRST_KEY, 7)).isInstanceOf(Cosigned.class);
    store.close();
    store = WitnessStore.open(directory.resolve("witness.db"));
    assertThat(known().keys()).isEqualTo(ledger.keys());
  }

  @Test
  void add_newKeyWithoutItsRotation_isRefusedAndNothingChanges() throws Exception {
    show(FIRST_KEY, 0);
    ledger.rotateKey(SECOND);
    assertRefused(Reason.SIGNATURE, show(FIRST_KEY, 2, List.of()));
    assertRefused(Reason.UNKNOWN_LOG, show(SECOND_KEY, 2, List.of()));
    assertThat(known().key()).isEqualTo(FIRST_KEY);
    assertThat(known().checkpoint().size()).isEqualTo(2);
    assertThat(show(SECOND_KEY, 2)).isInstanceOf(Cosigned.class);
  }

  @Test
  void add_rotationSignedByOneKeyOrNotInTheTree_isRefused() throws Exception {
    show(FIRST_KEY, 0);
    ledger.rotateKey(SECOND);
    SignedRotation good = ledger.rotations(2, 3).get(0);
    byte[] payload = good.envelope().payload();
    for (Envelope bad : List.of(
        Envelope.sign(payload, FIRST),
        Envelope.sign(payload, SECOND),
        Envelope.sign(payload, THIRD).signAlso(SECOND))) {
      assertRefused(
          Reason.SIGNATURE, show(FIRST_KEY, 2, List.of(SignedRotation.of(bad, good.path()))));
    }
    SignedRotation elsewhere = SignedRotation.of(good.envelope(), List.of(Digest.of(new byte[0])));
    assertRefused(Reason.MALFORMED, show(FIRST_KEY, 2, List.of(elsewhere)));
    assertThat(known().key()).isEqualTo(FIRST_KEY);
    assertThat(show(FIRST_KEY, 2, List.of(good, good))).isInstanceOf(Cosigned.class);
  }

  @Test
  void add_rotationsOutOfOrder_changeNothing() throws Exception {
    assertThat(show(FIRST_KEY, 0)).isInstanceOf(Cosigned.class);
    ledger.rotateKey(SECOND);
    ledger.rotateKey(THIRD);
    List<SignedRotation> honest = ledger.rotations(0, ledger.size());
    SignedRotation first = honest.get(0);
    SignedRotation late =
        new SignedRotation(first.seq() + 5, first.rotation(), first.envelope(), first.path());
    assertThat(show(FIRST_KEY, 2, List.of(late, honest.get(1))))
        .isInstanceOf(WitnessOutcome.Conflict.class);
    assertThat(known().keys()).isEqualTo(KeyHistory.of(FIRST_KEY));
    assertThat(show(FIRST_KEY, 2)).isInstanceOf(Cosigned.class);
  }

  @Test
  void add_tooManyRotations_isMalformed() throws Exception {
    ledger.rotateKey(SECOND);
    SignedRotation one = ledger.rotations(0, 3).get(0);
    assertRefused(
        Reason.MALFORMED, show(FIRST_KEY, 0, Collections.nCopies(Witness.MAX_ROTATIONS + 1, one)));
  }

  @Test
  void add_logFirstSeenAfterRotations_keepsItsWholeHistory() throws Exception {
    ledger.rotateKey(SECOND);
    ledger.rotateKey(THIRD);
    // Whether the caller still knows the first key, or knows the last one already.
    assertThat(show(THIRD_KEY, 0)).isInstanceOf(Cosigned.class);
    assertThat(known().keys()).isEqualTo(ledger.keys());
    assertThat(show(FIRST_KEY, ledger.size())).isInstanceOf(Cosigned.class);
  }

  @Test
  void add_logFirstSeenWithRotationsOfAnotherKey_isRefused() throws Exception {
    ledger.rotateKey(SECOND);
    assertRefused(Reason.UNKNOWN_LOG, show(THIRD_KEY, 0));
    assertThat(store.newest(NAME)).isEmpty();
  }

  @Test
  void add_retiredKeyGoesOn_isAConflictThatShowsTheOwnerItsRotation() throws Exception {
    Path old = directory.resolve("old.db");
    show(FIRST_KEY, 0);
    Files.copy(directory.resolve("ledger.db"), old);
    Path wal = directory.resolve("ledger.db-wal");
    if (Files.exists(wal)) {
      Files.copy(wal, directory.resolve("old.db-wal"));
    }
    ledger.rotateKey(SECOND);
    show(FIRST_KEY, 2);
    String newest = ledger.checkpoint();
    // The home as it was before the rotation, with the key of then.
    try (PrivacyLedger copy = PrivacyLedger.open(old, FIRST, WitnessTest.CLOCK)) {
      copy.setQuotas("main", Map.of("north", new Zcdp(1_000)));
      copy.setQuotas("main", Map.of("north", new Zcdp(1_001)));
      WitnessOutcome outcome =
          witness.add(FIRST_KEY, 2, copy.consistency(2, copy.size()), copy.checkpoint(), List.of());
      assertThat(outcome).isEqualTo(new Conflict(3, newest, known().rotations()));
      // By which the copy knows that the checkpoint is its own, and that it was put back.
      Conflict conflict = (Conflict) outcome;
      SignedNote note = SignedNote.parse(String.valueOf(conflict.note()));
      assertThat(copy.keys().isOwners(note, List.of())).isFalse();
      assertThat(copy.keys().isOwners(note, conflict.rotations())).isTrue();
      // A copy that makes a rotation of its own hears the same.
      copy.rotateKey(THIRD);
      assertThat(witness.add(
              FIRST_KEY,
              2,
              copy.consistency(2, copy.size()),
              copy.checkpoint(),
              copy.rotations(2, copy.size())))
          .isEqualTo(outcome);
    }
    assertThat(known().key()).isEqualTo(SECOND_KEY);
  }

  @Test
  void add_retiredKeyForAnotherLog_isRefused() throws Exception {
    show(FIRST_KEY, 0);
    ledger.rotateKey(SECOND);
    show(FIRST_KEY, 2);
    for (String seed : List.of("first", "second")) {
      LogSigner renamed = new UnsafeTestSigner("retort/south/site-a", seed);
      assertRefused(Reason.UNKNOWN_LOG, new TestLog(renamed).append("one").show(witness, 0));
    }
  }
}
