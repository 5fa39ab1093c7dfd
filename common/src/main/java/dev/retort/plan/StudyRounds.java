package dev.retort.plan;

import dev.retort.transfer.SampleRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The rounds of a study. Its questions are numbered from 0, and each round asks the next of them. What a question is, is
 * the plan's where it can be, and else the {@link RoundInput} of its round; what it costs is the plan's in any case.
 */
public final class StudyRounds {

  private StudyRounds() {}

  /** The questions of each round of a resolved plan: as many in one as in another, but for one. */
  public static List<SampleRange> ranges(StudyPlan plan) {
    return ranges(plan, plan.queries().limit());
  }

  static List<SampleRange> ranges(StudyPlan plan, int limit) {
    int rounds = plan.queries().rounds();
    List<SampleRange> ranges = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int first = (int) ((long) limit * round / rounds);
      int end = (int) ((long) limit * (round + 1) / rounds);
      // Asked for more rounds than questions, some are empty, and the plan is refused elsewhere.
      if (end > first) {
        ranges.add(new SampleRange(first, end - first));
      }
    }
    return List.copyOf(ranges);
  }

  /**
   * The round that asks a question.
   *
   * @throws IllegalArgumentException if no round does
   */
  public static int roundOf(StudyPlan plan, long question) {
    List<SampleRange> ranges = ranges(plan);
    for (int round = 0; round < ranges.size(); round++) {
      if (question >= ranges.get(round).first() && question < ranges.get(round).end()) {
        return round;
      }
    }
    throw new IllegalArgumentException(
        "question must be below " + plan.queries().limit() + ": " + question);
  }

  /** The first round that has an input: 0 where samples are chosen, else 1. */
  public static int firstInput(StudyPlan plan) {
    return plan.queries().plan() == QueryOrder.ALL ? 1 : 0;
  }
}
