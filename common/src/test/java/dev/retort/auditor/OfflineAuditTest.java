package dev.retort.auditor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult.Witnessed;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalEntry.Aggregate;
import dev.retort.journal.JournalEntry.Ask;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalEntry.Student;
import dev.retort.journal.SumsDigest;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerExport;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.Query;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MerkleProver;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A study of two nodes, with real files, and what an auditor of them finds. */
final class OfflineAuditTest {

  private static final InstantSource CLOCK = () -> Instant.parse("2026-01-02T03:04:05Z");
  private static final LogSigner COORDINATOR = new UnsafeTestSigner("retort/demo", "coordinator");
  private static final Digest TRANSFER_SET = new Digest("0".repeat(64));
  private static final int BLOCK = 10;

  @TempDir
  private Path directory;

  private byte[] plan = {};
  private final long[] sums = new long[2 * BLOCK * 3];
  private final List<Receive> received = new ArrayList<>();

  @BeforeEach
  void runStudy() throws Exception {
    StudyPlan resolved = StudyPlans.resolve(
        StudyPlans.readFile("test", """
            study: test
            task: { kind: classification, classes: [a, b, c] }
            transferSet: public@sha256:%s
            privacy: { epsilon: 2, delta: 1e-5, unit: patient }
            teachers: { perNode: 25 }
            """.formatted(TRANSFER_SET.hex()), List.of())
            .plan(),
        2 * BLOCK,
        30);
    plan = StudyPlans.canonicalBytes(resolved);
    label("north", 1);
    label("south", 2);
    writeJournal(new Aggregate("s-1", received.size(), SumsDigest.of(3, sums)));
  }

  private static LogSigner signer(String node) {
    return new UnsafeTestSigner("retort/demo/" + node, node);
  }

  private Path ledger(String node) {
    return directory.resolve(node + ".db");
  }

  private void label(String node, int value) throws Exception {
    List<Receive> proofs = new ArrayList<>();
    try (PrivacyLedger ledger = PrivacyLedger.open(ledger(node), signer(node), CLOCK)) {
      ledger.openPolicy("scans", "patient", new ApproxDp(2, 1e-5));
      ledger.bindDataset(new DatasetBind("scans", TRANSFER_SET, 25, "prf-mod-teachers/1"));
      ledger.openCampaign(Digest.of(plan), new DiscreteGaussianHistogram(new LabelGrid(1), 3, 30));
      for (int first = 0; first < 2 * BLOCK; first += BLOCK) {
        Query query =
            new Query("scans", Digest.of(plan), Query.batch(TRANSFER_SET, first, BLOCK), BLOCK);
        long charge =
            ((Charged) ledger.charge(query, Party.ofKey("demo", COORDINATOR.publicKey()))).seq();
        int[] values = new int[BLOCK * 3];
        for (int i = 0; i < values.length; i++) {
          values[i] = value * (i + 1) - 7 + first;
          sums[first * 3 + i] += values[i];
        }
        LabelBlock block = new LabelBlock(first, BLOCK, 3, values);
        ledger.release(charge, block, TRANSFER_SET);
        proofs.add(new Receive(
            "s-1",
            new Place(node, 0, first, BLOCK),
            block.digest(),
            new ProvenRelease(
                "retort/demo/" + node, charge, charge + 1, charge + 2, TRANSFER_SET)));
      }
    }
    try (LogFile file = LogFile.openToAppend(ledger(node), LogFile.MAX_PAGES)) {
      SignedNote note = SignedNote.parse(file.checkpoint().orElseThrow());
      file.putCosigned(
          VerifierKey.ofWitness(COORDINATOR),
          note.cosign(COORDINATOR, CLOCK.instant()).encode());
      for (Receive one : proofs) {
        ProvenRelease proven = one.release();
        received.add(new Receive(
            one.study(),
            one.place(),
            one.answer(),
            new ProvenRelease(
                proven.origin(),
                proven.charge(),
                proven.release(),
                proven.size(),
                new MerkleProver(file).root(proven.size()))));
      }
    }
  }

