package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.util.Set;

/**
 * What a site insists on. A proposal may be stricter and never laxer.
 *
 * @param minimum the fewest nodes of a cohort
 * @param colluders at least so many nodes are assumed to collude
 * @param maxExcluded at most so many nodes are excluded after masking
 * @param smallestSigma the least noise in a sum
 * @param task the plan that the site approved
 * @param noise the noise parameters that the site approved
 * @param recognised the identities that the site knows by itself. Others in a roster are counted as colluders, and not
 *     towards any minimum
 */
public record CohortPolicy(
    int minimum,
    int colluders,
    int maxExcluded,
    int smallestSigma,
    Digest task,
    Digest noise,
    Set<VerifyingKey> recognised) {

  public CohortPolicy {
    recognised = Set.copyOf(recognised);
  }

  /** Holds a proposal against this. */
  void require(SessionProposal proposal, Signed evidence) throws RefusalException {
    CohortTerms terms = proposal.terms();
    long strangers = proposal.roster().stream()
        .filter(entry -> !recognised.contains(entry.key()))
        .count();
    require(proposal.task().equals(task), RefusalReason.UNKNOWN_TASK, evidence);
    require(proposal.noise().equals(noise), RefusalReason.UNKNOWN_NOISE, evidence);
    require(terms.minimum() >= minimum, RefusalReason.POLICY_MINIMUM_COHORT, evidence);
    require(terms.colluders() >= colluders, RefusalReason.POLICY_COLLUDERS, evidence);
    require(terms.maxExcluded() <= maxExcluded, RefusalReason.POLICY_EXCLUSIONS, evidence);
    require(proposal.sums().sigma() >= smallestSigma, RefusalReason.POLICY_NOISE, evidence);
    require(strangers <= terms.colluders(), RefusalReason.UNRECOGNISED_NODES, evidence);
  }

  /** How many of {@code nodes} the site knows by itself. */
  int recognised(SessionProposal proposal, NodeSet nodes) {
    return (int) nodes.stream()
        .filter(node -> recognised.contains(proposal.roster().get(node).key()))
        .count();
  }

  private static void require(boolean holds, RefusalReason reason, Signed evidence)
      throws RefusalException {
    if (!holds) {
      throw new RefusalException(reason, evidence);
    }
  }
}
