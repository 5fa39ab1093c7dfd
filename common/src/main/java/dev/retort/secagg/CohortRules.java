package dev.retort.secagg;

import dev.retort.secagg.CohortDecision.Agreed;
import dev.retort.secagg.CohortDecision.Obstacle;
import dev.retort.secagg.CohortDecision.Refused;

/**
 * What follows from terms for so many nodes; every party computes it, nobody believes it.
 *
 * @param nodes in the session
 * @param terms what was agreed
 * @param committee how many members the committee has
 * @param committeeColluders the most colluders among them, but for a probability of 2^-40 where they are drawn
 * @param threshold how many members certify survivors, and how many shares give a secret
 * @param degree how many neighbours a node masks with: all others, or an even number on the ring
 */
public record CohortRules(
    int nodes,
    CohortTerms terms,
    int committee,
    int committeeColluders,
    int threshold,
    int degree) {

  /** The rules for so many nodes, or why there are none. */
  public static CohortDecision decide(int nodes, CohortTerms terms) {
    int colluders = terms.colluders();
    if (nodes < 3) {
      return new Refused(Obstacle.FEWER_THAN_THREE_NODES);
    }
    if (terms.minimum() < Math.max(3, colluders + 2)) {
      return new Refused(Obstacle.MINIMUM_TOO_SMALL);
    }
    if (nodes < terms.minimum()) {
      return new Refused(Obstacle.FEWER_NODES_THAN_MINIMUM);
    }
    if (terms.minimum() - terms.maxExcluded() - colluders < 1) {
      return new Refused(Obstacle.NO_HONEST_NOISE);
    }
    int committee = Math.min(nodes, terms.committeeLimit());
    int inCommittee =
        committee == nodes ? colluders : TailBounds.mostColluders(nodes, colluders, committee);
    // 2 threshold - committee > colluders: any two certificates have an honest member in common,
    // who
    // votes once, and colluders with half of the rest each fall short of two secrets of one node.
    int threshold = (committee + inCommittee) / 2 + 1;
    if (threshold > committee) {
      return new Refused(Obstacle.NO_THRESHOLD);
    }
    int degree = nodes <= terms.fullGraphLimit()
        ? nodes - 1
        : TailBounds.ringDegree(nodes, colluders, terms.maxExcluded());
    return new Agreed(new CohortRules(nodes, terms, committee, inCommittee, threshold, degree));
  }

  /** Whether committee or graph are drawn, so that a beacon is needed that nobody chose. */
  public boolean isDrawn() {
    return committee < nodes || !isFullGraph();
  }

  /** Whether every pair shares masks. */
  public boolean isFullGraph() {
    return degree == nodes - 1;
  }
}
