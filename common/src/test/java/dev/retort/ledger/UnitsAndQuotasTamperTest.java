package dev.retort.ledger;

import static dev.retort.ledger.PrivacyLedgerTest.NORTH;
import static dev.retort.ledger.PrivacyLedgerTest.file;
import static dev.retort.ledger.PrivacyLedgerTest.query;
import static dev.retort.ledger.PrivacyLedgerTest.ready;
import static dev.retort.ledger.UnitsAndQuotasTest.HOUSEHOLD;
import static dev.retort.ledger.UnitsAndQuotasTest.HOUSEHOLD_GUARANTEE;
import static dev.retort.ledger.UnitsAndQuotasTest.SOUTH;
import static dev.retort.ledger.UnitsAndQuotasTest.VOTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node that holds the key forges about units and quotas is found by an auditor who has the file alone. */
class UnitsAndQuotasTamperTest {

  @TempDir
  Path directory;

  // 0 policy, 1 data set, 2 campaign, 3 charge of 10 to north, 4 household, 5 quota of north of 20,
  // 6 charge of 10 to
  // north, 7 refusal of north by quota, 8 charge of 15 to south, 9 refusal of south by household.
  @BeforeEach
  void writeLedger() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.charge(query(0, 10), NORTH);
      ledger.protectAlso("lung-ct", HOUSEHOLD, HOUSEHOLD_GUARANTEE);
      ledger.setQuotas("lung-ct", Map.of("north", new Zcdp(20 * VOTE)));
      ledger.charge(query(1, 10), NORTH);
      ledger.charge(query(2, 1), NORTH);
      ledger.charge(query(3, 15), SOUTH);
      ledger.charge(query(4, 1), SOUTH);
      assertThat(ledger.size()).isEqualTo(10);
    }
    assertThat(kinds()).isEmpty();
  }

  @Test
  void verify_chargeOfAnotherParty_findsTheQuota() throws Exception {
    // Else north could spend under south's name.
    forge(entry -> entry instanceof Charge c
        ? new Charge(c.query(), c.queryDigest(), NORTH, c.units())
        : entry);
    assertThat(kinds()).containsExactly(Kind.QUOTA);
  }

  @Test
  void verify_quotaLowered_findsTheOverspending() throws Exception {
    forge(entry -> entry instanceof QuotaSet q
        ? new QuotaSet(q.lineage(), q.federation(), new Zcdp(20 * VOTE - 1))
        : entry);
    assertThat(kinds()).contains(Kind.QUOTA);
  }

  @Test
  void verify_quotaRaised_findsTheRefusal() throws Exception {
    forge(entry -> entry instanceof QuotaSet q
        ? new QuotaSet(q.lineage(), q.federation(), new Zcdp(21 * VOTE))
        : entry);
    assertThat(kinds()).containsExactly(Kind.REFUSAL);
  }

  @Test
  void verify_quotaAboveTheBudgetOrOfAnUnknownLineage_findsIt() throws Exception {
    forge(entry -> entry instanceof QuotaSet q
        ? new QuotaSet(q.lineage(), q.federation(), Zcdp.UNBOUNDED)
        : entry);
    assertThat(kinds()).contains(Kind.QUOTA, Kind.REFUSAL);
    forge(entry ->
        entry instanceof QuotaSet q ? new QuotaSet("skin", q.federation(), new Zcdp(1)) : entry);
    assertThat(kinds()).contains(Kind.POLICY);
  }

  @Test
  void verify_quotaDropped_findsTheRefusal() throws Exception {
    forgeAll(entries -> without(entries, 5));
    assertThat(kinds()).containsExactly(Kind.REFUSAL);
  }

  @Test
  void verify_refusalNamingAnotherLimit_findsIt() throws Exception {
    forge(entry -> entry instanceof Refuse r && r.limit() instanceof Limit.Quota
        ? new Refuse(
            r.query(), r.queryDigest(), r.party(), new Limit.Filter("patient"), r.asked(), r.left())
        : entry);
    assertThat(kinds()).containsExactly(Kind.REFUSAL);
  }

  @Test
  void verify_refusalNamingAnUnknownUnit_findsIt() throws Exception {
    forge(entry -> entry instanceof Refuse r
        ? new Refuse(
            r.query(), r.queryDigest(), r.party(), new Limit.Filter("x"), r.asked(), r.left())
        : entry);
    assertThat(kinds()).containsExactly(Kind.REFUSAL);
  }

  @Test
  void verify_householdBegunAfresh_findsThePast() throws Exception {
    forge(entry -> entry instanceof PolicyOpen p && p.unit().equals(HOUSEHOLD)
        ? new PolicyOpen(p.lineage(), p.unit(), p.guarantee(), p.budget(), Zcdp.ZERO)
        : entry);
    assertThat(kinds()).containsExactly(Kind.POLICY);
  }

  @Test
  void verify_householdInFewerShards_findsEveryCost() throws Exception {
    forge(entry -> entry instanceof PolicyOpen p && p.unit().equals(HOUSEHOLD)
        ? new PolicyOpen(
            p.lineage(),
            new PrivacyUnit("household", 1),
            p.guarantee(),
            p.budget(),
            new Zcdp(10 * VOTE))
        : entry);
    assertThat(kinds()).contains(Kind.COST, Kind.SPENT, Kind.REFUSAL);
  }

  @Test
  void verify_householdLeftOutOfACharge_findsIt() throws Exception {
    forge(entry -> entry instanceof Charge c
        ? new Charge(
            c.query(),
            c.queryDigest(),
            c.party(),
            c.units().stream().filter(u -> u.unit().equals("patient")).toList())
        : entry);
    assertThat(kinds()).containsExactly(Kind.POLICY);
  }

  @Test
  void verify_chargeToNobodyOrToAStranger_findsIt() throws Exception {
    forge(entry -> entry instanceof Charge c
        ? new Charge(c.query(), c.queryDigest(), c.party(), List.of())
        : entry);
    assertThat(kinds()).containsExactly(Kind.POLICY);
    writeAgain();
    forge(entry -> entry instanceof Charge c
        ? LedgerTamperTest.charge(
            c,
            u -> u.unit().equals("patient")
                ? new UnitCharge("person", u.rho(), u.spentBefore(), u.spentAfter())
                : u)
        : entry);
    assertThat(kinds()).contains(Kind.POLICY);
  }

  @Test
  void verify_householdDropped_findsTheChargesToIt() throws Exception {
    forgeAll(entries -> without(entries, 4));
    assertThat(kinds()).contains(Kind.POLICY, Kind.REFUSAL);
  }

  @Test
  void verify_firstUnitInSeveralShards_findsIt() throws Exception {
    forge(entry -> entry instanceof PolicyOpen p && p.unit().name().equals("patient")
        ? new PolicyOpen(
            p.lineage(), new PrivacyUnit("patient", 3), p.guarantee(), p.budget(), p.spent())
        : entry);
    assertThat(kinds()).contains(Kind.POLICY, Kind.COST);
  }

  @Test
  void verify_secondPolicyForTheHousehold_findsIt() throws Exception {
    forgeAll(entries -> {
      List<LedgerEntry> more = new ArrayList<>(entries);
      more.add(entries.get(4));
      return more;
    });
    assertThat(kinds()).containsExactly(Kind.POLICY);
  }

  /** A forger's largest numbers neither wrap nor end the audit. */
  @Test
  void verify_hugeShardsAndSpending_findsThemAndGoesOn() throws Exception {
    forge(entry -> {
      if (entry instanceof PolicyOpen p && p.unit().equals(HOUSEHOLD)) {
        return new PolicyOpen(
            p.lineage(),
            new PrivacyUnit("household", Integer.MAX_VALUE),
            p.guarantee(),
            Zcdp.UNBOUNDED,
            Zcdp.UNBOUNDED);
      }
      return entry instanceof Charge c
          ? LedgerTamperTest.charge(
              c, u -> new UnitCharge(u.unit(), Zcdp.UNBOUNDED, Zcdp.UNBOUNDED, Zcdp.UNBOUNDED))
          : entry;
    });
    assertThat(kinds()).contains(Kind.POLICY, Kind.COST, Kind.SPENT, Kind.OVER_BUDGET);
  }

  private void writeAgain() throws Exception {
    for (String name : List.of("ledger.db", "ledger.db-wal", "ledger.db-shm")) {
      Files.deleteIfExists(directory.resolve(name));
    }
    writeLedger();
  }

  private Set<Kind> kinds() throws Exception {
    return LedgerVerifier.verify(file(directory)).findings().stream()
        .map(LedgerReport.Finding::kind)
        .collect(Collectors.toSet());
  }

  private void forge(UnaryOperator<LedgerEntry> change) throws Exception {
    forgeAll(entries -> entries.stream().map(change).toList());
  }

  private void forgeAll(UnaryOperator<List<LedgerEntry>> change) throws Exception {
    UnsafeForgery.forge(file(directory), PrivacyLedgerTest.SITE, change);
  }

  private static List<LedgerEntry> without(List<LedgerEntry> entries, int index) {
    List<LedgerEntry> fewer = new ArrayList<>(entries);
    fewer.remove(index);
    return fewer;
  }
}
