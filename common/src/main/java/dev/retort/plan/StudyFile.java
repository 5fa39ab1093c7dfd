package dev.retort.plan;

import org.jspecify.annotations.Nullable;

/**
 * What a study file says.
 *
 * @param plan the plan, not yet resolved
 * @param evaluation where the student is scored; null for nowhere
 */
public record StudyFile(StudyPlan plan, @Nullable EvaluationSource evaluation) {}
