package dev.retort.ledger;

import static dev.retort.ledger.PrivacyLedgerTest.CAMPAIGN;
import static dev.retort.ledger.PrivacyLedgerTest.NORTH;
import static dev.retort.ledger.PrivacyLedgerTest.block;
import static dev.retort.ledger.PrivacyLedgerTest.file;
import static dev.retort.ledger.PrivacyLedgerTest.query;
import static dev.retort.ledger.PrivacyLedgerTest.ready;
import static dev.retort.ledger.UnitsAndQuotasTest.HOUSEHOLD;
import static dev.retort.ledger.UnitsAndQuotasTest.HOUSEHOLD_GUARANTEE;
import static dev.retort.ledger.UnitsAndQuotasTest.SOUTH;
import static dev.retort.ledger.UnitsAndQuotasTest.VOTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.auditor.AuditFinding;
import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.LedgerFold;
import dev.retort.auditor.Lineage;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.AuditRecord;
import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.merkle.Digest;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Mechanism.SummedFeatures;
import dev.retort.privacy.Mechanism.SummedHistogram;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.SummedHints;
import dev.retort.privacy.Zcdp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The auditor's fold, which shares no arithmetic with the node, agrees with real ledgers and finds forged entries. */
final class IndependentFoldTest {

  @TempDir
  private Path directory;

  private List<LedgerRecord> honest = List.of();

