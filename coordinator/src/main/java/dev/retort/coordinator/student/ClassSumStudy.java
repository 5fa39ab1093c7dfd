package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.Samples;
import dev.retort.encode.PublicSpaces;
import dev.retort.plan.MechanismKind;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyPlan;
import java.util.List;

/**
 * What a study of class sums has told.
 *
 * @param plan resolved
 * @param sums its answers, one a round
 * @param asked what its rounds after the first were about
 * @param seen the transfer samples in the view of its sites
 */
public record ClassSumStudy(
    StudyPlan plan, AggregatedLabels sums, List<RoundInput> asked, Samples seen) {

  public ClassSumStudy {
    if (plan.privacy().mechanism() != MechanismKind.CLASS_SUMS) {
      throw new IllegalArgumentException(
          "plan must have privacy.mechanism class-sums: " + plan.privacy().mechanism());
    }
    asked = List.copyOf(asked);
  }

  /** The classifier that the sums tell. Post-processing of what was released. */
  ClassSumClassifier classifier(PublicSpaces spaces) {
    return ClassSumClassifier.fit(
        sums,
        AskedRounds.classifiers(asked),
        AskedRounds.space(plan, seen, spaces),
        seen,
        plan.labelSpace().size(),
        plan.seed());
  }
}