  private void writeJournal(Aggregate aggregate) throws Exception {
    Path file = directory.resolve("journal.db");
    Files.deleteIfExists(file);
    try (CoordinatorJournal journal = CoordinatorJournal.open(file, COORDINATOR, CLOCK)) {
      journal.openStudy("s-1", plan);
      journal.write(new Ask("s-1", new Place("north", 0, 0, 2 * BLOCK)));
      journal.write(new Ask("s-1", new Place("south", 0, 0, 2 * BLOCK)));
      for (Receive one : received) {
        journal.write(one);
      }
      journal.write(aggregate);
      journal.write(new Student("s-1", TRANSFER_SET));
      SignedNote note = SignedNote.parse(journal.checkpoint());
      journal.putCosigned(
          VerifierKey.ofWitness(signer("north")),
          note.cosign(signer("north"), CLOCK.instant()).encode());
    }
  }

  private AuditResult audit() throws Exception {
    return audit(ledger("north"), ledger("south"), directory.resolve("journal.db"));
  }

  private static AuditResult audit(Path... paths) throws Exception {
    List<AuditedLog> logs = new ArrayList<>();
    try {
      for (Path path : paths) {
        logs.add(GivenLog.open(path));
      }
      return OfflineAudit.of(logs);
    } finally {
      for (AuditedLog log : logs) {
        log.close();
      }
    }
  }

  private List<Kind> kinds() throws Exception {
    return audit().findings().stream().map(AuditFinding::kind).distinct().toList();
  }

  private void sql(Path file, String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String trigger :
          List.of("entry_update", "entry_delete", "answer_update", "answer_delete")) {
        statement.execute("DROP TRIGGER IF EXISTS " + trigger);
      }
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  private List<String> messages() throws Exception {
    return audit().findings().stream().map(AuditFinding::message).toList();
  }

  private void replace(Receive changed, int at) {
    received.set(at, changed);
  }

  @Test
  void audit_honestStudy_holdsAndLeavesNothingUnchecked() throws Exception {
    AuditResult result = audit();
    assertThat(result.findings()).isEmpty();
    assertThat(result.unchecked()).isEmpty();
    assertThat(result.ok()).isTrue();
    assertThat(result.entries()).isEqualTo(7 + 7 + 9);
    assertThat(result.logs().get(0).witnesses()).containsExactly(new Witnessed("retort/demo", 7));
    assertThat(result.logs().get(2).witnesses())
        .containsExactly(new Witnessed("retort/demo/north", 9));
    assertThat(result.logs().get(0).ledger())
        .hasValueSatisfying(ledger -> assertThat(ledger.releases()).hasSize(2));
  }

  @Test
  void audit_withoutTheOthers_saysWhatIsUnchecked() throws Exception {
    AuditResult alone = audit(ledger("north"));
    assertThat(alone.findings()).isEmpty();
    assertThat(alone.unchecked())
        .containsExactly(
            "cosignatures of retort/demo: its own log, and so its key, was not given",
            "witnesses of retort/demo/north: no checkpoint cosigned by a log given here");
    AuditResult journal = audit(directory.resolve("journal.db"));
    assertThat(journal.findings()).isEmpty();
    assertThat(journal.unchecked())
        .contains(
            "what north sent for study s-1: its ledger was not given",
            "sums of study s-1: not all answers and the plan were given");
  }

