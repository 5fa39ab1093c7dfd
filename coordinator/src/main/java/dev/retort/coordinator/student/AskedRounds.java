package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.Samples;
import dev.retort.encode.ClassSumSpace;
import dev.retort.encode.PublicSpaces;
import dev.retort.plan.RoundInput;
import dev.retort.plan.RoundInput.Classifier;
import dev.retort.plan.RoundInput.Selection;
import dev.retort.plan.StudyPlan;
import java.util.List;

/** What a study asks from round to round, where its plan leaves that open. Post-processing of what was released. */
public final class AskedRounds {

  private AskedRounds() {}

  /**
   * What the next round asks.
   *
   * @param labels the answers to the rounds before, question by question; read only if there was a round
   * @param asked what those rounds asked, as far as the plan leaves it open, in order
   * @param spaces where what is learnt from the transfer set is remembered
   */
  public static RoundInput next(
      StudyPlan plan,
      AggregatedLabels labels,
      List<RoundInput> asked,
      PublicSamples transfer,
      PublicSpaces spaces) {
    return switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN ->
        asked.isEmpty()
            ? QuerySelection.first(plan, transfer.teachers())
            : QuerySelection.next(
                plan, selections(asked), labels(plan, labels, asked, transfer.count()), transfer);
      case CLASS_SUMS ->
        new ClassSumStudy(plan, labels, asked, transfer.teachers())
            .classifier(spaces)
            .asked();
    };
  }

  /**
   * The space in which the sites' records are added up.
   *
   * @param seen the transfer samples as sites see them
   */
  static ClassSumSpace space(StudyPlan plan, Samples seen, PublicSpaces spaces) {
    return spaces.classSums(
        new PublicSpaces.View(plan.transferSetRef().manifest(), plan.teachers().view()),
        seen,
        plan.classSums().features());
  }

  /** Labels of transfer samples, whatever else the answers hold. */
  static LabelEstimate labels(
      StudyPlan plan, AggregatedLabels answers, List<RoundInput> asked, int samples) {
    LabelEstimate inOrder = plan.asksForHints()
        ? new ColumnEstimate(answers, 0, plan.labelSpace().size(), 1)
        : LabelEstimate.of(answers);
    return placed(inOrder, asked, samples);
  }

  /** Estimates that stand question by question, at the samples that the questions were about. */
  static LabelEstimate placed(LabelEstimate inOrder, List<RoundInput> asked, int samples) {
    return asked.isEmpty() ? inOrder : LabelEstimate.of(inOrder, selections(asked), samples);
  }

  static List<Classifier> classifiers(List<RoundInput> asked) {
    return asked.stream().map(Classifier.class::cast).toList();
  }

  private static List<Selection> selections(List<RoundInput> asked) {
    return asked.stream().map(Selection.class::cast).toList();
  }
}
