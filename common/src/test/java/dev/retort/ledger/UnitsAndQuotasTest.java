package dev.retort.ledger;

import static dev.retort.ledger.PrivacyLedgerTest.CAMPAIGN;
import static dev.retort.ledger.PrivacyLedgerTest.GUARANTEE;
import static dev.retort.ledger.PrivacyLedgerTest.NORTH;
import static dev.retort.ledger.PrivacyLedgerTest.file;
import static dev.retort.ledger.PrivacyLedgerTest.open;
import static dev.retort.ledger.PrivacyLedgerTest.query;
import static dev.retort.ledger.PrivacyLedgerTest.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.ChargeOutcome.OverLimit;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.ledger.LedgerReport.LineageSpending;
import dev.retort.ledger.LedgerReport.PartySpending;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianClippedSum;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.DiscreteGaussianMultiLabel;
import dev.retort.privacy.Mechanism.SummedHistogram;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One filter a lineage and unit, and quotas of coordinators within it. One vote costs rho 0.000625. */
class UnitsAndQuotasTest {

  static final long VOTE = 625_000_000L;
  static final Party SOUTH = new Party("south", Digest.of(new byte[] {2}));
  static final PrivacyUnit HOUSEHOLD = new PrivacyUnit("household", 2);

  /** Covers 141 votes at one shard, and so 35 at two. */
  static final ApproxDp HOUSEHOLD_GUARANTEE = new ApproxDp(2, 1e-6);

  @TempDir
  Path directory;

  @AfterEach
  void everyLedgerVerifies() throws Exception {
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
    open(directory).close();
  }

