package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.KeyRotate;
import dev.retort.ledger.LedgerEntry.PolicyClose;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.ledger.LineageAccount.Admission;
import dev.retort.ledger.LineageAccount.UnitAccount;
import dev.retort.merkle.Digest;
import dev.retort.privacy.BudgetFilter;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.KeyHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which entry may follow a given state. The node asks before it appends, the auditor afterwards: one text for both.
 */
final class LedgerRules {

  private final LedgerState state;
  private final LedgerRecord ledgerRecord;
  private final List<Finding> findings = new ArrayList<>();

  private LedgerRules(LedgerState state, LedgerRecord ledgerRecord) {
    this.state = state;
    this.ledgerRecord = ledgerRecord;
  }

  /** The rules that {@code ledgerRecord} breaks as the next entry after {@code state}; the chain of roots is not among them. */
  static List<Finding> broken(LedgerState state, LedgerRecord ledgerRecord) {
    LedgerRules rules = new LedgerRules(state, ledgerRecord);
    rules.check(ledgerRecord.entry());
    return rules.findings;
  }

  private void check(LedgerEntry entry) {
    if (entry instanceof PolicyOpen policy) {
      checkPolicy(policy);
    } else if (entry instanceof QuotaSet set) {
      checkQuota(set);
    } else if (entry instanceof DatasetBind bind) {
      require(
          state.lineages().containsKey(bind.lineage()),
          Kind.POLICY,
          "lineage must have a policy: " + bind.lineage());
    } else if (entry instanceof CampaignOpen open) {
      require(
          !state.campaigns().containsKey(open.campaign()),
          Kind.CAMPAIGN,
          "campaign must be opened once: " + open.campaign());
    } else if (entry instanceof Charge charge) {
      checkCharge(charge);
    } else if (entry instanceof Refuse refuse) {
      checkRefusal(refuse);
    } else if (entry instanceof Release release) {
      checkPending(release.charge());
    } else if (entry instanceof Burn burn) {
      checkPending(burn.charge());
    } else if (entry instanceof PolicyClose close) {
      LineageAccount lineage = lineage(close.lineage());
      require(
          lineage == null || !lineage.isClosed(),
          Kind.POLICY,
          "lineage must be closed once: " + close.lineage());
    } else if (entry instanceof SumRefuse refusal) {
      state
          .sumRefusals()
          .objection(refusal)
          .ifPresent(objection -> add(Kind.SUM_REFUSAL, objection));
    } else if (entry instanceof KeyRotate rotate) {
      KeyHistory keys = state.keys();
      if (keys != null) {
        keys.objection(rotate.keys()).ifPresent(objection -> add(Kind.ROTATION, objection));
      }
    }
  }

  private void checkPolicy(PolicyOpen policy) {
    LineageAccount lineage = state.lineages().get(policy.lineage());
    if (lineage == null) {
      require(
          policy.unit().shards() == 1,
          Kind.POLICY,
          "lineage's first unit must lie in one shard: " + policy.unit());
    } else {
      require(
          lineage.unit(policy.unit().name()) == null,
          Kind.POLICY,
          "lineage must have one policy a unit: " + policy.lineage() + ", " + policy.unit());
    }
    Zcdp allowed = Conversion.budget(policy.guarantee());
    require(
        policy.budget().compareTo(allowed) <= 0 && !policy.budget().equals(Zcdp.UNBOUNDED),
        Kind.POLICY,
        "budget must be at most " + allowed + ", which " + policy.guarantee() + " allows: "
            + policy.budget());
    // Else a change of unit would find a fresh budget for records that were already asked about.
    Zcdp past = lineage == null ? Zcdp.ZERO : lineage.costOfThePast(policy.unit());
    require(
        policy.spent().equals(past) && past.compareTo(policy.budget()) <= 0,
        Kind.POLICY,
        "spent must be what earlier charges cost the unit, " + past + ", and at most the budget, "
            + policy.budget() + ": " + policy.spent());
  }

  private void checkQuota(QuotaSet set) {
    LineageAccount lineage = lineage(set.lineage());
    if (lineage != null) {
      Zcdp budget = lineage.first().policy.budget();
      require(
          set.quota().compareTo(budget) <= 0,
          Kind.QUOTA,
          "quota must be at most the budget, " + budget + ": " + set.quota());
    }
  }