  @Test
  void audit_tailCutOffWithANewCheckpoint_isSeenByTheWitness() throws Exception {
    // The node signs a checkpoint over fewer entries: by itself the ledger would verify.
    Path cut = directory.resolve("cut.db");
    try (PrivacyLedger ledger = PrivacyLedger.open(cut, signer("north"), CLOCK)) {
      ledger.openPolicy("scans", "patient", new ApproxDp(2, 1e-5));
    }
    try (LogFile whole = LogFile.openToRead(ledger("north"));
        LogFile file = LogFile.openToAppend(cut, LogFile.MAX_PAGES)) {
      file.putCosigned(
          VerifierKey.ofWitness(COORDINATOR),
          whole.cosignedByWitness().getOrDefault(COORDINATOR.name(), ""));
    }
    Files.copy(cut, ledger("north"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(kinds()).contains(Kind.WITNESS, Kind.CROSS_CHECK);
    assertThat(messages()).anyMatch(message -> message.contains("its tail was cut off: 1"));
  }

  @Test
  void audit_tailCutOffWithItsCosignatures_isSeenByWhatAnotherNodeKept() throws Exception {
    String seen;
    try (LogFile whole = LogFile.openToRead(ledger("north"))) {
      seen = whole.checkpoint().orElseThrow();
    }
    Path south = directory.resolve("export-of-south");
    TreeMap<String, String> witnessed = new TreeMap<>(Map.of("retort/demo/north", seen));
    LedgerExport.write(ledger("south"), south, null, witnessed, LedgerExport.Answers.INCLUDED);
    assertThat(audit(ledger("north"), south).findings()).isEmpty();
    // Begun anew with the node's key, and with another.
    Path cut = directory.resolve("cut.db");
    try (PrivacyLedger ledger = PrivacyLedger.open(cut, signer("north"), CLOCK)) {
      ledger.openPolicy("scans", "patient", new ApproxDp(2, 1e-5));
    }
    assertThat(audit(cut, south).findings())
        .extracting(AuditFinding::log, AuditFinding::kind, AuditFinding::message)
        .containsExactly(
            tuple(
                "retort/demo/north",
                Kind.WITNESS,
                "log must hold all that was witnessed by retort/demo/south, 7 entries; its tail was cut off: 1"));
    Path other = directory.resolve("other.db");
    try (PrivacyLedger ledger = PrivacyLedger.open(
        other, new UnsafeTestSigner("retort/demo/north", "another key"), CLOCK)) {
      ledger.openPolicy("scans", "patient", new ApproxDp(2, 1e-5));
    }
    assertThat(audit(other, south).findings())
        .singleElement()
        .satisfies(found -> assertThat(found.message())
            .startsWith(
                "retort/demo/south accepted a checkpoint of 7 entries under this log's name"));
  }

  @Test
  void audit_forkedLedger_isSeenByTheWitness() throws Exception {
    String cosigned;
    try (LogFile file = LogFile.openToRead(ledger("north"))) {
      cosigned = file.cosignedByWitness().getOrDefault(COORDINATOR.name(), "");
    }
    received.clear();
    Files.delete(ledger("north"));
    Files.delete(ledger("south"));
    label("north", 3);
    label("south", 2);
    try (LogFile file = LogFile.openToAppend(ledger("north"), LogFile.MAX_PAGES)) {
      file.putCosigned(VerifierKey.ofWitness(COORDINATOR), cosigned);
    }
    assertThat(messages()).anyMatch(message -> message.contains("it was forked"));
    assertThat(kinds()).contains(Kind.WITNESS, Kind.CROSS_CHECK);
  }

  @Test
  void audit_forgedCosignature_isFound() throws Exception {
    try (LogFile file = LogFile.openToAppend(ledger("north"), LogFile.MAX_PAGES)) {
      SignedNote note = SignedNote.parse(file.checkpoint().orElseThrow());
      file.putCosigned(
          VerifierKey.ofWitness(COORDINATOR),
          note.cosign(COORDINATOR, CLOCK.instant())
              .encode()
              .replaceFirst("(retort/demo [A-Za-z0-9+/]{20})[A-Za-z0-9+/]{8}", "$1AAAAAAAA"));
    }
    assertThat(kinds()).containsExactly(Kind.WITNESS);
    assertThat(messages()).containsExactly("cosignature of retort/demo at size 7 must verify");
  }

  @Test
  void audit_answerSwapped_isFound() throws Exception {
    sql(
        ledger("north"),
        "UPDATE answer SET packed = (SELECT packed FROM answer WHERE charge = 5) WHERE charge = 3");
    assertThat(kinds()).containsExactly(Kind.ANSWER);
  }

  @Test
  void audit_sumsOfSomethingElse_areFound() throws Exception {
    sums[4]++;
    writeJournal(new Aggregate("s-1", received.size(), SumsDigest.of(3, sums)));
    assertThat(kinds()).containsExactly(Kind.CROSS_CHECK);
    assertThat(messages()).allMatch(message -> message.startsWith("sums of study s-1 must be"));
  }

  @Test
  void audit_receiptOfAnotherAnswer_isFound() throws Exception {
    Receive one = received.get(0);
    replace(new Receive(one.study(), one.place(), Digest.of(plan), one.release()), 0);
    writeJournal(new Aggregate("s-1", received.size(), SumsDigest.of(3, sums)));
    assertThat(kinds()).containsExactly(Kind.CROSS_CHECK);
  }

  @Test
  void audit_receiptAtAnotherPlace_isFound() throws Exception {
    Receive one = received.get(0);
    Receive two = received.get(1);
    replace(new Receive(one.study(), one.place(), two.answer(), two.release()), 0);
    replace(new Receive(two.study(), two.place(), one.answer(), one.release()), 1);
    writeJournal(new Aggregate("s-1", received.size(), SumsDigest.of(3, sums)));
    assertThat(messages())
        .anyMatch(message -> message.contains("must have been charged for that study"));
  }

  @Test
  void audit_receiptProvenInNoTreeOfTheLedger_isFound() throws Exception {
    Receive one = received.get(0);
    ProvenRelease proven = one.release();
    replace(
        new Receive(
            one.study(),
            one.place(),
            one.answer(),
            new ProvenRelease(
                proven.origin(), proven.charge(), proven.release(), proven.size(), TRANSFER_SET)),
        0);
    writeJournal(new Aggregate("s-1", received.size(), SumsDigest.of(3, sums)));
    assertThat(messages()).singleElement().asString().contains("which this ledger must have had");
  }

  @Test
  void audit_entryChanged_isFound() throws Exception {
    sql(
        ledger("north"),
        "UPDATE entry SET envelope = (SELECT envelope FROM entry WHERE seq = 3) WHERE seq = 5");
    assertThat(kinds()).contains(Kind.SEQUENCE, Kind.CHECKPOINT, Kind.RELEASE, Kind.WITNESS);
    sql(
        ledger("south"),
        "UPDATE entry SET envelope = replace(CAST(envelope AS TEXT), 'sig\":\"', 'sig\":\"A') WHERE seq = 5");
    assertThat(kinds()).contains(Kind.SIGNATURE);
  }

  @Test
  void audit_entryReSignedByAnotherKey_isFound() throws Exception {
    Path other = directory.resolve("other.db");
    try (PrivacyLedger ledger =
        PrivacyLedger.open(other, new UnsafeTestSigner("retort/demo/north", "thief"), CLOCK)) {
      ledger.openPolicy("scans", "patient", new ApproxDp(2, 1e-5));
    }
    sql(
        ledger("north"),
        "ATTACH '" + other + "' AS thief",
        "UPDATE entry SET envelope = (SELECT envelope FROM thief.entry WHERE seq = 0) WHERE seq = 0");
    assertThat(kinds()).contains(Kind.SIGNATURE, Kind.SEQUENCE, Kind.CHECKPOINT);
  }

  @Test
  void audit_planOfAnotherDigest_isFound() throws Exception {
    sql(directory.resolve("journal.db"), "UPDATE plan SET json = CAST('{}' AS BLOB)");
    assertThat(kinds()).containsExactly(Kind.MALFORMED);
  }

  @Test
  void audit_logKeyOfAnotherAlgorithm_isMalformed() throws Exception {
    sql(ledger("north"), "UPDATE log SET key = '" + VerifierKey.ofWitness(signer("north")) + "'");
    assertThat(audit(ledger("north")).findings())
        .extracting(AuditFinding::message)
        .containsExactly(
            "log key must be an Ed25519 key: " + VerifierKey.ofWitness(signer("north")));
  }

  @Test
  void audit_sameLogTwice_isRefused() throws Exception {
    assertThat(audit(ledger("north"), ledger("north")).findings())
        .extracting(AuditFinding::message)
        .containsExactly("a log must be given once: retort/demo/north");
  }
}
