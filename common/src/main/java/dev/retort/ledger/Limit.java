package dev.retort.ledger;

import dev.retort.tlog.Names;

/** What stands in the way of a charge. */
public sealed interface Limit {

  /**
   * The filter of one privacy unit: its budget is spent, whoever asks, for ever.
   *
   * @param unit the privacy unit
   */
  record Filter(String unit) implements Limit {
    public Filter {
      Names.require("unit", unit);
    }
  }

  /**
   * The quota of one coordinator: the site's internal limit, which it may raise within the budget.
   *
   * @param federation the coordinator's federation
   */
  record Quota(String federation) implements Limit {
    public Quota {
      Names.require("federation", federation);
    }
  }
}
