package dev.retort.node.policy;

import dev.retort.identity.FederationName;
import dev.retort.merkle.Digest;
import dev.retort.node.policy.PolicyDecision.Approved;
import dev.retort.node.policy.PolicyDecision.Declined;
import dev.retort.node.policy.PolicyDecision.Reason;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import dev.retort.secagg.VerifyingKey;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a site allows: denies by default, and can only be stricter than a plan. What a study costs is computed from its
 * noise and its blocks, not believed.
 *
 * @param unit the privacy unit by which the site's records are sharded, such as {@code patient}
 * @param approval the plans the site has approved
 * @param budget the guarantee that holds over all studies on this lineage, for ever
 * @param maxEpsilonPerStudy at most this epsilon, at the budget's delta, by one study; null for the budget's own limit
 * @param alsoProtected further privacy units, each with a budget of its own that every release must fit too
 * @param quotas the most that the coordinator of a federation may spend of {@code budget}; one that is not named may
 *     spend what is left
 * @param sums what the site insists on where its answers go into secure sums
 */
public record SitePolicy(
    String unit,
    Approval approval,
    ApproxDp budget,
    @Nullable Double maxEpsilonPerStudy,
    List<UnitPromise> alsoProtected,
    Map<FederationName, Zcdp> quotas,
    SumPolicy sums) {

  public SitePolicy {
    if (!PrivacyUnit.isName(unit)) {
      throw new IllegalArgumentException("privacyUnit must be " + PrivacyUnit.RULE + ": " + unit);
    }
    alsoProtected = List.copyOf(alsoProtected);
    quotas = Map.copyOf(quotas);
    Set<String> names = new HashSet<>(Set.of(unit));
    for (UnitPromise promise : alsoProtected) {
      if (!names.add(promise.unit().name())) {
        throw new IllegalArgumentException("policy.alsoProtect must name units other than "
            + "privacyUnit, each once: " + promise.unit().name());
      }
    }
    if (maxEpsilonPerStudy != null
        && !(maxEpsilonPerStudy > 0 && maxEpsilonPerStudy < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "policy.maxEpsilonPerStudy must be > 0 and finite: " + maxEpsilonPerStudy);
    }
  }

  /** A policy for one privacy unit, without quotas. */
  public SitePolicy(
      String unit, Approval approval, ApproxDp budget, @Nullable Double maxEpsilonPerStudy) {
    this(
        unit,
        approval,
        budget,
        maxEpsilonPerStudy,
        List.of(),
        Map.of(),
        SumPolicy.asApproved(Set.of()));
  }

  /** This policy of a site that knows other sites' keys. */
  public SitePolicy withPeers(Set<VerifyingKey> peers) {
    return new SitePolicy(
        unit,
        approval,
        budget,
        maxEpsilonPerStudy,
        alsoProtected,
        quotas,
        new SumPolicy(
            sums.required(), sums.minimum(), sums.colluders(), sums.maxExcluded(), peers));
  }

  /**
   * What the site promises one more privacy unit.
   *
   * @param unit the unit, and the most shards that hold records of one
   * @param budget the guarantee that holds for it over all studies on the lineage, for ever
   */
  public record UnitPromise(PrivacyUnit unit, ApproxDp budget) {}

  /** The site's answer to the plan whose canonical bytes have {@code digest}. */
  public PolicyDecision decide(StudyPlan plan, Digest digest) {
    if (!approval.covers(digest)) {
      return new Declined(
          Reason.NOT_APPROVED,
          "the site has not approved this plan; its operator may add sha256:" + digest
              + " to policy.approve");
    }
    StudyPlan.Privacy privacy = plan.privacy();
    if (!privacy.unit().equals(unit)) {
      return new Declined(
          Reason.STRICTER, "privacy.unit must be the site's unit, " + unit + ": " + privacy.unit());
    }
    Zcdp cost = StudyNoise.cost(plan);
    if (cost.compareTo(Conversion.budget(new ApproxDp(privacy.epsilon(), privacy.delta()))) > 0) {
      return new Declined(
          Reason.STRICTER,
          "privacy.sigma must be large enough for the plan's own epsilon " + privacy.epsilon()
              + ": " + privacy.sigma());
    }
    Double most = maxEpsilonPerStudy;
    if (most != null && cost.compareTo(Conversion.budget(new ApproxDp(most, budget.delta()))) > 0) {
      return new Declined(
          Reason.STRICTER,
          String.format(
              Locale.ROOT,
              "a study's epsilon must be <= %s at this site, at delta %s: %.4f",
              most,
              budget.delta(),
              Conversion.epsilon(cost, budget.delta())));
    }
    Optional<String> objection = sums.objection(plan);
    return objection.isPresent() ? new Declined(Reason.STRICTER, objection.get()) : new Approved();
  }
}
