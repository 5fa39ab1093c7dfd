package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.tlog.LogComparison;
import dev.retort.tlog.LogComparison.Relation;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import dev.retort.tlog.WitnessPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerExportTest {

  static final LogSigner COORDINATOR = new UnsafeTestSigner("retort/north", "coordinator");
  static final LogSigner SITE_B = new UnsafeTestSigner("site-b", "site b");
  static final WitnessPolicy POLICY = WitnessPolicy.of(
      List.of(VerifierKey.ofLog(PrivacyLedgerTest.SITE)),
      List.of(VerifierKey.ofWitness(COORDINATOR), VerifierKey.ofWitness(SITE_B)),
      2);

  @TempDir
  Path directory;

  /** A ledger of some released queries, whose newest checkpoint the coordinator cosigned, and an earlier one site B. */
  static void writeLedger(Path directory, int queries) throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      cosign(directory, ledger.checkpoint(), SITE_B);
      for (int batch = 0; batch < queries; batch++) {
        long seq = PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(batch, 3));
        ledger.release(seq, PrivacyLedgerTest.block(batch, 3), PrivacyLedgerTest.CAMPAIGN);
      }
      ledger.charge(PrivacyLedgerTest.query(98, 1), PrivacyLedgerTest.NORTH);
      ledger.charge(PrivacyLedgerTest.query(99, 39), PrivacyLedgerTest.NORTH);
      cosign(directory, ledger.checkpoint(), COORDINATOR);
    }
  }

  private static void cosign(Path directory, String checkpoint, LogSigner witness)
      throws Exception {
    String note = SignedNote.parse(checkpoint)
        .cosign(witness, Instant.ofEpochSecond(1_800_000_000))
        .encode();
    try (var connection = UnsafeForgery.connect(PrivacyLedgerTest.file(directory));
        var put = connection.prepareStatement("INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?)")) {
      put.setString(1, witness.name());
      put.setString(2, VerifierKey.ofWitness(witness).toString());
      put.setString(3, note);
      put.executeUpdate();
    }
  }

  private Path export(Answers answers) throws Exception {
    Path target = directory.resolve("export-" + answers);
    LedgerExport.write(directory, target, POLICY, new TreeMap<>(), answers);
    return target;
  }

  @Test
  void write_ledger_verifiesAsTheLedgerDoes() throws Exception {
    writeLedger(directory, 4);
    Path export = export(Answers.INCLUDED);
    LedgerReport report = LedgerVerifier.verify(export);
    assertThat(report.findings()).isEmpty();
    LedgerReport file = LedgerVerifier.verify(
        PrivacyLedgerTest.file(directory), LedgerChecks.ofEverything().withPolicy(POLICY));
    assertThat(report).isEqualTo(file);
    assertThat(report.entries()).isEqualTo(13);
    assertThat(report.witnesses()).isEqualTo(Map.of("retort/north", 13L, "site-b", 3L));
    assertThat(report.quorumSize()).isEqualTo(3);
    assertThat(LedgerReader.entries(export)).isEqualTo(LedgerReader.entries(directory));
    try (Stream<Path> files = Files.walk(export)) {
      assertThat(
              files.filter(Files::isRegularFile).map(f -> export.relativize(f).toString()))
          .containsExactlyInAnyOrder(
              "export.json",
              "checkpoint",
              "policy",
              "cosigned/retort%2Fnorth",
              "cosigned/site-b",
              "tile/0/000.p/13",
              "tile/entries/000.p/13",
              "answers.csv",
              "answers/3",
              "answers/5",
              "answers/7",
              "answers/9");
    }
    assertThat(Files.readString(export.resolve("export.json")))
        .isEqualTo("{\"format\":\"retort-log-export/1\",\"key\":\""
            + VerifierKey.ofLog(PrivacyLedgerTest.SITE)
            + "\",\"kind\":\"node\",\"origin\":\"site-a\",\"size\":\"13\"}");
    // The witness's line at this very size stands under the checkpoint too.
    SignedNote note = SignedNote.parse(Files.readString(export.resolve("checkpoint")));
    assertThat(POLICY.cosigners(note)).containsExactly("retort/north");
  }

  @Test
  void write_noPolicyGiven_namesTheWitnessesThatCosigned() throws Exception {
    writeLedger(directory, 1);
    Path target = directory.resolve("export");
    LedgerExport.write(directory, target, null, new TreeMap<>(), Answers.INCLUDED);
    WitnessPolicy written = WitnessPolicy.parse(Files.readString(target.resolve("policy")));
    assertThat(written.witnesses())
        .extracting(WitnessPolicy.Witness::key)
        .containsExactly(VerifierKey.ofWitness(COORDINATOR), VerifierKey.ofWitness(SITE_B));
    assertThat(written.quorum()).isEqualTo(WitnessPolicy.NONE);
    LedgerReport report = LedgerVerifier.verify(target);
    assertThat(report.findings()).isEmpty();
    assertThat(report.witnesses()).containsOnlyKeys("retort/north", "site-b");
  }

  @Test
  void write_withoutAnswers_leavesThemOutAndSaysSo() throws Exception {
    writeLedger(directory, 2);
    Path export = export(Answers.LEFT_OUT);
    assertThat(export.resolve("answers")).doesNotExist();
    LedgerReport report = LedgerVerifier.verify(export);
    assertThat(report.findings()).isEmpty();
    assertThat(report.answersIncluded()).isFalse();
  }

  @Test
  void write_fromAnExport_isTheSameExport() throws Exception {
    writeLedger(directory, 2);
    Path first = export(Answers.INCLUDED);
    Path second = directory.resolve("second");
    LedgerExport.write(first, second, null, new TreeMap<>(), Answers.INCLUDED);
    assertThat(LedgerVerifier.verify(second)).isEqualTo(LedgerVerifier.verify(first));
  }

  @Test
  void write_whileTheNodeRuns_isOfOneMoment() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(0, 3));
      Path target = directory.resolve("running");
      assertThat(LedgerExport.write(directory, target, null, new TreeMap<>(), Answers.INCLUDED))
          .isEqualTo(4);
      assertThat(LedgerVerifier.verify(target).findings()).isEmpty();
    }
  }

  @Test
  void write_overSomething_isRefusedAndLeavesNothing() throws Exception {
    writeLedger(directory, 1);
    Path target = Files.createDirectory(directory.resolve("here"));
    Files.writeString(target.resolve("mine"), "mine");
    assertThatThrownBy(
            () -> LedgerExport.write(directory, target, POLICY, new TreeMap<>(), Answers.INCLUDED))
        .isInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("must be empty");
    Files.delete(target.resolve("mine"));
    LedgerExport.write(directory, target, POLICY, new TreeMap<>(), Answers.INCLUDED);
    assertThat(LedgerVerifier.verify(target).findings()).isEmpty();
  }

  @Test
  void write_policyWithoutAWitness_isRefusedAndLeavesNothing() throws Exception {
    writeLedger(directory, 1);
    Path target = directory.resolve("target");
    WitnessPolicy alone = WitnessPolicy.ofLog(VerifierKey.ofLog(PrivacyLedgerTest.SITE));
    assertThatThrownBy(
            () -> LedgerExport.write(directory, target, alone, new TreeMap<>(), Answers.INCLUDED))
        .isInstanceOf(MalformedLogException.class)
        .hasMessageContaining("add the line: witness retort/north VKEY");
    assertThat(target).doesNotExist();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith(".retort"));
    }
  }

  @Test
  void write_unsoundLedger_isRefused() throws Exception {
    writeLedger(directory, 1);
    try (var connection = UnsafeForgery.connect(PrivacyLedgerTest.file(directory));
        var statement = connection.createStatement()) {
      statement.execute("DELETE FROM entry WHERE seq = 6");
    }
    assertThatThrownBy(() -> export(Answers.INCLUDED)).isInstanceOf(MalformedLogException.class);
  }

  @Test
  void verify_byCheckpointAlone_findsWhatSignaturesWould() throws Exception {
    writeLedger(directory, 2);
    LedgerReport all = LedgerVerifier.verify(directory);
    LedgerReport one = LedgerVerifier.verify(
        directory, LedgerChecks.ofEverything().withSignatures(LedgerChecks.Signatures.CHECKPOINT));
    assertThat(one).isEqualTo(all);
  }

  @Test
  void verify_policyThatAsksForMore_namesTheMissingQuorum() throws Exception {
    writeLedger(directory, 1);
    WitnessPolicy more = WitnessPolicy.of(
        List.of(VerifierKey.ofLog(PrivacyLedgerTest.SITE)),
        List.of(
            VerifierKey.ofWitness(COORDINATOR),
            VerifierKey.ofWitness(SITE_B),
            VerifierKey.ofWitness(new UnsafeTestSigner("site-c", "site c"))),
        3);
    assertThat(LedgerVerifier.verify(directory, LedgerChecks.ofEverything().withPolicy(more))
            .findings())
        .extracting(LedgerReport.Finding::kind)
        .containsExactly(Kind.WITNESS);
  }

  @Test
  void compare_copies_saysHowTheyRelate() throws Exception {
    Path older = Files.createDirectory(directory.resolve("older"));
    Path newer = Files.createDirectory(directory.resolve("newer"));
    Path forked = Files.createDirectory(directory.resolve("forked"));
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(older)) {
      PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(0, 1));
    }
    for (Path copy : List.of(newer, forked)) {
      Files.copy(PrivacyLedgerTest.file(older), PrivacyLedgerTest.file(copy));
      try (PrivacyLedger ledger = PrivacyLedgerTest.open(copy)) {
        int batch = copy.equals(newer) ? 1 : 2;
        PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(batch, 1));
      }
    }
    Path export = directory.resolve("export");
    LedgerExport.write(newer, export, null, new TreeMap<>(), Answers.INCLUDED);
    assertThat(compare(older, export)).isEqualTo(new LogComparison(4, 5, 4));
    assertThat(compare(older, export).relation()).isEqualTo(Relation.FIRST_IS_PREFIX);
    assertThat(compare(export, older).relation()).isEqualTo(Relation.SECOND_IS_PREFIX);
    assertThat(compare(export, newer).relation()).isEqualTo(Relation.EQUAL);
    assertThat(compare(export, forked)).isEqualTo(new LogComparison(5, 5, 4));
    assertThat(compare(export, forked).relation()).isEqualTo(Relation.FORKED);
  }

  private static LogComparison compare(Path first, Path second) throws Exception {
    try (LedgerSource a = LedgerSource.open(first);
        LedgerSource b = LedgerSource.open(second)) {
      return LogComparison.of(a.log(), b.log());
    }
  }

  @Test
  void verify_cosignedNoteOfAForkInTheFile_isFound() throws Exception {
    writeLedger(directory, 1);
    // The node's own key signs another history of the same length.
    UnsafeForgery.forge(
        PrivacyLedgerTest.file(directory), PrivacyLedgerTest.SITE, entries -> entries);
    assertThat(LedgerVerifier.verify(directory).findings())
        .extracting(LedgerReport.Finding::kind)
        .containsOnly(Kind.COSIGNATURE);
  }

  @Test
  void logFile_isASourceToo() throws Exception {
    writeLedger(directory, 1);
    try (LogFile log = LogFile.openToRead(PrivacyLedgerTest.file(directory))) {
      assertThat(log.cosignedByWitness()).containsOnlyKeys("retort/north", "site-b");
      WitnessPolicy known = log.policy().orElseThrow();
      assertThat(known.logs())
          .extracting(WitnessPolicy.Log::key)
          .containsExactly(VerifierKey.ofLog(PrivacyLedgerTest.SITE));
      assertThat(known.witnesses())
          .extracting(WitnessPolicy.Witness::key)
          .containsExactly(VerifierKey.ofWitness(COORDINATOR), VerifierKey.ofWitness(SITE_B));
      assertThat(known.quorum()).isEqualTo(WitnessPolicy.NONE);
      assertThat(log.faults()).isEmpty();
    }
  }
}
