package dev.retort.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.merkle.Digest;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.OwnLog;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import dev.retort.witness.WitnessOutcome.Reason;
import dev.retort.witness.Witnessing.Shown;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessingTest {

  @TempDir
  Path directory;

  private final Owned log = new Owned(new TestLog("retort/north/site-a"));
  private final List<Long> askedFrom = new ArrayList<>();
  private WitnessStore store;
  private Witness witness;

  /** A log with what was cosigned. */
  private static final class Owned implements OwnLog {

    final TestLog log;
    final TreeMap<String, String> kept = new TreeMap<>();

    Owned(TestLog log) {
      this.log = log;
    }

    @Override
    public VerifierKey verifierKey() {
      return log.key();
    }

    @Override
    public KeyHistory keys() {
      return KeyHistory.of(log.key());
    }

    @Override
    public List<SignedRotation> rotations(long since, long size) {
      return List.of();
    }

    @Override
    public String checkpoint() {
      return log.note();
    }

    @Override
    public Optional<Digest> root(long size) {
      return size > log.size() ? Optional.empty() : Optional.of(log.root(size));
    }

    @Override
    public List<Digest> consistency(long oldSize, long size) {
      return log.proof(oldSize, size);
    }

    @Override
    public List<String> cosigned() {
      return List.copyOf(kept.values());
    }

    @Override
    public void putCosigned(VerifierKey key, String note) {
      kept.put(key.name(), note);
    }
  }

  @BeforeEach
  void open() throws Exception {
    store = WitnessStore.open(directory.resolve("witness.db"));
    witness = new Witness(store, WitnessTest.COSIGNER, WitnessTest.CLOCK);
    for (int i = 0; i < 5; i++) {
      log.log.append("entry " + i);
    }
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private Shown show(Owned owned) throws Exception {
    return Witnessing.show(owned, witness.key(), (oldSize, proof, note, rotations) -> {
      askedFrom.add(oldSize);
      return witness.add(owned.verifierKey(), oldSize, proof, note, rotations);
    });
  }

  @Test
  void show_growingLog_isCosignedAndAskedFromWhatIsKept() throws Exception {
    assertThat(show(log)).isEqualTo(new Shown.Cosigned(5));
    log.log.append("more");
    assertThat(show(log)).isEqualTo(new Shown.Cosigned(6));
    assertThat(askedFrom).containsExactly(0L, 5L);
    SignedNote kept = SignedNote.parse(log.cosigned().get(0));
    assertThat(kept.isSignedBy(witness.key())).isTrue();
    assertThat(kept.isSignedBy(log.verifierKey())).isTrue();
  }

  @Test
  void show_cosignatureThatWasNotKept_isAskedAgainFromWhatTheWitnessKnows() throws Exception {
    assertThat(show(log)).isEqualTo(new Shown.Cosigned(5));
    log.kept.clear();
    log.log.append("more");
    assertThat(show(log)).isEqualTo(new Shown.Cosigned(6));
    assertThat(askedFrom).containsExactly(0L, 0L, 5L);
  }

  @Test
  void show_witnessThatForgot_beginsAnew() throws Exception {
    assertThat(show(log)).isEqualTo(new Shown.Cosigned(5));
    store.close();
    store = WitnessStore.open(directory.resolve("another.db"));
    witness = new Witness(store, WitnessTest.COSIGNER, WitnessTest.CLOCK);
    assertThat(show(log)).isEqualTo(new Shown.Cosigned(5));
    assertThat(askedFrom).containsExactly(0L, 5L, 0L);
  }

  @Test
  void show_olderOrForkedCopy_isRolledBack() throws Exception {
    assertThat(show(log)).isEqualTo(new Shown.Cosigned(5));
    Owned older = new Owned(log.log.copy(3));
    assertThat(show(older)).isEqualTo(new Shown.RolledBack(5, 3));
    older.log.append("other");
    older.log.append("ways");
    older.log.append("further");
    assertThat(show(older)).isEqualTo(new Shown.RolledBack(5, 6));
    assertThat(older.kept).isEmpty();
  }

  @Test
  void show_answersThatProveNothing_areUnfit() throws Exception {
    TestLog stranger =
        new TestLog(new UnsafeTestSigner("retort/north/site-a", "another key")).append("x");
    VerifierKey key = witness.key();
    // A conflict that the log did not sign, of another size than it says, or without a note.
    for (WitnessOutcome conflict : List.of(
        new WitnessOutcome.Conflict(1, stranger.note(), List.of()),
        new WitnessOutcome.Conflict(4, log.log.note(3), List.of()),
        new WitnessOutcome.Conflict(4, null, List.of()),
        new WitnessOutcome.Conflict(4, "no note", List.of()))) {
      assertThat(Witnessing.show(log, key, (oldSize, proof, note, rotations) -> conflict))
          .isEqualTo(
              new Shown.Unfit("what the witness holds against the log must be signed by the log"));
    }
    for (String lines : List.of("", "no line\n", "\n\n")) {
      assertThat(Witnessing.show(
              log, key, (oldSize, proof, note, rotations) -> new WitnessOutcome.Cosigned(lines)))
          .isInstanceOf(Shown.Unfit.class);
    }
    int[] asked = {0};
    assertThat(Witnessing.show(log, key, (oldSize, proof, note, rotations) -> {
          asked[0]++;
          return new WitnessOutcome.Conflict(4, log.log.note(4), List.of());
        }))
        .isInstanceOf(Shown.Unfit.class);
    assertThat(asked[0]).isEqualTo(4);
    assertThat(log.kept).isEmpty();
  }

  @Test
  void show_refusal_isPassedOn() throws Exception {
    assertThat(Witnessing.show(
            log,
            witness.key(),
            (oldSize, proof, note, rotations) -> new WitnessOutcome.Refused(Reason.STORE, "full")))
        .isEqualTo(new Shown.Refused(Reason.STORE, "full"));
  }
}
