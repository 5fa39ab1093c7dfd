package dev.retort.secagg;

/** Whether nodes can sum securely on some terms. */
public sealed interface CohortDecision {

  /** They can. */
  record Agreed(CohortRules rules) implements CohortDecision {}

  /**
   * They cannot.
   *
   * @param obstacle what stands in the way
   */
  record Refused(Obstacle obstacle) implements CohortDecision {

    /** What protects the nodes instead. */
    public Alternative alternative() {
      return Alternative.LOCAL_NOISE;
    }
  }

  /** What stands in the way. */
  enum Obstacle {
    /** Of one or two nodes each can subtract itself from the sum. */
    FEWER_THAN_THREE_NODES,
    /** The smallest cohort must leave two honest nodes, and have three. */
    MINIMUM_TOO_SMALL,
    /** There are fewer nodes than the smallest cohort. */
    FEWER_NODES_THAN_MINIMUM,
    /** With exclusions and colluders taken off, no honest noise might be left. */
    NO_HONEST_NOISE,
    /** No threshold of the committee outvotes its colluders. */
    NO_THRESHOLD
  }

  /** What to do without secure sums. */
  enum Alternative {
    /** Every node adds noise that protects its answer by itself, and sends it openly. */
    LOCAL_NOISE
  }
}
