package dev.retort.node.policy;

import dev.retort.merkle.Digest;
import dev.retort.plan.Aggregation;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyPlan;
import dev.retort.secagg.CohortPolicy;
import dev.retort.secagg.CohortTerms;
import dev.retort.secagg.VerifyingKey;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a site insists on where its answers go into secure sums. A plan may be stricter and never laxer.
 *
 * @param required whether the site takes part in no study without them
 * @param minimum the fewest sites of a sum, at least 3
 * @param colluders at least so many sites must be assumed to collude
 * @param maxExcluded at most so many sites may vanish after the answers were asked for
 * @param peers the keys of other sites that this one knows by itself. Sites that it does not know count as colluders
 */
public record SumPolicy(
    boolean required, int minimum, int colluders, int maxExcluded, Set<VerifyingKey> peers) {

  private static final int MOST = 4096;

  public SumPolicy {
    peers = Set.copyOf(peers);
    if (minimum < 3 || minimum > MOST) {
      throw new IllegalArgumentException(
          "policy.secureSums.minimum must be in [3, 4096]: " + minimum);
    }
    if (colluders < 0 || colluders > MOST) {
      throw new IllegalArgumentException(
          "policy.secureSums.colluders must be in [0, 4096]: " + colluders);
    }
    if (maxExcluded < 0 || maxExcluded > MOST) {
      throw new IllegalArgumentException(
          "policy.secureSums.maxExcluded must be in [0, 4096]: " + maxExcluded);
    }
  }

  /** Secure sums on whatever terms a plan has that the site approves. */
  public static SumPolicy asApproved(Set<VerifyingKey> peers) {
    return new SumPolicy(false, 3, 0, MOST, peers);
  }

  /** Which rule a plan breaks, for the consortium operator; none if it breaks none. */
  Optional<String> objection(StudyPlan plan) {
    if (plan.privacy().aggregation() == Aggregation.LOCAL) {
      return required
          ? Optional.of("privacy.aggregation must be secure at this site: local")
          : Optional.empty();
    }
    CohortTerms terms = SecureSums.terms(plan);
    if (terms.minimum() < minimum) {
      return Optional.of("cohort.minimum - cohort.maxExcluded must be at least " + minimum
          + " at this site: " + terms.minimum());
    }
    if (terms.colluders() < colluders) {
      return Optional.of(
          "cohort.colluders must be at least " + colluders + " at this site: " + terms.colluders());
    }
    if (terms.maxExcluded() > maxExcluded) {
      return Optional.of("cohort.maxExcluded must be at most " + maxExcluded + " at this site: "
          + terms.maxExcluded());
    }
    // Of any cohort all but the colluders must be known, this site among them.
    int wanted = Math.max(terms.minimum(), plan.cohort().minimum() - terms.colluders());
    if (peers.size() + 1 < wanted) {
      return Optional.of(
          "the site must know the keys of at least " + (wanted - 1)
              + " other sites to answer into a sum with them, and knows " + peers.size()
              + "; its operator adds what \"retort ledger key\" prints there to policy.secureSums.peers");
    }
    return Optional.empty();
  }

  /**
   * What the site's node holds a session's proposal against.
   *
   * @param digest of the plan
   * @param own the site's own key
   */
  public CohortPolicy of(StudyPlan plan, Digest digest, VerifyingKey own) {
    CohortTerms terms = SecureSums.terms(plan);
    Set<VerifyingKey> recognised = new HashSet<>(peers);
    recognised.add(own);
    return new CohortPolicy(
        Math.max(minimum, terms.minimum()),
        Math.max(colluders, terms.colluders()),
        Math.min(maxExcluded, terms.maxExcluded()),
        SecureSums.wholeSigma(plan),
        digest,
        SecureSums.noise(plan),
        recognised);
  }
}
