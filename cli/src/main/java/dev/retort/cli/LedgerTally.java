package dev.retort.cli;

import dev.retort.ledger.LedgerReport;

/** What a run's ledgers say together. Not safe for use by several threads. */
final class LedgerTally {

  private double epsilon;
  private long rhoPico;
  private boolean allVerified = true;

  void add(LedgerReport report) {
    allVerified &= report.ok();
    for (LedgerReport.LineageSpending lineage : report.lineages()) {
      epsilon = Math.max(epsilon, lineage.epsilonSpent());
      rhoPico = Math.max(rhoPico, lineage.spent().picoRho());
    }
  }

  /** The largest epsilon that a lineage spent. */
  double epsilon() {
    return epsilon;
  }

  /** The largest loss that a lineage spent, in 1e-12 zCDP. */
  long rhoPico() {
    return rhoPico;
  }

  /** Whether every ledger verifies. */
  boolean allVerified() {
    return allVerified;
  }
}
