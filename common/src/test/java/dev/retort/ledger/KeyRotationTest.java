package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.auditor.AuditFinding;
import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.KeySpan;
import dev.retort.auditor.GivenLog;
import dev.retort.auditor.OfflineAudit;
import dev.retort.ledger.LedgerEntry.KeyRotate;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.KeyRotation;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that changes its key: what follows, and what both audits find when it is done wrongly. */
class KeyRotationTest {

  private static final LogSigner OLD = PrivacyLedgerTest.SITE;
  private static final LogSigner NEW = new UnsafeTestSigner(OLD.name(), "second key");
  private static final LogSigner NEWEST = new UnsafeTestSigner(OLD.name(), "third key");
  private static final VerifierKey OLD_KEY = VerifierKey.ofLog(OLD);
  private static final VerifierKey NEW_KEY = VerifierKey.ofLog(NEW);
  private static final VerifierKey NEWEST_KEY = VerifierKey.ofLog(NEWEST);

  @TempDir
  Path directory;

  private Path file;

  // 0 policy, 1 data set, 2 campaign, 3 charge, 4 release, 5 charge, 6 rotation, 7 release, 8
  // charge.
  @BeforeEach
  void writeLedger() throws Exception {
    file = PrivacyLedgerTest.file(directory);
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      release(ledger, PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(0, 3)), 0);
      long open = PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(1, 3));
      ledger.rotateKey(NEW);
      assertThat(ledger.verifierKey()).isEqualTo(NEW_KEY);
      release(ledger, open, 1);
    }
    try (PrivacyLedger ledger = PrivacyLedger.open(file, NEW, PrivacyLedgerTest.CLOCK)) {
      ledger.charge(PrivacyLedgerTest.query(2, 3), PrivacyLedgerTest.NORTH);
    }
  }

  private static void release(PrivacyLedger ledger, long charge, int batch) throws Exception {
    ledger.release(charge, PrivacyLedgerTest.block(batch, 3), PrivacyLedgerTest.CAMPAIGN);
  }

  private List<Finding> findings() throws Exception {
    return LedgerVerifier.verify(file).findings();
  }

  private AuditResult audit(Path path) throws Exception {
    try (GivenLog log = GivenLog.open(path)) {
      return OfflineAudit.of(List.of(log));
    }
  }

  private static Envelope honest(long seq, byte[] payload) {
    return seq == 6
        ? Envelope.sign(payload, OLD).signAlso(NEW)
        : Envelope.sign(payload, seq < 6 ? OLD : NEW);
  }

  private void forge(UnsafeForgery.Pen pen, LogSigner last) throws Exception {
    UnsafeForgery.forge(file, OLD, pen, last, entries -> entries);
  }

  private void requireFound(Kind kind, AuditFinding.Kind independent, String message)
      throws Exception {
    assertThat(findings()).anySatisfy(one -> {
      assertThat(one.kind()).isEqualTo(kind);
      assertThat(one.message()).contains(message);
    });
    assertThat(audit(file).findings()).extracting(AuditFinding::kind).contains(independent);
  }

  @Test
  void rotateKey_goesOnUnderTheSameNameAndVerifies() throws Exception {
    LedgerReport report = LedgerVerifier.verify(file);
    assertThat(report.findings()).isEmpty();
    assertThat(report.logKey()).isEqualTo(OLD_KEY.toString());
    assertThat(report.keys())
        .containsExactly(new KeyHistory.Span(OLD_KEY, 0), new KeyHistory.Span(NEW_KEY, 7));
    assertThat(LedgerReader.entries(file).get(6).entry())
        .isEqualTo(new KeyRotate(new KeyRotation(OLD_KEY, NEW_KEY)));
    try (LogFile log = LogFile.openToRead(file)) {
      SignedNote note = SignedNote.parse(log.checkpoint().orElseThrow());
      assertThat(note.isSignedBy(NEW_KEY)).isTrue();
      assertThat(Checkpoint.parse(note.text()).origin()).isEqualTo(OLD.name());
    }
    AuditResult audit = audit(file);
    assertThat(audit.findings()).isEmpty();
    assertThat(audit.logs().get(0).keys())
        .containsExactly(new KeySpan(OLD_KEY.toString(), 0), new KeySpan(NEW_KEY.toString(), 7));
    assertThat(audit.logs().get(0).key()).isEqualTo(NEW_KEY.toString());
  }

  @Test
  void rotateKey_manyTimes_verifies() throws Exception {
    LogSigner last = NEW;
    for (int i = 0; i < 50; i++) {
      try (PrivacyLedger ledger = PrivacyLedger.open(file, last, PrivacyLedgerTest.CLOCK)) {
        last = new UnsafeTestSigner(OLD.name(), "key " + i);
        ledger.rotateKey(last);
      }
    }
    assertThat(findings()).isEmpty();
    assertThat(audit(file).findings()).isEmpty();
    assertThat(LedgerVerifier.verify(file).keys()).hasSize(52);
  }

  @Test
  void verify_anyKeyOfTheLedgerKnown_holds() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedger.open(file, NEW, PrivacyLedgerTest.CLOCK)) {
      ledger.rotateKey(NEWEST);
    }
    for (VerifierKey known : List.of(OLD_KEY, NEW_KEY, NEWEST_KEY)) {
      assertThat(LedgerVerifier.verify(file, known.toString()).findings()).isEmpty();
    }
    String stranger =
        VerifierKey.ofLog(new UnsafeTestSigner(OLD.name(), "stranger")).toString();
    assertThat(LedgerVerifier.verify(file, stranger).findings())
        .extracting(Finding::kind)
        .containsExactly(Kind.KEY, Kind.SIGNATURE);
  }

  @Test
  void open_withTheRetiredKeyOrAnother_isRefused() throws Exception {
    assertThatThrownBy(
            () -> PrivacyLedger.open(file, OLD, PrivacyLedgerTest.CLOCK).close())
        .isInstanceOf(MalformedLogException.class)
        .hasMessageContaining("not one that it replaced");
    assertThatThrownBy(
            () -> PrivacyLedger.open(file, NEWEST, PrivacyLedgerTest.CLOCK).close())
        .isInstanceOf(MalformedLogException.class)
        .hasMessageContaining("log key must be");
  }

  @Test
  void rotateKey_toAKeyItHadOrAnotherName_writesNothing() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedger.open(file, NEW, PrivacyLedgerTest.CLOCK)) {
      assertThatThrownBy(() -> ledger.rotateKey(NEW)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> ledger.rotateKey(OLD)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> ledger.rotateKey(new UnsafeTestSigner("site-z", "z")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(ledger.size()).isEqualTo(9);
      assertThat(ledger.verifierKey()).isEqualTo(NEW_KEY);
    }
    assertThat(findings()).isEmpty();
  }

  @Test
  void rotations_proveThemselves() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedger.open(file, NEW, PrivacyLedgerTest.CLOCK)) {
      assertThat(ledger.rotations(7, 9)).isEmpty();
      assertThat(ledger.rotations(0, 6)).isEmpty();
      SignedRotation one = ledger.rotations(6, 9).get(0);
      assertThat(one.rotation()).isEqualTo(new KeyRotation(OLD_KEY, NEW_KEY));
      assertThat(one.isSignedByBoth()).isTrue();
      assertThat(one.leadsTo(ledger.root(9).orElseThrow(), 9)).isTrue();
      assertThat(one.leadsTo(ledger.root(8).orElseThrow(), 8)).isFalse();
    }
  }

  @Test
  void export_afterRotation_trustsTheFirstKeyAndFollows() throws Exception {
    Path export = directory.resolve("export");
    LedgerExport.write(directory, export, null, new TreeMap<>(), Answers.INCLUDED);
    assertThat(LedgerVerifier.verify(export).findings()).isEmpty();
    assertThat(Files.readString(export.resolve("policy"))).contains("log " + OLD_KEY);
    assertThat(audit(export).findings()).isEmpty();
  }

  @Test
  void verify_forgedAlike_holds() throws Exception {
    forge(KeyRotationTest::honest, NEW);
    assertThat(findings()).isEmpty();
    assertThat(audit(file).findings()).isEmpty();
  }

  @Test
  void verify_rotationSignedByOneKeyOrNone_isFound() throws Exception {
    Map<String, LogSigner> alone =
        Map.of("the old one alone", OLD, "the new one alone", NEW, "neither", NEWEST);
    for (var one : alone.entrySet()) {
      forge(
          (seq, payload) ->
              seq == 6 ? Envelope.sign(payload, one.getValue()) : honest(seq, payload),
          NEW);
      requireFound(Kind.ROTATION, AuditFinding.Kind.ROTATION, one.getKey());
      // Only the old key's signature says that the new one may: it is asked for in any case.
      assertThat(LedgerVerifier.verify(
                  file,
                  LedgerChecks.ofEverything().withSignatures(LedgerChecks.Signatures.CHECKPOINT))
              .findings())
          .extracting(Finding::kind)
          .containsExactly(Kind.ROTATION);
    }
  }

  @Test
  void verify_entrySignedByTheRetiredKey_isFound() throws Exception {
    forge((seq, payload) -> seq == 8 ? Envelope.sign(payload, OLD) : honest(seq, payload), NEW);
    requireFound(Kind.RETIRED_KEY, AuditFinding.Kind.RETIRED_KEY, "a key that was replaced");
    assertThat(findings()).hasSize(1);
  }

  @Test
  void verify_entrySignedByTheNewKeyTooEarly_isFound() throws Exception {
    forge((seq, payload) -> seq == 5 ? Envelope.sign(payload, NEW) : honest(seq, payload), NEW);
    assertThat(findings()).extracting(Finding::kind).containsExactly(Kind.SIGNATURE);
    assertThat(audit(file).findings())
        .extracting(AuditFinding::kind)
        .containsExactly(AuditFinding.Kind.RETIRED_KEY);
  }

  @Test
  void verify_checkpointSignedByTheRetiredKey_isFound() throws Exception {
    forge(KeyRotationTest::honest, OLD);
    requireFound(Kind.RETIRED_KEY, AuditFinding.Kind.RETIRED_KEY, "checkpoint of 9 entries");
    assertThat(findings()).hasSize(1);
    assertThatThrownBy(
            () -> PrivacyLedger.open(file, NEW, PrivacyLedgerTest.CLOCK).close())
        .isInstanceOf(MalformedLogException.class);
  }

  @Test
  void verify_rotationToTheSameKeyOrBackOrFromAnother_isFound() throws Exception {
    Map<String, KeyRotation> wrong = Map.of(
        "new key must be another than the old one", new KeyRotation(NEW_KEY, NEW_KEY),
        "new key must be one that the log never had", new KeyRotation(NEW_KEY, OLD_KEY),
        "old key must be the log's key", new KeyRotation(OLD_KEY, NEWEST_KEY));
    Map<VerifierKey, LogSigner> pens = Map.of(OLD_KEY, OLD, NEW_KEY, NEW, NEWEST_KEY, NEWEST);
    byte[] good = Files.readAllBytes(file);
    for (var one : wrong.entrySet()) {
      Files.write(file, good);
      KeyRotation rotation = one.getValue();
      UnsafeForgery.forge(
          file,
          OLD,
          (seq, payload) -> seq == 9
              ? Envelope.sign(payload, pens.getOrDefault(rotation.from(), NEWEST))
                  .signAlso(pens.getOrDefault(rotation.to(), NEWEST))
              : honest(seq, payload),
          NEW,
          entries -> {
            List<LedgerEntry> longer = new ArrayList<>(entries);
            longer.add(new KeyRotate(rotation));
            return longer;
          });
      requireFound(Kind.ROTATION, AuditFinding.Kind.ROTATION, one.getKey());
    }
  }

  @Test
  void verify_rotationTakenOut_isFound() throws Exception {
    UnsafeForgery.forge(
        file, OLD, (seq, payload) -> Envelope.sign(payload, seq < 6 ? OLD : NEW), NEW, entries -> {
          List<LedgerEntry> shorter = new ArrayList<>(entries);
          shorter.remove(6);
          return shorter;
        });
    assertThat(findings()).extracting(Finding::kind).containsOnly(Kind.SIGNATURE);
    assertThat(audit(file).findings())
        .extracting(AuditFinding::kind)
        .contains(AuditFinding.Kind.SIGNATURE);
  }

  @Test
  void read_rotationOfAnotherNameOrKind_isMalformed() {
    VerifierKey other = VerifierKey.ofLog(new UnsafeTestSigner("site-z", "z"));
    assertThatThrownBy(() -> new KeyRotation(OLD_KEY, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one name");
    assertThatThrownBy(() -> new KeyRotation(OLD_KEY, VerifierKey.ofWitness(NEW)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Ed25519 keys of a log");
  }
}
