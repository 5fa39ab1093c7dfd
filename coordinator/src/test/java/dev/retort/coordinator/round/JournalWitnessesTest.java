package dev.retort.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.coordinator.study.Studies;
import dev.retort.coordinator.study.StudyJournal;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalSource;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.WireWitness;
import dev.retort.witness.Witness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalWitnessesTest {

  private static final FederationName FEDERATION = new FederationName("test");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir
  private Path directory;

  private final NodeLinks links = new NodeLinks();
  private final Map<String, IdentityKey> keys = new TreeMap<>();
  private final Map<String, AtomicInteger> asked = new TreeMap<>();
  private CoordinatorJournal journal;
  private JournalWitnesses witnesses;

  /** Witnesses of a journal that nobody keeps keys of. */
  static JournalWitnesses of(CoordinatorJournal journal, NodeLinks links) {
    return new JournalWitnesses(journal, FEDERATION, links, id -> Optional.empty());
  }

  @BeforeEach
  void open() throws Exception {
    journal = Studies.journal(directory);
    new StudyJournal(journal).opened(Studies.collecting("s"));
    witnesses = new JournalWitnesses(journal, FEDERATION, links, this::identityKey);
  }

  private Optional<byte[]> identityKey(String node) {
    return Optional.ofNullable(keys.get(node)).map(IdentityKey::publicKey);
  }

  @AfterEach
  void close() throws Exception {
    witnesses.close();
    journal.close();
  }

  /** Connects a node that is a real witness with a store of its own. */
  private void connect(String node) throws Exception {
    IdentityKey key = IdentityKey.generate(new SecureRandom());
    keys.put(node, key);
    asked.put(node, new AtomicInteger());
    Witness witness = new Witness(
        WitnessStore.open(directory.resolve(node + ".db")),
        IdentitySigner.of(new PeerIdentity.Node(FEDERATION, new NodeId(node)), key),
        InstantSource.system());
    links.open(new RecordingLink(node) {
      @Override
      public boolean isWitness() {
        return true;
      }

      @Override
      public CompletableFuture<WitnessOutcome> witness(
          VerifierKey logKey, WireWitness.Question question) {
        asked.get(node).incrementAndGet();
        return CompletableFuture.completedFuture(witness.add(
            logKey, question.oldSize(), question.proof(), question.note(), question.rotations()));
      }
    });
  }

  private VerifierKey key(String node) {
    return VerifierKey.ofWitness(
        IdentitySigner.name(new PeerIdentity.Node(FEDERATION, new NodeId(node))),
        identityKey(node).orElseThrow());
  }

  @Test
  void show_cosignaturesOfAllWitnesses_areKept() throws Exception {
    connect("a");
    connect("b");
    links.open(new RecordingLink("no-witness"));
    witnesses.showAndWait(PATIENCE);
    new StudyJournal(journal).failed(Studies.collecting("s"));
    witnesses.showAndWait(PATIENCE);
    List<String> kept = journal.cosigned();
    assertThat(kept).hasSize(2);
    for (int i = 0; i < 2; i++) {
      SignedNote note = SignedNote.parse(kept.get(i));
      assertThat(Checkpoint.parse(note.text()).size()).isEqualTo(2);
      assertThat(note.isSignedBy(key(i == 0 ? "a" : "b"))).isTrue();
    }
  }

  @Test
  void show_manyWitnesses_asksSixteen() throws Exception {
    for (int node = 10; node < 30; node++) {
      connect("n" + node);
    }
    witnesses.showAndWait(PATIENCE);
    assertThat(asked.values().stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(16);
    assertThat(journal.cosigned()).hasSize(16);
  }

  @Test
  void show_witnessThatFails_doesNotKeepTheOthersFromIt() throws Exception {
    keys.put("a", IdentityKey.generate(new SecureRandom()));
    links.open(new RecordingLink("a") {
      @Override
      public boolean isWitness() {
        return true;
      }

      @Override
      public CompletableFuture<WitnessOutcome> witness(
          VerifierKey logKey, WireWitness.Question question) {
        return CompletableFuture.failedFuture(new IllegalStateException("gone"));
      }
    });
    connect("b");
    witnesses.showAndWait(PATIENCE);
    assertThat(journal.cosigned()).hasSize(1);
  }

  @Test
  void show_olderCopyOfTheJournal_isNotCosigned() throws Exception {
    connect("a");
    Path file = directory.resolve(JournalSource.FILE);
    close();
    Path copy = Files.createDirectory(directory.resolve("copy"));
    Files.copy(file, copy.resolve(JournalSource.FILE));
    open();
    new StudyJournal(journal).failed(Studies.collecting("s"));
    witnesses.showAndWait(PATIENCE);
    assertThat(journal.cosigned()).hasSize(1);
    try (CoordinatorJournal older = Studies.journal(copy)) {
      JournalWitnesses late = new JournalWitnesses(older, FEDERATION, links, this::identityKey);
      late.showAndWait(PATIENCE);
      late.close();
      assertThat(older.cosigned()).isEmpty();
    }
  }
}
