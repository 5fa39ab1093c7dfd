package dev.retort.coordinator.round;

import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyState;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last step of a study, on the thread that distils. */
final class StudyEnding {

  private static final Logger LOG = LoggerFactory.getLogger(StudyEnding.class);
  private static final Duration WITNESS_PATIENCE = Duration.ofSeconds(5);

  private StudyEnding() {}

  /** Distils a study's student, has the journal witnessed, and says how the study ends. */
  static StudyState of(
      Study study,
      StudyDistillation distillation,
      JournalWitnesses witnesses,
      StudyDistillation.Progress progress) {
    try {
      distillation.distil(study, progress);
      showBeforeTheEnd(witnesses);
      return new StudyState.Finished();
    } catch (StudyDistillation.DistillationFailedException e) {
      LOG.warn("study {}: no student: {}", study.id(), e.getMessage(), e);
      return new StudyState.Failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      LOG.error("study {}: distillation broke off", study.id(), e);
      return new StudyState.Failed("distillation broke off; the coordinator's log says why");
    }
  }

  /** Nodes may leave as soon as they hear that the study is over. */
  private static void showBeforeTheEnd(JournalWitnesses witnesses) {
    try {
      witnesses.showAndWait(WITNESS_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
