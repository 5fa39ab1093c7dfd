package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.ledger.LedgerState.Lineage;
import dev.retort.merkle.Digest;
import dev.retort.privacy.BudgetFilter;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import java.util.ArrayList;
import java.util.List;

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
    }
  }

  private void checkPolicy(PolicyOpen policy) {
    require(
        !state.lineages().containsKey(policy.lineage()),
        Kind.POLICY,
        "lineage must have one policy: " + policy.lineage());
    Zcdp allowed = Conversion.budget(policy.guarantee());
    require(
        policy.budget().compareTo(allowed) <= 0 && !policy.budget().equals(Zcdp.UNBOUNDED),
        Kind.POLICY,
        "budget must be at most " + allowed + ", which " + policy.guarantee() + " allows: "
            + policy.budget());
  }

  private void checkCharge(Charge charge) {
    require(
        state.chargeOf(charge.queryDigest()) == null,
        Kind.RELEASE,
        "query must be charged once: " + charge.queryDigest());
    checkCost(charge.query(), charge.queryDigest(), charge.rho());
    Lineage lineage = state.lineages().get(charge.query().lineage());
    if (lineage == null) {
      add(Kind.POLICY, "lineage must have a policy: " + charge.query().lineage());
      return;
    }
    require(
        lineage.dataset != null,
        Kind.CAMPAIGN,
        "lineage must have a data set bound: " + charge.query().lineage());
    require(
        charge.spentBefore().equals(lineage.spent),
        Kind.SPENT,
        "spentBefore must be " + lineage.spent + ": " + charge.spentBefore());
    require(
        charge.spentAfter().picoRho() - charge.spentBefore().picoRho()
            == charge.rho().picoRho(),
        Kind.SPENT,
        "spentAfter must be spentBefore plus the cost: " + charge.spentAfter());
    require(
        charge.spentAfter().compareTo(lineage.policy.budget()) <= 0,
        Kind.OVER_BUDGET,
        "spentAfter must be at most the budget, " + lineage.policy.budget() + ": "
            + charge.spentAfter());
  }

  private void checkRefusal(Refuse refuse) {
    checkCost(refuse.query(), refuse.queryDigest(), refuse.asked());
    Lineage lineage = state.lineages().get(refuse.query().lineage());
    if (lineage == null) {
      add(Kind.POLICY, "lineage must have a policy: " + refuse.query().lineage());
      return;
    }
    boolean justified = !lineage.policy.budget().equals(Zcdp.UNBOUNDED)
        && lineage.spent.compareTo(lineage.policy.budget()) <= 0
        && new BudgetFilter(lineage.policy.budget(), lineage.spent)
            .tryCharge(refuse.asked())
            .equals(new BudgetFilter.Refused(refuse.asked(), refuse.left()));
    require(
        justified,
        Kind.REFUSAL,
        "refusal must name what is left, and that must not cover " + refuse.asked());
  }

  private void checkCost(Query query, Digest queryDigest, Zcdp cost) {
    CampaignOpen campaign = state.campaigns().get(query.campaign());
    if (campaign == null) {
      add(Kind.CAMPAIGN, "campaign must be open: " + query.campaign());
      return;
    }
    DiscreteGaussianHistogram mechanism = campaign.mechanism();
    require(
        queryDigest.equals(query.digest(mechanism)),
        Kind.QUERY,
        "queryDigest must be that of the query, " + query.digest(mechanism) + ": " + queryDigest);
    Zcdp expected = mechanism.cost(query.outputs());
    require(cost.equals(expected), Kind.COST, "cost must be " + expected + ": " + cost);
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