  @Test
  void charge_twoUnits_isMadeToBothByTheirOwnSensitivity() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE);
      Charged charged = (Charged) ledger.charge(query(0, 3), NORTH);
      assertThat(charged.charge().units())
          .containsExactly(
              new UnitCharge("household", new Zcdp(12 * VOTE), Zcdp.ZERO, new Zcdp(12 * VOTE)),
              new UnitCharge("patient", new Zcdp(3 * VOTE), Zcdp.ZERO, new Zcdp(3 * VOTE)));
    }
    assertThat(LedgerVerifier.verify(file(directory)).lineages())
        .extracting(LineageSpending::unit, LineageSpending::shards, LineageSpending::spent)
        .containsExactly(
            tuple("patient", 1, new Zcdp(3 * VOTE)), tuple("household", 2, new Zcdp(12 * VOTE)));
  }

  @Test
  void charge_theTighterUnit_refusesForBothAndSpendsNothing() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      PolicyOpen household = ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE);
      assertThat(ledger.charge(query(0, 35), NORTH)).isInstanceOf(Charged.class);
      // Three more would fit the patients' budget.
      Zcdp left = household.budget().minus(new Zcdp(140 * VOTE));
      assertThat(ledger.charge(query(1, 1), NORTH))
          .isEqualTo(new OverLimit(new Limit.Filter("household"), new Zcdp(4 * VOTE), left));
      assertThat(ledger.filter("lung-ct").orElseThrow().spent()).isEqualTo(new Zcdp(35 * VOTE));
    }
  }

  @Test
  void charge_afterReopening_stillChargesAUnitThatTheSiteNoLongerNames() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE);
      ledger.charge(query(0, 35), NORTH);
    }
    try (PrivacyLedger ledger = open(directory)) {
      ledger.openPolicy("lung-ct", "patient", GUARANTEE);
      assertThat(ledger.charge(query(1, 1), NORTH)).isInstanceOf(OverLimit.class);
    }
  }

  @Test
  void protectAlso_afterCharges_beginsWithWhatTheyCost() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.charge(query(0, 30), NORTH);
      ledger.charge(query(1, 4), SOUTH);
      assertThat(ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE).spent())
          .isEqualTo(new Zcdp(34 * 4 * VOTE));
      assertThat(ledger.charge(query(2, 1), NORTH)).isInstanceOf(Charged.class);
      assertThat(ledger.charge(query(3, 1), NORTH)).isInstanceOf(OverLimit.class);
    }
  }

  @Test
  void protectAlso_whatWasSpentExceedsThePromise_isRefused() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.charge(query(0, 36), NORTH);
      assertThatThrownBy(() -> ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE))
          .isInstanceOf(PolicyConflictException.class)
          .hasMessageContaining("must cover what was released already");
    }
  }

  @Test
  void openPolicy_anotherShardingUnit_isRefusedEvenIfThatUnitIsProtected() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE);
      long size = ledger.size();
      assertThatThrownBy(() -> ledger.openPolicy("lung-ct", "household", HOUSEHOLD_GUARANTEE))
          .isInstanceOf(PolicyConflictException.class)
          .hasMessageContaining("unit patient");
      assertThatThrownBy(() ->
              ledger.protectAlso("lung-ct", new PrivacyUnit("household", 3), HOUSEHOLD_GUARANTEE))
          .isInstanceOf(PolicyConflictException.class)
          .hasMessageContaining("in at most 2 shards");
      assertThatThrownBy(
              () -> ledger.protectAlso("lung-ct", new PrivacyUnit("patient", 5), GUARANTEE))
          .isInstanceOf(PolicyConflictException.class);
      ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE);
      assertThat(ledger.size()).isEqualTo(size);
      assertThatThrownBy(() -> ledger.protectAlso("skin", HOUSEHOLD, GUARANTEE))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void charge_atTheQuota_isGrantedToTheLastUnitThenRefusedForThatPartyAlone() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(10 * VOTE)));
      assertThat(ledger.charge(query(0, 10), NORTH)).isInstanceOf(Charged.class);
      assertThat(ledger.charge(query(1, 1), NORTH))
          .isEqualTo(new OverLimit(new Limit.Quota("north"), new Zcdp(VOTE), Zcdp.ZERO));
      // The same coordinator under another key is the same party to its quota.
      assertThat(ledger.charge(query(1, 1), new Party("north", SOUTH.coordinatorKey())))
          .isInstanceOf(OverLimit.class);
      assertThat(ledger.charge(query(1, 28), SOUTH)).isInstanceOf(Charged.class);
      assertThat(ledger.charge(query(2, 1), SOUTH))
          .asInstanceOf(InstanceOfAssertFactories.type(OverLimit.class))
          .extracting(OverLimit::limit)
          .isEqualTo(new Limit.Filter("patient"));
    }
    assertThat(LedgerVerifier.verify(file(directory)).parties())
        .containsExactly(
            new PartySpending("lung-ct", "north", new Zcdp(10 * VOTE), new Zcdp(10 * VOTE)),
            new PartySpending("lung-ct", "south", null, new Zcdp(28 * VOTE)));
  }

  @Test
  void charge_onePicoRhoBelowTheQuota_isRefused() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(10 * VOTE - 1)));
      assertThat(ledger.charge(query(0, 10), NORTH))
          .isEqualTo(new OverLimit(
              new Limit.Quota("north"), new Zcdp(10 * VOTE), new Zcdp(10 * VOTE - 1)));
      assertThat(ledger.charge(query(0, 9), NORTH)).isInstanceOf(Charged.class);
    }
  }

  @Test
  void setQuotas_raisedLoweredAndDropped_isWrittenDownAsFarAsTheBudget() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      Zcdp budget = ledger.filter("lung-ct").orElseThrow().budget();
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(5 * VOTE)));
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(5 * VOTE)));
      ledger.charge(query(0, 5), NORTH);
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(3 * VOTE)));
      assertThat(ledger.charge(query(1, 1), NORTH))
          .isEqualTo(new OverLimit(new Limit.Quota("north"), new Zcdp(VOTE), Zcdp.ZERO));
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(Long.MAX_VALUE - 1)));
      assertThat(ledger.charge(query(1, 1), NORTH)).isInstanceOf(Charged.class);
      ledger.setQuotas("lung-ct", Map.of());
      // A quota never makes more of the budget.
      assertThat(ledger.charge(query(2, 33), NORTH)).isInstanceOf(OverLimit.class);
      assertThat(ledger.charge(query(2, 32), NORTH)).isInstanceOf(Charged.class);
      assertThat(LedgerReader.entries(file(directory)).stream()
              .map(LedgerRecord::entry)
              .filter(QuotaSet.class::isInstance)
              .map(entry -> ((QuotaSet) entry).quota()))
          .isEqualTo(List.of(new Zcdp(5 * VOTE), new Zcdp(3 * VOTE), budget));
    }
  }

  @Test
  void charge_afterReopening_quotaStillHolds() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(10 * VOTE)));
      ledger.charge(query(0, 10), NORTH);
    }
    try (PrivacyLedger ledger = open(directory)) {
      assertThat(ledger.charge(query(1, 1), NORTH)).isInstanceOf(OverLimit.class);
      assertThat(ledger.charge(query(1, 1), SOUTH)).isInstanceOf(Charged.class);
    }
  }

  @Test
  void charge_otherMechanisms_areKeptAndAnsweredInTheirOwnWidth() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      int batch = 0;
      for (Mechanism mechanism : List.of(
          new DiscreteGaussianMultiLabel(3, 400),
          new DiscreteGaussianFeatures(5, 10, 4000),
          new DiscreteGaussianClippedSum(1, -2, 3, 400),
          new DiscreteGaussianHints(LabelGrid.VOTE, 7, 3, 2, 10, 4000))) {
        Digest campaign = Digest.of(mechanism.name().getBytes(StandardCharsets.UTF_8));
        ledger.openCampaign(campaign, mechanism);
        Query query = new Query("lung-ct", campaign, Query.batch(CAMPAIGN, batch++, 2), 2);
        Charged charged = (Charged) ledger.charge(query, NORTH);
        assertThat(charged.charge().units().get(0).rho()).isEqualTo(mechanism.cost(2));
        LabelBlock answer = new LabelBlock(0, 2, mechanism.width(), new int[2 * mechanism.width()]);
        ledger.release(charged.seq(), answer, CAMPAIGN);
        assertThat(ledger.answer(query.digest(mechanism)).orElseThrow().block()).isEqualTo(answer);
        assertThatThrownBy(() -> ledger.bindDataset(new DatasetBind("skin", CAMPAIGN, 1, "x")))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void releaseHidden_keepsACommitmentAndNoAnswer() throws Exception {
    Mechanism mechanism = new SummedHistogram(new LabelGrid(3), 10, 60, 7);
    Digest campaign = Digest.of(new byte[] {7, 7});
    Query query = new Query("lung-ct", campaign, Query.batch(CAMPAIGN, 0, 2), 2);
    Digest commitment = Digest.of(new byte[] {8});
    long charge;
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.openCampaign(campaign, mechanism);
      Charged charged = (Charged) ledger.charge(query, NORTH);
      charge = charged.seq();
      assertThat(charged.charge().units().get(0).rho()).isEqualTo(mechanism.cost(2));
      LabelBlock answer = new LabelBlock(0, 2, 10, new int[20]);
      assertThatThrownBy(() -> ledger.release(charged.seq(), answer, CAMPAIGN))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must not be kept");
      assertThat(ledger.hiddenRelease(query.digest(mechanism))).isEmpty();
      ledger.releaseHidden(charge, commitment, CAMPAIGN);
      assertThatThrownBy(() -> ledger.releaseHidden(charged.seq(), commitment, CAMPAIGN))
          .isInstanceOf(IllegalStateException.class);
    }
    try (PrivacyLedger ledger = open(directory)) {
      assertThat(ledger.isReleased(query.digest(mechanism))).isTrue();
      assertThat(ledger.hiddenRelease(query.digest(mechanism)))
          .hasValue(new HiddenRelease(charge, commitment));
    }
    LedgerReport report = LedgerVerifier.verify(file(directory));
    assertThat(report.findings()).isEmpty();
    assertThat(report.pendingCharges()).isEmpty();
  }

  @Test
  void releaseHidden_ofAnOpenMechanism_isRefused() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      Charged charged = (Charged) ledger.charge(query(0, 1), NORTH);
      assertThatThrownBy(() -> ledger.releaseHidden(charged.seq(), CAMPAIGN, CAMPAIGN))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("hidden");
    }
  }
}
