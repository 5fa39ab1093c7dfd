package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every change to a ledger file is found and named; some by a node that holds the key and forges with it. */
class LedgerTamperTest {

  @TempDir
  Path directory;

  // 0 policy, 1 data set, 2 campaign, 3 charge, 4 release, 5 charge, 6 release, 7 charge (pending),
  // 8 refusal.
  @BeforeEach
  void writeLedger() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.ready(directory)) {
      for (int batch = 0; batch < 2; batch++) {
        long seq = PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(batch, 10));
        ledger.release(seq, PrivacyLedgerTest.block(batch, 10), PrivacyLedgerTest.CAMPAIGN);
      }
      ledger.charge(PrivacyLedgerTest.query(2, 10), PrivacyLedgerTest.NORTH);
      ledger.charge(PrivacyLedgerTest.query(3, 10), PrivacyLedgerTest.NORTH);
    }
    assertThat(kinds()).isEmpty();
    Files.copy(file(), directory.resolve("good.db"));
  }

  @Test
  void verify_flippedByteInAnyEnvelope_findsIt() throws Exception {
    for (int seq = 0; seq < 9; seq++) {
      for (int position : List.of(5, 40, 300, 700)) {
        sql("UPDATE entry SET envelope = CAST(substr(envelope, 1, " + position
            + ") || char((unicode(substr(envelope, " + (position + 1)
            + ", 1)) + 1) % 128) || substr(envelope, " + (position + 2) + ") AS BLOB) WHERE seq = "
            + seq);
        assertThat(kinds()).as("entry %d, byte %d", seq, position).isNotEmpty();
        restore();
      }
    }
  }

  @Test
  void verify_lastEntryDropped_findsItByTheCheckpoint() throws Exception {
    sql("DELETE FROM entry WHERE seq = 8");
    assertThat(kinds()).containsExactly(Kind.CHECKPOINT);
  }

  @Test
  void verify_middleEntryDropped_findsTheGap() throws Exception {
    sql("DELETE FROM entry WHERE seq = 5");
    assertThat(kinds()).contains(Kind.SEQUENCE, Kind.PREVIOUS_ROOT, Kind.CHECKPOINT, Kind.RELEASE);
  }

  @Test
  void verify_entriesSwapped_findsTheOrder() throws Exception {
    sql("UPDATE entry SET seq = -1 WHERE seq = 4");
    sql("UPDATE entry SET seq = 4 WHERE seq = 6");
    sql("UPDATE entry SET seq = 6 WHERE seq = -1");
    assertThat(kinds()).contains(Kind.SEQUENCE, Kind.PREVIOUS_ROOT, Kind.CHECKPOINT, Kind.RELEASE);
  }

  @Test
  void verify_answerChanged_findsIt() throws Exception {
    sql("UPDATE answer SET packed = zeroblob(120) WHERE charge = 3");
    assertThat(kinds()).containsExactly(Kind.ANSWER);
  }

  @Test
  void verify_answersSwapped_findsBoth() throws Exception {
    sql("UPDATE answer SET charge = -1 WHERE charge = 3");
    sql("UPDATE answer SET charge = 3 WHERE charge = 5");
    sql("UPDATE answer SET charge = 5 WHERE charge = -1");
    assertThat(LedgerVerifier.verify(file()).findings())
        .hasSize(2)
        .allMatch(f -> f.kind() == Kind.ANSWER);
  }

  @Test
  void verify_answerDroppedOrAddedOrReshaped_findsIt() throws Exception {
    sql("DELETE FROM answer WHERE charge = 3");
    assertThat(kinds()).containsExactly(Kind.ANSWER);
    restore();
    sql(
        "INSERT INTO answer SELECT 7, first_sample, count, classes, packed FROM answer WHERE charge = 3");
    assertThat(kinds()).containsExactly(Kind.ANSWER);
    restore();
    sql("UPDATE answer SET first_sample = 1 WHERE charge = 3");
    assertThat(kinds()).containsExactly(Kind.ANSWER);
    restore();
    sql("UPDATE answer SET count = 3, classes = 10 WHERE charge = 3");
    assertThat(kinds()).containsExactly(Kind.ANSWER);
  }

  @Test
  void verify_checkpointChangedOrMissing_findsIt() throws Exception {
    sql(
        "UPDATE log SET checkpoint = replace(checkpoint, char(10) || '9' || char(10), char(10) || '8' || char(10))");
    assertThat(kinds()).contains(Kind.CHECKPOINT, Kind.SIGNATURE);
    restore();
    sql("UPDATE log SET checkpoint = 'nothing'");
    assertThat(kinds()).containsExactly(Kind.CHECKPOINT);
    restore();
    sql("DELETE FROM log");
    assertThat(kinds()).contains(Kind.CHECKPOINT, Kind.KEY);
  }

  @Test
  void verify_signedAgainWithAnotherKey_isFoundByTheExpectedKey() throws Exception {
    String expected = VerifierKey.ofLog(PrivacyLedgerTest.SITE).toString();
    forge(new UnsafeTestSigner("site-a", "somebody else"), UnaryOperator.identity());
    assertThat(kinds()).isEmpty();
    assertThat(LedgerVerifier.verify(file(), expected).findings())
        .extracting(LedgerReport.Finding::kind)
        .contains(Kind.KEY, Kind.SIGNATURE);
  }

  // From here on, the node itself forges: keys, signatures, chain and checkpoint are all in order.

  @Test
  void verify_forgedWithoutChange_holds() throws Exception {
    forge(PrivacyLedgerTest.SITE, UnaryOperator.identity());
    assertThat(kinds()).isEmpty();
  }

  @Test
  void verify_smallerSigmaUnderTheSameCharges_findsTheCost() throws Exception {
    forge(entry -> entry instanceof CampaignOpen open
        ? new CampaignOpen(open.campaign(), new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, 20))
        : entry);
    assertThat(kinds()).contains(Kind.COST, Kind.QUERY);
  }

  @Test
  void verify_understatedCost_findsIt() throws Exception {
    forge(entry -> entry instanceof Charge c
        ? charge(
            c,
            u -> new UnitCharge(
                u.unit(), new Zcdp(1), u.spentBefore(), u.spentBefore().plus(new Zcdp(1))))
        : entry);
    assertThat(kinds()).containsExactly(Kind.COST);
  }

  @Test
  void verify_spentAfterChanged_findsIt() throws Exception {
    forge(entry -> entry instanceof Charge c
        ? charge(c, u -> new UnitCharge(u.unit(), u.rho(), u.spentBefore(), u.spentBefore()))
        : entry);
    assertThat(kinds()).contains(Kind.SPENT);
  }

  @Test
  void verify_budgetAboveTheGuarantee_findsIt() throws Exception {
    forge(entry -> entry instanceof PolicyOpen p
        ? new PolicyOpen(
            p.lineage(), p.unit(), p.guarantee(), p.budget().plus(new Zcdp(2)), p.spent())
        : entry);
    assertThat(kinds()).contains(Kind.POLICY);
  }

  @Test
  void verify_tighterGuaranteeThanSpent_findsTheOverspending() throws Exception {
    forge(entry -> entry instanceof PolicyOpen p
        ? new PolicyOpen(
            p.lineage(), p.unit(), new ApproxDp(0.5, 1e-6), new Zcdp(6_500_000_000L), p.spent())
        : entry);
    assertThat(kinds()).contains(Kind.OVER_BUDGET);
  }

  @Test
  void verify_boundlessBudget_findsItAndGoesOn() throws Exception {
    forge(entry -> entry instanceof PolicyOpen p
        ? new PolicyOpen(
            p.lineage(), p.unit(), new ApproxDp(Double.MAX_VALUE, 0.5), Zcdp.UNBOUNDED, p.spent())
        : entry);
    assertThat(kinds()).contains(Kind.POLICY, Kind.REFUSAL);
  }

  @Test
  void verify_refusalThatTheBudgetCovered_findsIt() throws Exception {
    forgeAll(entries -> {
      List<LedgerEntry> fewer = new ArrayList<>(entries);
      fewer.remove(7);
      return fewer;
    });
    assertThat(kinds()).containsExactly(Kind.REFUSAL);
  }

  @Test
  void verify_releaseDoubled_findsIt() throws Exception {
    forgeAll(entries -> {
      List<LedgerEntry> more = new ArrayList<>(entries);
      more.add(new Release(3, Digest.of(new byte[0]), Digest.of(new byte[0])));
      return more;
    });
    assertThat(kinds()).containsExactly(Kind.RELEASE);
  }

  @Test
  void verify_releaseBeforeItsCharge_findsIt() throws Exception {
    forgeAll(entries -> {
      List<LedgerEntry> more = new ArrayList<>(entries);
      more.add(3, new Release(4, Digest.of(new byte[0]), Digest.of(new byte[0])));
      return more;
    });
    assertThat(kinds()).contains(Kind.RELEASE);
  }

  @Test
  void verify_secondPolicyForALineage_findsIt() throws Exception {
    forgeAll(entries -> {
      List<LedgerEntry> more = new ArrayList<>(entries);
      more.add(entries.get(0));
      return more;
    });
    assertThat(kinds()).containsExactly(Kind.POLICY);
  }

  @Test
  void open_tamperedLedger_isRefused() throws Exception {
    sql("DELETE FROM entry WHERE seq = 8");
    assertThatThrownBy(() -> PrivacyLedgerTest.open(directory))
        .isInstanceOf(MalformedLogException.class)
        .hasMessageContaining("checkpoint must be");
  }

  @Test
  void open_entrySignatureReplaced_isRefusedByTheCheckpoint() throws Exception {
    String other = "A".repeat(86) + "==";
    sql(
        "UPDATE entry SET envelope = CAST(substr(envelope, 1, instr(envelope, '\"sig\":\"') + 6) || '"
            + other + "\"}]}' AS BLOB) WHERE seq = 3");
    assertThat(kinds()).contains(Kind.SIGNATURE, Kind.CHECKPOINT);
    assertThatThrownBy(() -> PrivacyLedgerTest.open(directory))
        .isInstanceOf(MalformedLogException.class);
  }

  @Test
  void verify_anyByteOfTheFileFlipped_findsItOrSaysItIsUnreadable() throws Exception {
    byte[] good = Files.readAllBytes(file());
    SplittableRandom random = new SplittableRandom(1);
    Path copy = directory.resolve("copy.db");
    LedgerReport report = LedgerVerifier.verify(file());
    List<LedgerRecord> entries = LedgerReader.entries(file());
    for (int i = 0; i < 200; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      Files.write(copy, bad);
      try {
        LedgerReport found = LedgerVerifier.verify(copy);
        if (found.ok()) {
          // Parts of a SQLite file hold nothing of the ledger: then all that it says must be as it
          // was.
          assertThat(found).isEqualTo(report);
          assertThat(LedgerReader.entries(copy)).isEqualTo(entries);
        }
      } catch (MalformedLogException | LogUnavailableException expected) {
        assertThat(expected).hasMessageContaining("must");
      }
    }
  }

  @Test
  void verify_fileCutShort_throwsOnlyCheckedExceptions() throws Exception {
    byte[] good = Files.readAllBytes(file());
    Path copy = directory.resolve("copy.db");
    for (int length = 0; length < good.length; length += 997) {
      Files.write(copy, Arrays.copyOf(good, length));
      assertThatThrownBy(() -> {
            if (!LedgerVerifier.verify(copy).ok()) {
              throw new MalformedLogException("entry must be found");
            }
          })
          .isInstanceOfAny(MalformedLogException.class, LogUnavailableException.class);
    }
  }

  private Path file() {
    return PrivacyLedgerTest.file(directory);
  }

  private Set<Kind> kinds() throws MalformedLogException, LogUnavailableException {
    return LedgerVerifier.verify(file()).findings().stream()
        .map(LedgerReport.Finding::kind)
        .collect(Collectors.toSet());
  }

  private void restore() throws IOException {
    Files.copy(directory.resolve("good.db"), file(), StandardCopyOption.REPLACE_EXISTING);
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = UnsafeForgery.connect(file());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static Charge charge(Charge c, UnaryOperator<UnitCharge> change) {
    return new Charge(
        c.query(), c.queryDigest(), c.party(), c.units().stream().map(change).toList());
  }

  private void forge(UnaryOperator<LedgerEntry> change) throws Exception {
    forge(PrivacyLedgerTest.SITE, change);
  }

  private void forge(LogSigner signer, UnaryOperator<LedgerEntry> change) throws Exception {
    UnsafeForgery.forge(file(), signer, entries -> entries.stream().map(change).toList());
  }

  private void forgeAll(UnaryOperator<List<LedgerEntry>> change) throws Exception {
    UnsafeForgery.forge(file(), PrivacyLedgerTest.SITE, change);
  }
}
