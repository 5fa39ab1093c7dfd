package dev.retort.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import dev.retort.witness.ForkEvidence.Kind;
import dev.retort.witness.WitnessOutcome.Conflict;
import dev.retort.witness.WitnessOutcome.Cosigned;
import dev.retort.witness.WitnessOutcome.Reason;
import dev.retort.witness.WitnessOutcome.Refused;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessTest {

  static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  static final InstantSource CLOCK = InstantSource.fixed(NOW);
  static final LogSigner COSIGNER = new UnsafeTestSigner("retort/north", "coordinator");

  @TempDir
  Path directory;

  private final TestLog log = new TestLog("retort/north/site-a");
  private WitnessStore store;
  private Witness witness;

  @BeforeEach
  void open() throws Exception {
    store = WitnessStore.open(directory.resolve("witness.db"));
    witness = new Witness(store, COSIGNER, CLOCK);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private static void grow(TestLog log, int entries) {
    for (int i = 0; i < entries; i++) {
      log.append("entry " + log.size());
    }
  }

  private Checkpoint known() throws Exception {
    return store.newest(log.signer.name()).orElseThrow().checkpoint();
  }

  @Test
  void add_growingLog_isCosignedAtEachStep() throws Exception {
    long old = 0;
    for (int step = 0; step < 5; step++) {
      grow(log, step);
      WitnessOutcome outcome = log.show(witness, old);
      assertThat(outcome).isInstanceOf(Cosigned.class);
      SignedNote note = SignedNote.parse(log.note() + ((Cosigned) outcome).lines());
      assertThat(note.isSignedBy(witness.key())).isTrue();
      assertThat(note.isSignedBy(log.key())).isTrue();
      assertThat(note.signatures()).hasSize(2);
      old = log.size();
      assertThat(known()).isEqualTo(new Checkpoint(log.signer.name(), old, log.root(old)));
    }
    assertThat(store.accepted(log.key(), 3))
        .contains(new Checkpoint(log.signer.name(), 3, log.root(3)));
    assertThat(store.accepted(log.key(), 2)).isEmpty();
    assertThat(store.evidence()).isEmpty();
  }

  @Test
  void add_sameTreeAgain_isCosignedAgain() {
    grow(log, 3);
    assertThat(log.show(witness, 0)).isInstanceOf(Cosigned.class);
    assertThat(log.show(witness, 3)).isInstanceOf(Cosigned.class);
    // From nothing: it must say what it knows, and be asked from there.
    assertThat(log.show(witness, 0)).isEqualTo(new Conflict(3, log.note(), List.of()));
  }

  @Test
  void add_wrongOldSize_isAConflictWithTheSizeAndNoteKnown() throws Exception {
    grow(log, 4);
    log.show(witness, 0);
    String known = log.note();
    grow(log, 3);
    for (long old : List.of(0L, 3L, 5L, 7L)) {
      assertThat(log.show(witness, old)).isEqualTo(new Conflict(4, known, List.of()));
    }
    assertThat(known().size()).isEqualTo(4);
    assertThat(store.evidence()).isEmpty();
    assertThat(log.show(witness, 4)).isInstanceOf(Cosigned.class);
  }

  @Test
  void add_unknownLogFromAnotherSize_isAConflictWithNothing() {
    grow(log, 4);
    assertThat(log.show(witness, 2)).isEqualTo(new Conflict(0, null, List.of()));
  }

  @Test
  void add_olderTree_isAConflictAndNoFork() throws Exception {
    grow(log, 6);
    log.show(witness, 0);
    TestLog restored = log.copy(4);
    assertThat(restored.show(witness, 0)).isEqualTo(new Conflict(6, log.note(), List.of()));
    assertThat(restored.show(witness, 4)).isEqualTo(new Conflict(6, log.note(), List.of()));
    assertThat(store.evidence()).isEmpty();
  }

  @Test
  void add_otherRootAtAKnownSize_isAConflictAndBothNotesAreKept() throws Exception {
    grow(log, 4);
    log.show(witness, 0);
    TestLog clone = log.copy(4);
    grow(log, 2);
    log.show(witness, 4);
    clone.append("another way").append("on");
    assertThat(clone.show(witness, 4)).isEqualTo(new Conflict(6, log.note(), List.of()));
    assertThat(clone.show(witness, 6)).isEqualTo(new Conflict(6, log.note(), List.of()));
    assertThat(store.evidence())
        .containsExactly(
            new ForkEvidence(log.signer.name(), Kind.TWO_ROOTS, log.note(), clone.note(), NOW));
    assertThat(known().root()).isEqualTo(log.root(6));
  }

  @Test
  void add_largerForkedTree_isAConflictAndBothNotesAreKept() throws Exception {
    grow(log, 5);
    log.show(witness, 0);
    TestLog clone = log.copy(3);
    clone.append("another way").append("on").append("and on");
    assertThat(clone.show(witness, 5)).isEqualTo(new Conflict(5, log.note(), List.of()));
    assertThat(store.evidence())
        .containsExactly(
            new ForkEvidence(log.signer.name(), Kind.NO_PROOF, log.note(), clone.note(), NOW));
    // The clone goes on, and meets a size at which the true log was seen.
    assertThat(log.append("more").show(witness, 5)).isInstanceOf(Cosigned.class);
  }

  @Test
  void add_forkAtAnEarlierAcceptedSize_isFound() throws Exception {
    for (int i = 0; i < 5; i++) {
      grow(log, 1);
      log.show(witness, i);
    }
    TestLog clone = log.copy(2);
    clone.append("another way");
    assertThat(clone.show(witness, 2)).isEqualTo(new Conflict(5, log.note(), List.of()));
    assertThat(store.evidence())
        .containsExactly(
            new ForkEvidence(log.signer.name(), Kind.TWO_ROOTS, log.note(3), clone.note(), NOW));
  }

  @Test
  void add_endlessForks_keepBoundedEvidence() throws Exception {
    grow(log, 1);
    log.show(witness, 0);
    for (int i = 0; i < WitnessStore.MOST_EVIDENCE + 5; i++) {
      new TestLog(log.signer).append("fork " + i).show(witness, 1);
    }
    assertThat(store.evidence()).hasSize(WitnessStore.MOST_EVIDENCE);
  }

  @Test
  void add_foreignSignature_isRefused() throws Exception {
    grow(log, 2);
    TestLog impostor = new TestLog(new UnsafeTestSigner(log.signer.name(), "another key"));
    grow(impostor, 2);
    assertThat(witness.add(log.key(), 0, List.of(), impostor.note(), List.of()))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.SIGNATURE));
    assertThat(store.newest(log.signer.name())).isEmpty();
  }

  @Test
  void add_otherKeyOrOtherNameThanPinned_isRefused() throws Exception {
    grow(log, 2);
    log.show(witness, 0);
    TestLog rekeyed = new TestLog(new UnsafeTestSigner(log.signer.name(), "another key"));
    grow(rekeyed, 2);
    TestLog renamed = new TestLog(new UnsafeTestSigner("retort/south/x", log.signer.name()));
    grow(renamed, 1);
    for (TestLog other : List.of(rekeyed, renamed)) {
      assertThat(other.show(witness, 0))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.UNKNOWN_LOG));
    }
    assertThat(witness.add(renamed.key(), 0, List.of(), log.note(), List.of()))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.UNKNOWN_LOG));
    assertThat(store.logs()).hasSize(1);
    assertThat(store.accepted(rekeyed.key(), 2)).isEmpty();
  }

  @Test
  void add_malformed_isRefusedAndNothingIsKept() throws Exception {
    grow(log, 2);
    List<Digest> tooLong = Collections.nCopies(64, log.root(1));
    for (WitnessOutcome outcome : List.of(
        witness.add(log.key(), 0, List.of(), "", List.of()),
        witness.add(log.key(), 0, List.of(), "x".repeat(Witness.MAX_NOTE_CHARS + 1), List.of()),
        witness.add(log.key(), -1, List.of(), log.note(), List.of()),
        witness.add(log.key(), 3, List.of(), log.note(), List.of()),
        witness.add(log.key(), 1, tooLong, log.note(), List.of()),
        witness.add(log.key(), 0, List.of(log.root(1)), log.note(), List.of()),
        witness.add(
            log.key(),
            0,
            List.of(),
            SignedNote.sign("no checkpoint\n", log.signer).encode(),
            List.of()))) {
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.MALFORMED));
    }
    assertThat(store.logs()).isEmpty();
  }

  @Test
  void add_linesOfOthers_areNeitherKeptNorCosignedAsOurs() throws Exception {
    grow(log, 1);
    String crowded = SignedNote.parse(log.note())
        .cosign(new UnsafeTestSigner("somebody", "somebody"), NOW)
        .encode();
    WitnessOutcome outcome = witness.add(log.key(), 0, List.of(), crowded, List.of());
    assertThat(((Cosigned) outcome).lines())
        .startsWith("\u2014 retort/north ")
        .doesNotContain("somebody");
    assertThat(store.newest(log.signer.name()).orElseThrow().note()).isEqualTo(log.note());
  }

  @Test
  void add_afterReopening_goesOnFromWhatWasKnown() throws Exception {
    grow(log, 3);
    log.show(witness, 0);
    TestLog clone = log.copy(2).append("another way");
    clone.show(witness, 0);
    store.close();
    open();
    assertThat(known().size()).isEqualTo(3);
    assertThat(store.evidence()).hasSize(1);
    assertThat(log.show(witness, 0)).isEqualTo(new Conflict(3, log.note(), List.of()));
    assertThat(log.append("more").show(witness, 3)).isInstanceOf(Cosigned.class);
  }

  @Test
  void add_whenItCosigns_anotherReaderFindsTheTreeOnDisk() throws Exception {
    List<Long> seen = new ArrayList<>();
    LogSigner reading = new LogSigner() {
      @Override
      public String name() {
        return COSIGNER.name();
      }

      @Override
      public byte[] publicKey() {
        return COSIGNER.publicKey();
      }

      @Override
      public byte[] sign(byte[] message) {
        try (WitnessStore other = WitnessStore.open(directory.resolve("witness.db"))) {
          seen.add(other.newest(log.signer.name()).orElseThrow().checkpoint().size());
        } catch (LogUnavailableException e) {
          throw new AssertionError(e);
        }
        return COSIGNER.sign(message);
      }
    };
    Witness careful = new Witness(store, reading, CLOCK);
    grow(log, 3);
    log.show(careful, 0);
    grow(log, 2);
    log.show(careful, 3);
    assertThat(seen).containsExactly(3L, 5L);
  }

  @Test
  void add_signerThatDies_leavesTheTreeKnown() throws Exception {
    LogSigner dying = new LogSigner() {
      @Override
      public String name() {
        return COSIGNER.name();
      }

      @Override
      public byte[] publicKey() {
        return COSIGNER.publicKey();
      }

      @Override
      public byte[] sign(byte[] message) {
        throw new IllegalStateException("the power failed");
      }
    };
    grow(log, 3);
    assertThatThrownBy(() -> log.show(new Witness(store, dying, CLOCK), 0))
        .isInstanceOf(IllegalStateException.class);
    assertThat(known().size()).isEqualTo(3);
    assertThat(log.copy(2).append("another way").show(witness, 0))
        .isEqualTo(new Conflict(3, log.note(), List.of()));
  }

  @Test
  void add_storeThatIsGone_isRefused() throws Exception {
    grow(log, 3);
    store.close();
    assertThat(log.show(witness, 0))
        .isEqualTo(new Refused(Reason.STORE, "the witness cannot write down what it would cosign"));
  }

  @Test
  void add_manyAtOnceThroughTwoStores_acceptOneHistory() throws Exception {
    int ways = 8;
    try (WitnessStore second = WitnessStore.open(directory.resolve("witness.db"))) {
      List<Witness> witnesses = List.of(witness, new Witness(second, COSIGNER, CLOCK));
      grow(log, 3);
      log.show(witness, 0);
      ExecutorService threads = Executors.newFixedThreadPool(ways);
      try {
        List<Callable<WitnessOutcome>> calls = new ArrayList<>();
        for (int way = 0; way < ways; way++) {
          TestLog fork = log.copy(3).append("way " + way);
          Witness one = witnesses.get(way % 2);
          calls.add(() -> fork.show(one, 3));
        }
        int cosigned = 0;
        for (Future<WitnessOutcome> outcome : threads.invokeAll(calls)) {
          cosigned += outcome.get() instanceof Cosigned ? 1 : 0;
        }
        assertThat(cosigned).isEqualTo(1);
      } finally {
        threads.shutdownNow();
      }
    }
    assertThat(store.evidence()).hasSize(ways - 1).allMatch(fork -> fork.kind() == Kind.TWO_ROOTS);
  }

  @Test
  void key_isThatOfACosignature() throws Exception {
    assertThat(witness.key())
        .isEqualTo(VerifierKey.ofWitness("retort/north", COSIGNER.publicKey()));
    assertThat(VerifierKey.parse(witness.key().toString())).isEqualTo(witness.key());
  }
}