  // 0 policy, 1 data set, 2 campaign, 3 charge of 10 to north, 4 release, 5 household, 6 quota of
  // north of 20, 7 charge of 10 to north, 8 burn, 9 refusal of north by quota, 10 charge of 15 to
  // south, 11 refusal of south by household.
  @BeforeEach
  void writeLedger() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      long paid = PrivacyLedgerTest.charged(ledger, query(0, 10));
      ledger.release(paid, block(0, 10), CAMPAIGN);
      ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE);
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(20 * VOTE)));
      long burned = PrivacyLedgerTest.charged(ledger, query(1, 10));
      ledger.burn(burned, BurnReason.ABANDONED);
      ledger.charge(query(2, 1), NORTH);
      ledger.charge(query(3, 15), SOUTH);
      ledger.charge(query(4, 1), SOUTH);
    }
    honest = LedgerReader.entries(file(directory));
    assertThat(honest).hasSize(12);
  }

  private static LedgerFold fold(List<LedgerRecord> records, List<AuditFinding> findings) {
    LedgerFold fold = new LedgerFold("log", findings);
    for (LedgerRecord one : records) {
      fold.next(one.seq(), one.canonicalJson().getBytes(StandardCharsets.UTF_8));
    }
    return fold;
  }

  private List<Kind> kinds(UnaryOperator<LedgerEntry> change) {
    List<AuditFinding> findings = new ArrayList<>();
    fold(
        honest.stream()
            .map(one ->
                new LedgerRecord(one.seq(), one.prevRoot(), one.tick(), change.apply(one.entry())))
            .toList(),
        findings);
    return findings.stream().map(AuditFinding::kind).distinct().toList();
  }

  private List<Kind> kindsWithout(int index) {
    List<LedgerRecord> rest = new ArrayList<>(honest);
    rest.remove(index);
    List<AuditFinding> findings = new ArrayList<>();
    fold(rest, findings);
    return findings.stream().map(AuditFinding::kind).distinct().toList();
  }

  @Test
  void fold_honestLedger_findsNothingAndTheSameTotals() throws Exception {
    List<AuditFinding> findings = new ArrayList<>();
    LedgerFold fold = fold(honest, findings);
    assertThat(findings).isEmpty();
    LedgerReport report = LedgerVerifier.verify(file(directory));
    assertThat(fold.lineages()).singleElement().satisfies(lineage -> {
      assertThat(lineage.units().stream()
              .map(unit -> unit.spent().longValueExact())
              .toList())
          .isEqualTo(
              report.lineages().stream().map(one -> one.spent().picoRho()).toList());
      assertThat(lineage.units().stream()
              .map(unit -> unit.budget().longValueExact())
              .toList())
          .isEqualTo(
              report.lineages().stream().map(one -> one.budget().picoRho()).toList());
      assertThat(lineage.parties().values().stream()
              .map(spent -> spent.longValueExact())
              .toList())
          .isEqualTo(report.parties().stream().map(one -> one.spent().picoRho()).toList());
    });
    assertThat(fold.pending().keySet()).containsExactlyElementsOf(report.pendingCharges());
    assertThat(fold.releases().keySet()).containsExactly(4L);
    assertThat(fold.burns()).containsExactly(7L);
    assertThat(fold.refusals()).hasSize(2);
  }

  @Test
  void fold_forgedPolicy_isFound() {
    assertThat(kinds(entry -> entry instanceof PolicyOpen p && p.unit().shards() == 1
            ? new PolicyOpen(
                p.lineage(),
                p.unit(),
                p.guarantee(),
                new Zcdp(p.budget().picoRho() * 1_001 / 1_000),
                p.spent())
            : entry))
        .contains(Kind.POLICY);
    assertThat(kinds(entry -> entry instanceof PolicyOpen p && p.unit().equals(HOUSEHOLD)
            ? new PolicyOpen(p.lineage(), p.unit(), p.guarantee(), p.budget(), Zcdp.ZERO)
            : entry))
        .contains(Kind.POLICY);
    assertThat(kinds(entry -> entry instanceof PolicyOpen p && p.unit().equals(HOUSEHOLD)
            ? new PolicyOpen(
                p.lineage(),
                new PrivacyUnit(p.unit().name(), 1),
                p.guarantee(),
                p.budget(),
                p.spent())
            : entry))
        .contains(Kind.POLICY, Kind.COST);
    assertThat(kindsWithout(0)).contains(Kind.POLICY);
    assertThat(kindsWithout(5)).contains(Kind.POLICY);
  }

  @Test
  void fold_forgedCampaign_isFound() {
    assertThat(kinds(entry -> entry instanceof CampaignOpen open
                && open.mechanism() instanceof DiscreteGaussianHistogram h
            ? new CampaignOpen(
                open.campaign(),
                new DiscreteGaussianHistogram(h.grid(), h.classes(), 2 * h.sigma()))
            : entry))
        .contains(Kind.COST, Kind.QUERY);
    assertThat(kindsWithout(1)).contains(Kind.CAMPAIGN);
    assertThat(kindsWithout(2)).contains(Kind.CAMPAIGN);
    assertThat(kinds(entry -> entry instanceof DatasetBind b
            ? new DatasetBind("skin", b.datasetCommitment(), b.teachers(), b.shardRule())
            : entry))
        .contains(Kind.POLICY);
  }

  @Test
  void fold_forgedCharge_isFound() {
    assertThat(kinds(entry -> entry instanceof Charge c
            ? new Charge(c.query(), CAMPAIGN, c.party(), c.units())
            : entry))
        .contains(Kind.QUERY, Kind.RELEASE);
    assertThat(kinds(entry -> entry instanceof Charge c
            ? new Charge(c.query(), c.queryDigest(), c.party(), c.units().subList(0, 1))
            : entry))
        .contains(Kind.POLICY);
    assertThat(kinds(entry -> entry instanceof Charge c
            ? new Charge(c.query(), c.queryDigest(), NORTH, c.units())
            : entry))
        .contains(Kind.QUOTA);
    assertThat(kinds(entry -> entry instanceof Charge c
            ? new Charge(
                c.query(),
                c.queryDigest(),
                c.party(),
                c.units().stream()
                    .map(u -> new UnitCharge(
                        u.unit(),
                        u.rho(),
                        u.spentBefore(),
                        new Zcdp(u.spentAfter().picoRho() - 1)))
                    .toList())
            : entry))
        .contains(Kind.SPENT);
    assertThat(kindsWithout(3)).contains(Kind.RELEASE, Kind.SPENT);
  }

  @Test
  void fold_forgedRefusal_isFound() {
    assertThat(kinds(entry -> entry instanceof Refuse r
            ? new Refuse(r.query(), r.queryDigest(), r.party(), r.limit(), r.asked(), r.asked())
            : entry))
        .containsExactly(Kind.REFUSAL);
    assertThat(kinds(entry -> entry instanceof Refuse r && r.limit() instanceof Limit.Quota
            ? new Refuse(
                r.query(),
                r.queryDigest(),
                r.party(),
                new Limit.Filter("patient"),
                r.asked(),
                r.left())
            : entry))
        .containsExactly(Kind.REFUSAL);
    assertThat(kinds(entry -> entry instanceof QuotaSet q
            ? new QuotaSet(q.lineage(), q.federation(), new Zcdp(21 * VOTE))
            : entry))
        .containsExactly(Kind.REFUSAL);
    assertThat(kinds(entry -> entry instanceof QuotaSet q
            ? new QuotaSet(q.lineage(), q.federation(), Zcdp.UNBOUNDED)
            : entry))
        .contains(Kind.QUOTA, Kind.REFUSAL);
  }

  @Test
  void fold_forgedReleaseOrBurn_isFound() {
    assertThat(kinds(entry -> entry instanceof Release r
            ? new Release(10, r.answerDigest(), r.noiseCommitment())
            : entry))
        .contains(Kind.RELEASE);
    assertThat(kinds(entry -> entry instanceof Burn b ? new Burn(3, b.reason()) : entry))
        .contains(Kind.RELEASE);
  }

  @Test
  void fold_closedLineage_isRefusedAsSpent() throws Exception {
    try (PrivacyLedger ledger = PrivacyLedgerTest.open(directory)) {
      ledger.closePolicy("lung-ct");
      ledger.closePolicy("lung-ct");
      assertThat(ledger.charge(query(5, 1), SOUTH))
          .isInstanceOfSatisfying(
              ChargeOutcome.OverLimit.class,
              refused -> assertThat(refused.left()).isEqualTo(Zcdp.ZERO));
      ledger.recordAudit(new AuditRecord("canary", 4, 3.25, 1e-5, 0.95, CAMPAIGN));
    }
    honest = LedgerReader.entries(file(directory));
    assertThat(honest).hasSize(15);
    List<AuditFinding> findings = new ArrayList<>();
    LedgerFold fold = fold(honest, findings);
    assertThat(findings).isEmpty();
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
    assertThat(fold.lineages()).allMatch(Lineage::closed);
    assertThat(fold.audits())
        .singleElement()
        .satisfies(audit -> assertThat(audit.bound()).isEqualByComparingTo("3.25"));
    // Spent after it was closed, or refused although it was not.
    List<LedgerRecord> reordered = new ArrayList<>(honest);
    reordered.add(3, reordered.remove(12));
    fold(reordered, findings);
    assertThat(findings).extracting(AuditFinding::kind).contains(Kind.OVER_BUDGET);
    assertThat(kindsWithout(12)).containsExactly(Kind.REFUSAL);
  }

  @Test
  void fold_entryThatIsNone_isMalformed() {
    List<AuditFinding> findings = new ArrayList<>();
    LedgerFold fold = new LedgerFold("log", findings);
    fold.next(0, "{}".getBytes(StandardCharsets.UTF_8));
    fold.next(1, "{\"type\":\"dream\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(findings).hasSize(2).allMatch(one -> one.kind() == Kind.MALFORMED);
    assertThat(findings.get(1).index()).isEqualTo(1);
  }

  @Test
  void fold_chargesForPartsOfASum_areWorkedOutAlike(@TempDir Path other) throws Exception {
    // So little noise that the theorem's tau shows in the last digits, and so much that it does
    // not.
    try (PrivacyLedger ledger = ready(other)) {
      int batch = 0;
      for (Mechanism mechanism : List.of(
          new SummedHistogram(new LabelGrid(3), 10, 1_000, 3),
          new SummedHistogram(LabelGrid.VOTE, 2, 2, 65_537),
          new SummedHistogram(LabelGrid.VOTE, 2, 600, 1),
          new SummedFeatures(2570, 3, 2, 65_537),
          new SummedFeatures(7, 1 << 14, 200_000, 9),
          new DiscreteGaussianHints(new LabelGrid(3), 241, 10, 16, 512, 20_000),
          new SummedHints(LabelGrid.VOTE, 3, 2, 7, 3, 2, 65_537),
          new SummedHints(new LabelGrid(3), 241, 10, 16, 512, 20_000, 9))) {
        Digest campaign = Digest.of(mechanism.toString().getBytes(StandardCharsets.UTF_8));
        ledger.openCampaign(campaign, mechanism);
        Query query = new Query("lung-ct", campaign, Query.batch(CAMPAIGN, batch++, 1), 1);
        assertThat(ledger.charge(query, NORTH)).isInstanceOf(ChargeOutcome.Charged.class);
      }
    }
    List<AuditFinding> findings = new ArrayList<>();
    List<LedgerRecord> records = LedgerReader.entries(file(other));
    fold(records, findings);
    assertThat(findings).isEmpty();
    // A share that claims more company than it has.
    fold(
        records.stream()
            .map(one -> one.entry() instanceof CampaignOpen open
                    && open.mechanism() instanceof SummedHistogram shared
                    && shared.contributors() == 3
                ? new LedgerRecord(
                    one.seq(),
                    one.prevRoot(),
                    one.tick(),
                    new CampaignOpen(
                        open.campaign(),
                        new SummedHistogram(shared.grid(), shared.classes(), shared.sigma(), 2)))
                : one)
            .toList(),
        findings);
    assertThat(findings).extracting(AuditFinding::kind).contains(Kind.COST);
  }
}
