package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.auditor.GivenLog;
import dev.retort.auditor.OfflineAudit;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.MlDsaSigner;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import dev.retort.tlog.WitnessPolicy;
import dev.retort.witness.Witness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ledgers whose checkpoints are signed with ML-DSA-65 too. */
class SecondSignatureTest {

  private static final LogSigner SITE = PrivacyLedgerTest.SITE;
  private static final MlDsaSigner SECOND = MlDsaSigner.ofSeed(SITE.name(), new byte[32]);

  @TempDir
  Path directory;

  private Path file;

  @BeforeEach
  void writeLedger() throws Exception {
    file = PrivacyLedgerTest.file(directory);
    // Begun without, as most are.
    PrivacyLedgerTest.ready(directory).close();
    try (PrivacyLedger ledger = open(List.of(SECOND))) {
      PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(0, 1));
    }
  }

  private PrivacyLedger open(List<MlDsaSigner> further) throws Exception {
    return PrivacyLedger.open(file, SITE, further, PrivacyLedgerTest.CLOCK);
  }

  @Test
  void checkpoint_isSignedTwiceAndTheLedgerSaysByWhom() throws Exception {
    LedgerReport report = LedgerVerifier.verify(file);
    assertThat(report.findings()).isEmpty();
    assertThat(report.signedAlso()).containsExactly(SECOND.verifierKey());
    try (PrivacyLedger ledger = open(List.of())) {
      SignedNote note = SignedNote.parse(ledger.checkpoint());
      assertThat(note.signatures()).hasSize(2);
      assertThat(note.isSignedBy(VerifierKey.ofLog(SITE))).isTrue();
      assertThat(note.isSignedBy(SECOND.verifierKey())).isTrue();
      // Switched off again.
      ledger.closePolicy("lung-ct");
    }
    assertThat(LedgerVerifier.verify(file).findings()).isEmpty();
    assertThat(LedgerVerifier.verify(file).signedAlso()).isEmpty();
  }

  @Test
  void export_listsTheKeyAndEveryByteOfTheLineCounts() throws Exception {
    Path export = directory.resolve("export");
    LedgerExport.write(directory, export, null, new TreeMap<>(), Answers.INCLUDED);
    assertThat(Files.readString(export.resolve("policy"))).contains("log " + SECOND.verifierKey());
    assertThat(LedgerVerifier.verify(export).findings()).isEmpty();
    assertThat(LedgerVerifier.verify(export).signedAlso()).containsExactly(SECOND.verifierKey());
    try (GivenLog log = GivenLog.open(export)) {
      assertThat(OfflineAudit.of(List.of(log)).findings()).isEmpty();
    }
    Path checkpoint = export.resolve("checkpoint");
    byte[] good = Files.readAllBytes(checkpoint);
    // Each position is of the second line, whose signature takes 4,412 characters.
    for (int position = good.length - 4400; position < good.length - 10; position += 97) {
      byte[] bad = good.clone();
      bad[position] = (byte) (bad[position] == 'A' ? 'B' : 'A');
      Files.write(checkpoint, bad);
      assertThat(LedgerVerifier.verify(export).findings())
          .extracting(Finding::kind)
          .containsOnly(Kind.COSIGNATURE);
    }
  }

  @Test
  void export_policyWithoutTheSecondKey_isRefusedWithTheLineToAdd() {
    assertThatThrownBy(() -> LedgerExport.write(
            directory,
            directory.resolve("export"),
            WitnessPolicy.ofLog(VerifierKey.ofLog(SITE)),
            new TreeMap<>(),
            Answers.INCLUDED))
        .isInstanceOf(MalformedLogException.class)
        .hasMessageContaining("add the line: log " + SECOND.verifierKey());
  }

  @Test
  void witness_takesTheNoteWithBothLines() throws Exception {
    LogSigner cosigner = new UnsafeTestSigner("retort/north", "coordinator");
    try (PrivacyLedger ledger = open(List.of(SECOND));
        WitnessStore store = WitnessStore.open(directory.resolve("witness.db"))) {
      String note = ledger.checkpoint();
      WitnessOutcome outcome = new Witness(store, cosigner, PrivacyLedgerTest.CLOCK)
          .add(ledger.verifierKey(), 0, List.of(), note, List.of());
      assertThat(outcome).isInstanceOf(WitnessOutcome.Cosigned.class);
      ledger.putCosigned(
          VerifierKey.ofWitness(cosigner), note + ((WitnessOutcome.Cosigned) outcome).lines());
    }
    LedgerReport report = LedgerVerifier.verify(file);
    assertThat(report.findings()).isEmpty();
    assertThat(report.witnesses()).containsEntry("retort/north", report.entries());
  }

  @Test
  void rotateKey_keepsTheSecondKey() throws Exception {
    LogSigner next = new UnsafeTestSigner(SITE.name(), "second key");
    try (PrivacyLedger ledger = open(List.of(SECOND))) {
      ledger.rotateKey(next);
    }
    LedgerReport report = LedgerVerifier.verify(file);
    assertThat(report.findings()).isEmpty();
    assertThat(report.signedAlso()).containsExactly(SECOND.verifierKey());
    assertThat(report.keys()).hasSize(2);
  }

  @Test
  void open_secondKeyOfAnotherName_isRefused() {
    assertThatThrownBy(() -> open(List.of(MlDsaSigner.ofSeed("site-z", new byte[32]))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the ledger's name");
  }
}
