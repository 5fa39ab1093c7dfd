package dev.retort.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retort.journal.JournalEntry.Aggregate;
import dev.retort.journal.JournalEntry.Ask;
import dev.retort.journal.JournalEntry.Drop;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalEntry.Reject;
import dev.retort.journal.JournalEntry.Student;
import dev.retort.journal.JournalEntry.StudyFail;
import dev.retort.journal.JournalState.Objection;
import dev.retort.journal.JournalState.StudyPart;
import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.FieldReader;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogRecord;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.MerkleProofs;
import dev.retort.tlog.RecordCodec;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.UnsafeTestSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CoordinatorJournalTest {

  private static final UnsafeTestSigner SIGNER = new UnsafeTestSigner("retort/demo", "coordinator");
  private static final byte[] PLAN = "{\"study\":\"s\"}".getBytes(StandardCharsets.UTF_8);
  private static final Place ASKED = new Place("north", 0, 0, 100);
  private static final Place BLOCK = new Place("north", 0, 0, 50);
  private static final Digest ANSWER = Digest.of(new byte[] {1});
  private static final ProvenRelease PROVEN =
      new ProvenRelease("retort/demo/north", 3, 4, 5, Digest.of(new byte[] {2}));
  private static final Receive RECEIVE = new Receive("s-1", BLOCK, ANSWER, PROVEN);
  private static final Digest SUMS = SumsDigest.of(2, new long[] {1, 2, 3, 4});

  @TempDir
  private Path directory;

  private CoordinatorJournal open() throws Exception {
    return CoordinatorJournal.open(
        directory.resolve("journal.db"), SIGNER, () -> Instant.parse("2026-01-02T03:04:05Z"));
  }

  static List<JournalEntry> entries() {
    return List.of(
        new JournalEntry.StudyOpen("s-1", Digest.of(PLAN)),
        new Ask("s-1", ASKED),
        RECEIVE,
        new Reject("s-1", BLOCK, ANSWER, "no-proof"),
        new Drop("s-1", BLOCK),
        new Aggregate("s-1", 1, SUMS),
        new Student("s-1", ANSWER),
        new StudyFail("s-1"));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void format_everyKind_readsBackAsWritten(JournalEntry entry) throws Exception {
    RecordCodec<JournalEntry> codec = new RecordCodec<>(new JournalFormat());
    LogRecord<JournalEntry> written =
        new LogRecord<>(7, ANSWER, Instant.parse("2026-01-02T03:04:00Z"), entry);
    assertThat(codec.decode(codec.encode(written))).isEqualTo(written);
    assertThat(new String(codec.encode(written), StandardCharsets.UTF_8))
        .contains("\"type\":\"" + entry.type() + "\"")
        .contains("\"tick\":\"1767323040\"");
  }

  @Test
  void format_unknownKind_isMalformed() {
    assertThatExceptionOfType(MalformedLogException.class)
        .isThrownBy(() -> new JournalFormat()
            .read("dream", new FieldReader(new TreeMap<>(java.util.Map.of("study", "s")))))
        .withMessage("type must be one this version knows: dream");
  }

  @Test
  void write_aWholeStudy_isThereAfterReopening() throws Exception {
    try (CoordinatorJournal journal = open()) {
      journal.openStudy("s-1", PLAN);
      journal.write(new Ask("s-1", ASKED));
      journal.write(new Reject("s-1", BLOCK, ANSWER, "no-proof"));
      journal.write(RECEIVE);
      journal.write(new Aggregate("s-1", 1, SUMS));
      journal.write(new Student("s-1", ANSWER));
      assertThat(journal.size()).isEqualTo(6);
    }
    try (CoordinatorJournal journal = open()) {
      assertThat(journal.size()).isEqualTo(6);
      Checkpoint checkpoint =
          Checkpoint.parse(SignedNote.parse(journal.checkpoint()).text());
      assertThat(checkpoint)
          .isEqualTo(new Checkpoint("retort/demo", 6, journal.root(6).orElseThrow()));
      assertThat(MerkleProofs.verifyConsistency(
              4,
              journal.root(4).orElseThrow(),
              6,
              journal.root(6).orElseThrow(),
              journal.consistency(4, 6)))
          .isTrue();
    }
    try (JournalSource source = JournalSource.open(directory)) {
      assertThat(source.plan(Digest.of(PLAN))).hasValue(PLAN);
      assertThat(source.plan(ANSWER)).isEmpty();
    }
    Path export = directory.resolve("export");
    assertThat(JournalSource.export(directory, export, null, new TreeMap<>())).isEqualTo(6);
    assertThat(JournalSource.isIn(export)).isTrue();
    try (JournalSource source = JournalSource.open(export)) {
      assertThat(source.plan(Digest.of(PLAN))).hasValue(PLAN);
      assertThat(source.plan(ANSWER)).isEmpty();
      List<Long> seen = new ArrayList<>();
      source.log().forEachEntry((seq, envelope) -> seen.add(seq));
      assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
      assertThat(source.log().faults()).isEmpty();
    }
  }

  @Test
  void export_ofNoJournal_saysWhatIsOne() {
    assertThatExceptionOfType(LogUnavailableException.class)
        .isThrownBy(() ->
            JournalSource.export(directory, directory.resolve("export"), null, new TreeMap<>()))
        .withMessageStartingWith("journal must be a coordinator's home or its journal.db");
  }

  @Test
  void write_whatIsKnown_writesNothing() throws Exception {
    try (CoordinatorJournal journal = open()) {
      for (int i = 0; i < 2; i++) {
        journal.openStudy("s-1", PLAN);
        journal.write(new Ask("s-1", ASKED));
        journal.write(RECEIVE);
        journal.write(new Reject("s-1", BLOCK, ANSWER, "no-proof"));
      }
      for (int i = 0; i < 2; i++) {
        journal.write(new Aggregate("s-1", 1, SUMS));
        journal.write(new Student("s-1", ANSWER));
      }
      assertThat(journal.size()).isEqualTo(6);
      // The same labels, proven in a later tree.
      journal.write(new Receive(
          "s-1", BLOCK, ANSWER, new ProvenRelease("retort/demo/north", 3, 4, 9, ANSWER)));
      assertThat(journal.size()).isEqualTo(6);
    }
  }

  @Test
  void write_againstTheRules_isRefusedAndWritesNothing() throws Exception {
    try (CoordinatorJournal journal = open()) {
      assertBroken(journal, new Ask("s-1", ASKED), "study must be open: s-1");
      journal.openStudy("s-1", PLAN);
      assertBroken(
          journal, new JournalEntry.StudyOpen("s-1", ANSWER), "study must be opened once: s-1");
      assertBroken(journal, RECEIVE, "labels must have been asked for");
      journal.write(new Ask("s-1", ASKED));
      assertBroken(
          journal,
          new Receive("s-1", new Place("north", 0, 60, 50), ANSWER, PROVEN),
          "labels must have been asked for");
      assertBroken(
          journal,
          new Receive("s-1", new Place("south", 0, 0, 50), ANSWER, PROVEN),
          "labels must have been asked for");
      journal.write(RECEIVE);
      assertBroken(
          journal, new Receive("s-1", BLOCK, SUMS, PROVEN), "labels must be received once");
      assertBroken(
          journal,
          new Aggregate("s-1", 2, SUMS),
          "blocks must be all that were received and not dropped, 1");
      assertBroken(journal, new Student("s-1", ANSWER), "labels must be added up before");
      journal.write(new Aggregate("s-1", 1, SUMS));
      assertBroken(
          journal,
          new Receive("s-1", new Place("north", 0, 50, 50), ANSWER, PROVEN),
          "labels must be received before they are added up");
      assertBroken(journal, new Aggregate("s-1", 1, ANSWER), "labels must be added up once");
      journal.write(new Student("s-1", ANSWER));
      assertBroken(journal, new StudyFail("s-1"), "study must not fail after");
      assertThat(journal.size()).isEqualTo(5);
    }
  }

  @Test
  void aggregate_dropsWhatIsNotCounted_andTakesNoMore() throws Exception {
    Place second = new Place("north", 0, 50, 50);
    Place third = new Place("south", 0, 0, 50);
    try (CoordinatorJournal journal = open()) {
      journal.openStudy("s-1", PLAN);
      journal.write(new Ask("s-1", ASKED));
      assertThat(journal.receive(RECEIVE)).isEmpty();
      assertThat(journal.receive(new Receive("s-1", second, SUMS, PROVEN))).isEmpty();
      assertThat(journal.receive(new Receive("s-1", second, ANSWER, PROVEN)))
          .hasValue(Objection.CONTRADICTION);
      assertThat(journal.receive(new Receive("s-1", third, ANSWER, PROVEN)))
          .hasValue(Objection.UNASKED);
      assertThat(journal.receive(new Receive("s-2", BLOCK, ANSWER, PROVEN)))
          .hasValue(Objection.UNASKED);
      for (int i = 0; i < 2; i++) {
        journal.aggregate("s-1", Set.of(BLOCK), SUMS);
      }
      // Open, ask, two received, one dropped, and the sums.
      assertThat(journal.size()).isEqualTo(6);
      assertThat(journal.study("s-1", StudyPart::dropped)).hasValue(Set.of(second));
      assertThat(journal.receive(RECEIVE)).isEmpty();
      journal.write(new Ask("s-1", third));
      assertThat(journal.receive(new Receive("s-1", third, ANSWER, PROVEN)))
          .hasValue(Objection.LATE);
      assertBroken(journal, new Drop("s-1", BLOCK), "labels must be dropped before others");
    }
  }

  @Test
  void aggregate_countingWhatWasNotReceived_isRefused() throws Exception {
    try (CoordinatorJournal journal = open()) {
      journal.openStudy("s-1", PLAN);
      journal.write(new Ask("s-1", ASKED));
      journal.write(RECEIVE);
      assertBroken(
          journal,
          new Drop("s-1", new Place("north", 0, 0, 49)),
          "labels must have been received to be dropped");
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> journal.aggregate("s-1", Set.of(BLOCK, ASKED), SUMS))
          .withMessageContaining("blocks must be all that were received");
    }
  }

  @Test
  void asked_overlappingRanges_countEachSampleOnce() throws Exception {
    try (CoordinatorJournal journal = open()) {
      journal.openStudy("s-1", PLAN);
      for (Place place : List.of(
          ASKED,
          new Place("north", 0, 50, 50),
          new Place("north", 0, 90, 30),
          new Place("north", 1, 0, 10),
          new Place("south", 0, 7, 3))) {
        journal.write(new Ask("s-1", place));
      }
      assertThat(journal.study("s-1", StudyPart::asked).orElseThrow())
          .containsExactly(java.util.Map.entry("north", 130L), java.util.Map.entry("south", 3L));
    }
  }

  private static void assertBroken(CoordinatorJournal journal, JournalEntry entry, String rule) {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> journal.write(entry))
        .withMessageStartingWith("entry must keep the journal's rules: " + rule);
  }

  @Test
  void open_twice_isRefused() throws Exception {
    try (CoordinatorJournal first = open()) {
      assertThat(first.size()).isZero();
      assertThatExceptionOfType(LogInUseException.class).isThrownBy(this::open);
    }
  }

  @Test
  void open_anotherKeyOrAnAlteredFile_isMalformed() throws Exception {
    try (CoordinatorJournal journal = open()) {
      journal.openStudy("s-1", PLAN);
      journal.write(new Ask("s-1", ASKED));
    }
    Path file = directory.resolve("journal.db");
    assertThatExceptionOfType(MalformedLogException.class)
        .isThrownBy(() -> CoordinatorJournal.open(
            file, new UnsafeTestSigner("retort/demo", "another"), Instant::now))
        .withMessageStartingWith("checkpoint must be signed by retort/demo+");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TRIGGER entry_delete");
      statement.execute("DELETE FROM entry WHERE seq = 1");
    }
    assertThatExceptionOfType(MalformedLogException.class)
        .isThrownBy(this::open)
        .withMessageContaining("restore the newest copy of the file");
  }

  @Test
  void sums_ofOtherShape_haveAnotherDigest() {
    assertThat(SumsDigest.of(2, new long[] {1, 2, 3, 4}))
        .isNotEqualTo(SumsDigest.of(4, new long[] {1, 2, 3, 4}))
        .isNotEqualTo(SumsDigest.of(2, new long[] {1, 2, 3, 5}));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> SumsDigest.of(3, new long[] {1, 2, 3, 4}));
  }

  @Test
  void proven_orderOfIndexes_isChecked() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new ProvenRelease("o", 4, 4, 9, ANSWER))
        .withMessage("charge, release and size must ascend: 4, 4, 9");
  }
}
