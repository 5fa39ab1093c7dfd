package dev.retort.accounting;

/**
 * How far neighbouring data sets can move all answers of a campaign together, without noise. All three are upper bounds;
 * they hold for answers chosen adaptively.
 *
 * @param l1 the L1 distance, in the answers' integer units, above 0
 * @param l2Squared the squared L2 distance, above 0
 * @param coordinates integers that are released, at least 1: all entries of all answers
 */
public record AnswerChange(double l1, double l2Squared, long coordinates) {

  public AnswerChange {
    Checks.positive("l1", l1);
    Checks.positive("l2Squared", l2Squared);
    Checks.positive("coordinates", coordinates);
  }

  /**
   * The change of a campaign in which one teacher's label is replaced in every answer: labels are integers that sum to
   * {@code gridSize}, and any two differ most where each is all in one class.
   *
   * @param queries answers, at least 1
   * @param classes entries of an answer, at least 2
   */
  public static AnswerChange ofOneTeacher(int queries, int classes, int gridSize) {
    return new AnswerChange(
        2.0 * gridSize * queries, 2.0 * gridSize * gridSize * queries, (long) queries * classes);
  }

  /** The change where {@code teachers} teachers are replaced by one noise: their labels may all move in one direction. */
  public AnswerChange together(int teachers) {
    return new AnswerChange(l1 * teachers, l2Squared * teachers * teachers, coordinates);
  }

  /** The change in the answers of {@code sites} sites, side by side, each with a noise of its own. */
  public AnswerChange apart(int sites) {
    return new AnswerChange(l1 * sites, l2Squared * sites, coordinates * sites);
  }
}
