package dev.retort.coordinator.study;

import dev.retort.merkle.Digest;
import dev.retort.plan.EvaluationSource;
import dev.retort.plan.StudyPlan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A study as the coordinator keeps it.
 *
 * @param id unique among this coordinator's studies; part of a path, so a-z, 0-9 and '-' alone
 * @param plan the resolved plan
 * @param canonicalPlan its canonical JSON
 * @param planDigest SHA-256 of the canonical JSON
 * @param evaluation where the student is scored; null for nowhere
 * @param created when it was created
 * @param state where it stands
 */
public record Study(
    String id,
    StudyPlan plan,
    String canonicalPlan,
    Digest planDigest,
    @Nullable EvaluationSource evaluation,
    Instant created,
    StudyState state) {

  /** This study in another state. */
  public Study in(StudyState next) {
    return new Study(id, plan, canonicalPlan, planDigest, evaluation, created, next);
  }
}