  private void checkCharge(Charge charge) {
    require(
        state.chargeOf(charge.queryDigest()) == null,
        Kind.RELEASE,
        "query must be charged once: " + charge.queryDigest());
    Mechanism mechanism = checkQuery(charge.query(), charge.queryDigest());
    LineageAccount lineage = lineage(charge.query().lineage());
    if (lineage == null) {
      return;
    }
    require(
        !lineage.isClosed(),
        Kind.OVER_BUDGET,
        "lineage must not be charged after it was closed: " + charge.query().lineage());
    require(
        lineage.dataset != null,
        Kind.CAMPAIGN,
        "lineage must have a data set bound: " + charge.query().lineage());
    require(
        charge.units().size() == lineage.units().size(),
        Kind.POLICY,
        "charge must be made to each unit of the lineage, " + lineage.units().size() + ": "
            + charge.units().size());
    for (UnitCharge one : charge.units()) {
      UnitAccount unit = lineage.unit(one.unit());
      if (unit == null) {
        add(Kind.POLICY, "lineage must have a policy for the unit: " + one.unit());
      } else {
        checkUnit(one, unit, mechanism, charge.query().outputs());
      }
    }
    if (mechanism != null) {
      Zcdp cost = mechanism.cost(lineage.first().policy.unit(), charge.query().outputs());
      BudgetFilter quota = lineage.quotaFilter(charge.party().federation());
      require(
          quota == null || quota.tryCharge(cost) instanceof BudgetFilter.Granted,
          Kind.QUOTA,
          "cost must fit what " + charge.party().federation() + " has left of its quota: " + cost);
    }
  }

  private void checkUnit(
      UnitCharge one, UnitAccount unit, @Nullable Mechanism mechanism, int outputs) {
    if (mechanism != null) {
      requireCost(one.rho(), mechanism.cost(unit.policy.unit(), outputs));
    }
    require(
        one.spentBefore().equals(unit.spent),
        Kind.SPENT,
        "spentBefore must be " + unit.spent + ": " + one.spentBefore());
    require(
        one.spentAfter().picoRho() - one.spentBefore().picoRho() == one.rho().picoRho(),
        Kind.SPENT,
        "spentAfter must be spentBefore plus the cost: " + one.spentAfter());
    require(
        one.spentAfter().compareTo(unit.policy.budget()) <= 0,
        Kind.OVER_BUDGET,
        "spentAfter must be at most the budget, " + unit.policy.budget() + ": " + one.spentAfter());
  }

  private void checkRefusal(Refuse refuse) {
    Mechanism mechanism = checkQuery(refuse.query(), refuse.queryDigest());
    LineageAccount lineage = lineage(refuse.query().lineage());
    if (lineage == null || mechanism == null) {
      return;
    }
    int outputs = refuse.query().outputs();
    UnitAccount unit = refuse.limit() instanceof Limit.Filter filter
        ? lineage.unit(filter.unit())
        : lineage.first();
    if (unit != null) {
      requireCost(refuse.asked(), mechanism.cost(unit.policy.unit(), outputs));
    }
    require(
        lineage
            .admit(mechanism, outputs, refuse.party())
            .equals(new Admission.Refused(refuse.limit(), refuse.asked(), refuse.left())),
        Kind.REFUSAL,
        "refusal must name the first limit and what is left under it, and that must not cover "
            + refuse.asked());
  }

  /** The mechanism that answers a query, if its campaign is open. */
  private @Nullable Mechanism checkQuery(Query query, Digest queryDigest) {
    CampaignOpen campaign = state.campaigns().get(query.campaign());
    if (campaign == null) {
      add(Kind.CAMPAIGN, "campaign must be open: " + query.campaign());
      return null;
    }
    Digest expected = query.digest(campaign.mechanism());
    require(
        queryDigest.equals(expected),
        Kind.QUERY,
        "queryDigest must be that of the query, " + expected + ": " + queryDigest);
    return campaign.mechanism();
  }

  private void requireCost(Zcdp cost, Zcdp expected) {
    require(cost.equals(expected), Kind.COST, "cost must be " + expected + ": " + cost);
  }

  private @Nullable LineageAccount lineage(String name) {
    LineageAccount lineage = state.lineages().get(name);
    if (lineage == null) {
      add(Kind.POLICY, "lineage must have a policy: " + name);
    }
    return lineage;
  }

  private void checkPending(long charge) {
    require(
        charge < ledgerRecord.seq() && state.pending().containsKey(charge),
        Kind.RELEASE,
        "release or burn must be the first of an earlier charge: " + charge);
  }

  private void require(boolean holds, Kind kind, String message) {
    if (!holds) {
      add(kind, message);
    }
  }

  private void add(Kind kind, String message) {
    findings.add(new Finding(ledgerRecord.seq(), kind, message));
  }
}
