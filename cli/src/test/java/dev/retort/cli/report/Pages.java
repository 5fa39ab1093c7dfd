package dev.retort.cli.report;

import dev.retort.cli.report.TestFederation.TestSite;
import dev.retort.cli.report.TestFederation.TestStudy;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.time.Duration;
import java.util.Map;

/** Histories for pages to tell. One query at sigma 40 costs rho 0.000625. */
final class Pages {

  private static final ApproxDp PROMISE = new ApproxDp(4, 1e-6);
  private static final long QUERY = 625_000_000L;

  private Pages() {}

  /** The log of a federation's first site. */
  static TestLog first(TestFederation federation) throws Exception {
    return (TestLog) federation.allLogs().get(0);
  }

  /** One site that answered one study. */
  static void alone(TestFederation federation) throws Exception {
    TestSite site = federation.site("site-a", "lung-ct", "patient", PROMISE);
    TestStudy study = federation.study("lungs-1", 300, 40);
    study.openAt(site);
    study.ask(site, 0, 300);
  }

  /** Three sites, two studies, and something of everything that can happen. */
  static void whole(TestFederation federation) throws Exception {
    TestSite a = federation.site("site-a", "lung-ct", "patient", PROMISE);
    TestSite b = federation.site("site-b", "thorax", "patient", PROMISE);
    TestSite c = federation.site("site-c", "chest-2026", "patient", new ApproxDp(2, 1e-6));
    a.ledger.protectAlso("lung-ct", new PrivacyUnit("household", 2), new ApproxDp(8, 1e-6));
    b.ledger.setQuotas("thorax", Map.of("lungs", new Zcdp(400 * QUERY)));
    TestStudy one = federation.study("lungs-1", 300, 40);
    for (TestSite site : new TestSite[] {a, b, c}) {
      one.openAt(site);
    }
    one.ask(a, 0, 300);
    one.reject(b, 0, "no-proof");
    one.ask(b, 0, 300);
    one.ask(c, 0, 100);
    one.finish();
    federation.pass(Duration.ofDays(9));
    TestStudy two = federation.study("lungs-2", 200, 50);
    two.openAt(a);
    two.openAt(b);
    two.ask(b, 0, 100);
    // Answered, but lost on the way.
    b.answer(two, 100, 50);
    federation.pass(Duration.ofHours(-2));
    a.ledger.burn(((Charged) a.charge(two, 0, 40)).seq(), BurnReason.ABANDONED);
    federation.pass(Duration.ofHours(5));
    a.charge(two, 50, 30);
    a.charge(two, 100, 200);
    b.charge(two, 150, 50);
    federation.pass(Duration.ofDays(3));
    federation.witness();
  }

  /** A site that is asked for one label at a time for most of a year. */
  static void thousand(TestFederation federation) throws Exception {
    TestSite site = federation.site("site-a", "lung-ct", "patient", PROMISE);
    TestStudy study = federation.study("lungs-1", 1000, 80);
    study.openAt(site);
    for (int i = 0; i < 1000; i++) {
      federation.pass(Duration.ofMinutes(i % 97 == 0 ? 9_000 : 37L * (i % 13)));
      site.charge(study, i, 1);
    }
  }
}
