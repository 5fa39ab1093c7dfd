package dev.retort.secagg;

/**
 * Who is assumed to collude and how small a cohort may become. What follows from it is {@link CohortRules}.
 *
 * @param minimum the fewest nodes of a cohort and of its survivors
 * @param colluders the most nodes assumed to work with the coordinator against the others
 * @param maxExcluded the most nodes excluded from a sum after they were asked to mask
 * @param committeeLimit up to so many nodes all are in the committee, above it so many are drawn; in [3, 255]
 * @param fullGraphLimit up to so many nodes every pair shares masks, above it neighbours on a ring
 */
public record CohortTerms(
    int minimum, int colluders, int maxExcluded, int committeeLimit, int fullGraphLimit) {

  /** The usual limit of committee and full graph. */
  public static final int USUAL_LIMIT = 128;

  public CohortTerms {
    if (colluders < 0 || colluders > SessionProposal.MAX_NODES) {
      throw new IllegalArgumentException("colluders must be in [0, 4096]: " + colluders);
    }
    if (minimum < 0 || minimum > SessionProposal.MAX_NODES) {
      throw new IllegalArgumentException("minimum must be in [0, 4096]: " + minimum);
    }
    if (maxExcluded < 0 || maxExcluded > SessionProposal.MAX_NODES) {
      throw new IllegalArgumentException("maxExcluded must be in [0, 4096]: " + maxExcluded);
    }
    if (committeeLimit < 3 || committeeLimit > ShamirSharing.MAX_SHARES) {
      throw new IllegalArgumentException("committeeLimit must be in [3, 255]: " + committeeLimit);
    }
    if (fullGraphLimit < 3) {
      throw new IllegalArgumentException("fullGraphLimit must be >= 3: " + fullGraphLimit);
    }
  }

  /**
   * The usual terms: at least two thirds of the nodes and three honest ones, a tenth excluded.
   *
   * @param nodes of the roster
   */
  public static CohortTerms usual(int nodes, int colluders) {
    int minimum = Math.min(nodes, Math.max(colluders + 3, (2 * nodes + 2) / 3));
    int maxExcluded = Math.min(nodes - minimum, Math.max(1, nodes / 10));
    return new CohortTerms(minimum, colluders, Math.max(0, maxExcluded), USUAL_LIMIT, USUAL_LIMIT);
  }

  void write(BodyWriter out) {
    out.u32(minimum).u32(colluders).u32(maxExcluded).u32(committeeLimit).u32(fullGraphLimit);
  }

  static CohortTerms read(BodyReader in) throws MalformedMessageException {
    return new CohortTerms(
        in.u32(SessionProposal.MAX_NODES),
        in.u32(SessionProposal.MAX_NODES),
        in.u32(SessionProposal.MAX_NODES),
        in.u32(ShamirSharing.MAX_SHARES),
        in.u32(Integer.MAX_VALUE));
  }
}
