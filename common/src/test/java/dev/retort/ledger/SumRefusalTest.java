package dev.retort.ledger;

import static dev.retort.ledger.PrivacyLedgerTest.CAMPAIGN;
import static dev.retort.ledger.PrivacyLedgerTest.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerExport.Evidence;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogUnavailableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Refusals in secure sums are written with their evidence, each once, and no more than a ledger can bear. */
final class SumRefusalTest {

  static final Digest SESSION = Digest.of(new byte[] {20});

  @TempDir
  private Path directory;

  static byte[] message(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Digest session(int number) {
    return Digest.of(message("session " + number));
  }

  /** Writes two refusals after the three entries of a ledger that is ready: 3 an equivocation, 4 another. */
  static void writeLedger(Path directory) throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      List<byte[]> both = List.of(message("one"), message("two"));
      assertThat(ledger.refuseSum(CAMPAIGN, SESSION, "EQUIVOCATION", 7, both)).hasValue(3);
      assertThat(ledger.refuseSum(CAMPAIGN, SESSION, "POLICY_NOISE", 15, List.of(message("two"))))
          .hasValue(4);
    }
  }

  private OptionalLong refuse(PrivacyLedger ledger, int session, String reason, int number)
      throws Exception {
    List<byte[]> evidence = reason.equals("EQUIVOCATION")
        ? List.of(message("one"), message("other " + number))
        : List.of(message("refused " + number));
    return ledger.refuseSum(CAMPAIGN, session(session), reason, 7, evidence);
  }

  @Test
  void refuseSum_withEvidence_isKeptAndCostsNothing() throws Exception {
    writeLedger(directory);
    LedgerReport report = LedgerVerifier.verify(file(directory));
    assertThat(report.findings()).isEmpty();
    assertThat(report.sumRefusals()).isEqualTo(Map.of("equivocation", 1L, "policy_noise", 1L));
    assertThat(report.evidenceIncluded()).isTrue();
    assertThat(report.lineages()).allMatch(lineage -> lineage.spent().picoRho() == 0);
    assertThat(LedgerReader.entries(file(directory)).get(3).entry())
        .isEqualTo(new SumRefuse(
            CAMPAIGN,
            SESSION,
            "equivocation",
            7,
            List.of(Digest.of(message("one")), Digest.of(message("two"))),
            6));
    try (LedgerSource source = LedgerSource.open(file(directory))) {
      assertThat(source.evidence().names()).hasSize(2);
      assertThat(source.evidence().message(Digest.of(message("two")))).hasValue(message("two"));
    }
  }

  @Test
  void refuseSum_again_isNotWrittenAgainEvenAfterReopening() throws Exception {
    writeLedger(directory);
    try (PrivacyLedger ledger = PrivacyLedgerTest.open(directory)) {
      List<byte[]> both = List.of(message("one"), message("two"));
      assertThat(ledger.refuseSum(CAMPAIGN, SESSION, "equivocation", 7, both)).isEmpty();
      assertThat(ledger.size()).isEqualTo(5);
      assertThat(ledger.refuseSum(CAMPAIGN, session(2), "equivocation", 7, both))
          .hasValue(5);
    }
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void refuseSum_ofOneSession_isBoundedAndLeavesRoomForEquivocations() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      for (int i = 0; i < 20; i++) {
        assertThat(refuse(ledger, 1, "BAD_SHARE", i).isPresent()).isEqualTo(i < 8);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(refuse(ledger, 1, "EQUIVOCATION", i).isPresent()).isEqualTo(i < 8);
      }
      assertThat(ledger.size()).isEqualTo(3 + 16);
    }
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void refuseSum_ofManySessionsOfACampaign_isBounded() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      for (int i = 0; i < 70; i++) {
        assertThat(refuse(ledger, i, "EXPIRED", i).isPresent()).isEqualTo(i < 64);
      }
      assertThat(refuse(ledger, 70, "EQUIVOCATION", 0)).isPresent();
    }
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void refuseSum_largeEvidence_isBoundedByTheCampaign() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      for (int i = 0; i < 5; i++) {
        byte[] large = new byte[16 << 20];
        large[0] = (byte) i;
        OptionalLong written =
            ledger.refuseSum(CAMPAIGN, session(i), "ROSTER_INVALID", 21, List.of(large));
        assertThat(written.isPresent()).isEqualTo(i < 4);
      }
    }
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void refuseSum_ofAnotherForm_isTheCallersFault() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      byte[] half = new byte[9 << 20];
      List<byte[]> one = List.of(message("one"));
      assertThatThrownBy(() -> ledger.refuseSum(CAMPAIGN, SESSION, "EQUIVOCATION", 7, one))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("two messages: 1");
      assertThatThrownBy(() -> ledger.refuseSum(CAMPAIGN, SESSION, "A B", 1, one))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> ledger.refuseSum(CAMPAIGN, SESSION, "A", 256, one))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> ledger.refuseSum(CAMPAIGN, SESSION, "A", 1, List.of(half, half)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("bytes together");
      assertThat(ledger.size()).isEqualTo(3);
    }
  }

  @Test
  void refuseSum_onAFullDisk_changesNothing() throws Exception {
    PrivacyLedgerTest.ready(directory).close();
    try (PrivacyLedger ledger = PrivacyLedger.open(
        file(directory), PrivacyLedgerTest.SITE, List.of(), PrivacyLedgerTest.CLOCK, 100)) {
      List<byte[]> large = List.of(new byte[1 << 20]);
      assertThatThrownBy(() -> ledger.refuseSum(CAMPAIGN, SESSION, "EXPIRED", 9, large))
          .isInstanceOf(LogUnavailableException.class);
      assertThat(ledger.size()).isEqualTo(3);
      assertThat(ledger.refuseSum(CAMPAIGN, SESSION, "EXPIRED", 9, List.of(message("small"))))
          .hasValue(3);
    }
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void export_withEvidence_verifiesAndExportsAgain() throws Exception {
    writeLedger(directory);
    Path export = directory.resolve("export");
    Path again = directory.resolve("again");
    LedgerExport.write(file(directory), export, null, new TreeMap<>(), Answers.INCLUDED);
    LedgerExport.write(export, again, null, new TreeMap<>(), Answers.INCLUDED);
    for (Path one : List.of(export, again)) {
      assertThat(LedgerVerifier.verify(one)).isEqualTo(LedgerVerifier.verify(file(directory)));
      assertThat(one.resolve("evidence").resolve(Digest.of(message("one")).hex()))
          .hasBinaryContent(message("one"));
    }
  }

  @Test
  void export_withoutEvidence_saysSo() throws Exception {
    writeLedger(directory);
    Path export = directory.resolve("export");
    LedgerExport.write(
        file(directory), export, null, new TreeMap<>(), Answers.INCLUDED, Evidence.LEFT_OUT);
    assertThat(export.resolve("evidence")).doesNotExist();
    LedgerReport report = LedgerVerifier.verify(export);
    assertThat(report.findings()).isEmpty();
    assertThat(report.evidenceIncluded()).isFalse();
    try (LedgerSource source = LedgerSource.open(export)) {
      assertThat(source.evidence().message(Digest.of(message("one")))).isEqualTo(Optional.empty());
    }
  }

  @Test
  void export_ofALedgerWithoutRefusals_hasNoEvidence() throws Exception {
    PrivacyLedgerTest.ready(directory).close();
    Path export = directory.resolve("export");
    LedgerExport.write(file(directory), export, null, new TreeMap<>(), Answers.INCLUDED);
    assertThat(export.resolve("evidence")).doesNotExist();
    assertThat(LedgerVerifier.verify(export)).isEqualTo(LedgerVerifier.verify(file(directory)));
    assertThat(LedgerVerifier.verify(export).evidenceIncluded()).isTrue();
  }
}
