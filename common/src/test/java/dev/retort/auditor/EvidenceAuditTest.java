package dev.retort.auditor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.ledger.LedgerExport;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerExport.Evidence;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.secagg.UnsafeMessages;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor makes of the messages by which a node accuses a coordinator. */
final class EvidenceAuditTest {

  private static final InstantSource CLOCK = () -> Instant.parse("2026-01-02T03:04:05Z");
  private static final LogSigner COORDINATOR = new UnsafeTestSigner("retort/demo", "coordinator");
  private static final LogSigner NODE = new UnsafeTestSigner("retort/demo/north", "north");
  private static final VerifierKey KEY = VerifierKey.ofLog(COORDINATOR);
  private static final Digest CAMPAIGN = Digest.of(new byte[] {1});
  private static final Digest SESSION = Digest.of(new byte[] {2});

  @TempDir
  private Path directory;

  private Path export = Path.of("");
  private int exports;

  @BeforeEach
  void writeJournal() throws Exception {
    CoordinatorJournal.open(directory.resolve("journal.db"), COORDINATOR, CLOCK).close();
    try (PrivacyLedger ledger = PrivacyLedger.open(directory.resolve("n.db"), NODE, CLOCK)) {
      ledger.openPolicy("scans", "patient", new ApproxDp(2, 1e-5));
    }
  }

  private static byte[] opening(int segment, int lanes) {
    return UnsafeMessages.opening(COORDINATOR, SESSION, segment, lanes);
  }

  /** Writes a refusal, at entry 1 and following, and exports. */
  private void refuse(String reason, int code, byte[]... evidence) throws Exception {
    try (PrivacyLedger ledger = PrivacyLedger.open(directory.resolve("n.db"), NODE, CLOCK)) {
      assertThat(ledger.refuseSum(CAMPAIGN, SESSION, reason, code, List.of(evidence)))
          .isPresent();
    }
    export = directory.resolve("export-" + exports++);
    LedgerExport.write(directory.resolve("n.db"), export, null, new TreeMap<>(), Answers.INCLUDED);
  }

  private Path evidence(byte[] message) {
    return export.resolve("evidence").resolve(Digest.of(message).hex());
  }

  private AuditResult audit(List<VerifierKey> keys, Path... paths) throws Exception {
    List<AuditedLog> logs = new ArrayList<>();
    try {
      for (Path path : paths) {
        logs.add(GivenLog.open(path));
      }
      return OfflineAudit.of(logs, keys);
    } finally {
      for (AuditedLog log : logs) {
        log.close();
      }
    }
  }

  private List<AuditFinding> findings() throws Exception {
    return audit(List.of(KEY), export).findings();
  }

  private List<Kind> kinds() throws Exception {
    return findings().stream().map(AuditFinding::kind).toList();
  }

  @Test
  void audit_equivocation_isProvenByTheJournalsKeyOrAGivenOne() throws Exception {
    byte[] first = opening(3, 20);
    byte[] second = opening(3, 21);
    refuse("EQUIVOCATION", 7, first, second);
    AuditFinding proof = new AuditFinding(
        "retort/demo/north",
        1,
        Kind.EQUIVOCATION,
        "retort/demo signed two messages that contradict each other, SEGMENT_OPEN number 3 of session "
            + SESSION + ": " + Digest.of(first) + " and " + Digest.of(second));
    assertThat(findings()).containsExactly(proof);
    for (Path ledger : List.of(export, directory.resolve("n.db"))) {
      assertThat(audit(List.of(), ledger, directory.resolve("journal.db")).findings())
          .containsExactly(proof);
    }
  }

  @Test
  void audit_equivocationOfANode_isProvenByItsLedgersKey() throws Exception {
    LogSigner south = new UnsafeTestSigner("retort/demo/south", "south");
    Path other = directory.resolve("south.db");
    try (PrivacyLedger ledger = PrivacyLedger.open(other, south, CLOCK)) {
      ledger.openPolicy("scans", "patient", new ApproxDp(2, 1e-5));
      ledger.rotateKey(new UnsafeTestSigner("retort/demo/south", "south, later"));
    }
    refuse(
        "EQUIVOCATION",
        7,
        UnsafeMessages.opening(south, SESSION, 0, 1),
        UnsafeMessages.opening(south, SESSION, 0, 2));
    assertThat(audit(List.of(), export, other).findings()).singleElement().satisfies(found -> {
      assertThat(found.kind()).isEqualTo(Kind.EQUIVOCATION);
      assertThat(found.message()).startsWith("retort/demo/south signed");
    });
  }

  @Test
  void audit_withoutTheKeyOrTheEvidence_isUnchecked() throws Exception {
    refuse("EQUIVOCATION", 7, opening(3, 20), opening(3, 21));
    AuditResult result = audit(List.of(VerifierKey.ofLog(NODE)), export);
    assertThat(result.findings()).isEmpty();
    assertThat(result.unchecked())
        .contains(
            "equivocation at entry 1 of retort/demo/north: the key that signed it, of fingerprint "
                + Digest.of(COORDINATOR.publicKey()) + ", was not given");
    Path without = directory.resolve("without");
    LedgerExport.write(export, without, null, new TreeMap<>(), Answers.INCLUDED, Evidence.LEFT_OUT);
    result = audit(List.of(KEY), without);
    assertThat(result.findings()).isEmpty();
    assertThat(result.unchecked())
        .contains("evidence of retort/demo/north: it was not handed over");
  }

  @Test
  void audit_otherRefusals_areReadAndNotJudged() throws Exception {
    refuse("POLICY_NOISE", 15, opening(3, 20));
    refuse("TOO_FEW_READY", 48);
    AuditResult result = audit(List.of(KEY), export);
    assertThat(result.findings()).isEmpty();
    assertThat(result.unchecked()).noneMatch(line -> line.contains("evidence"));
    assertThat(result.logs().get(0).ledger())
        .hasValueSatisfying(ledger -> assertThat(ledger.sumRefusals()).hasSize(2));
  }

  @Test
  void audit_accusationThatProvesNothing_isFound() throws Exception {
    byte[] forged = opening(3, 21);
    forged[40] ^= 1;
    refuse("EQUIVOCATION", 7, opening(3, 20), forged);
    assertThat(findings())
        .singleElement()
        .satisfies(found -> assertThat(found.message())
            .isEqualTo(
                "messages of an equivocation must both be signed by whom they name, retort/demo"));
    refuse("equivocation", 7, opening(3, 20), opening(4, 20));
    refuse("equivocation", 7, opening(3, 20), opening(3, 20));
    refuse("equivocation", 7, opening(3, 20), UnsafeMessages.opening(NODE, SESSION, 3, 21));
    assertThat(findings())
        .extracting(AuditFinding::message)
        .filteredOn(message -> !message.contains("signed by whom"))
        .containsExactly(
            "messages of an equivocation must contradict each other, and these by retort/demo do not",
            "messages of an equivocation must contradict each other, and these by retort/demo do not",
            "messages of an equivocation must name one signer, and these name two");
    assertThat(kinds()).containsOnly(Kind.EVIDENCE);
  }

  @Test
  void audit_proofOfAnotherSession_standsAndTheEntryDoesNot() throws Exception {
    refuse(
        "EQUIVOCATION",
        7,
        UnsafeMessages.opening(COORDINATOR, CAMPAIGN, 0, 1),
        UnsafeMessages.opening(COORDINATOR, CAMPAIGN, 0, 2));
    assertThat(kinds()).containsExactly(Kind.EQUIVOCATION, Kind.EVIDENCE);
  }

  @Test
  void audit_evidenceThatIsNoSignedMessage_isFound() throws Exception {
    refuse("EXPIRED", 9, new byte[] {1, 2, 3});
    assertThat(kinds()).containsExactly(Kind.EVIDENCE);
  }

  @Test
  void audit_codeOfAnotherReason_isFound() throws Exception {
    refuse("EXPIRED", 7, opening(3, 20));
    assertThat(kinds()).containsExactly(Kind.SUM_REFUSAL);
  }

  @Test
  void audit_codeOfAReasonThatIsNotKnown_isTaken() throws Exception {
    refuse("LATER_VERSION", 255, opening(3, 20));
    assertThat(kinds()).isEmpty();
  }

  @Test
  void audit_evidenceAlteredSwappedMissingOrTooMuch_isFound() throws Exception {
    byte[] first = opening(3, 20);
    byte[] second = opening(3, 21);
    refuse("EQUIVOCATION", 7, first, second);
    for (int i = 0; i < first.length; i += 7) {
      byte[] bad = first.clone();
      bad[i] ^= 1;
      Files.write(evidence(first), bad);
      assertThat(kinds()).containsExactly(Kind.EVIDENCE);
    }
    Files.write(evidence(first), second);
    Files.write(evidence(second), first);
    assertThat(kinds()).containsExactly(Kind.EVIDENCE, Kind.EVIDENCE);
    Files.write(evidence(first), first);
    Files.delete(evidence(second));
    assertThat(kinds()).containsExactly(Kind.EVIDENCE);
    Files.write(evidence(second), second);
    byte[] third = opening(3, 22);
    Files.write(evidence(third), third);
    assertThat(findings())
        .extracting(AuditFinding::kind)
        .containsExactly(Kind.EQUIVOCATION, Kind.EVIDENCE);
  }
}
