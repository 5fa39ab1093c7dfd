package dev.retort.coordinator.round;

import dev.retort.coordinator.study.Study;

/** The training of a student from a study's stored labels. */
@FunctionalInterface
public interface StudyDistillation {

  /**
   * Trains, scores and writes the student. Runs on a thread of its own and may take minutes; running it again for the
   * same study replaces what it wrote.
   *
   * @param study the study, with its labels in the store
   * @param progress told of every epoch
   * @throws DistillationFailedException with a reason for the consortium operator
   */
  void distil(Study study, Progress progress) throws DistillationFailedException;

  /** Told how far a distillation is. */
  @FunctionalInterface
  interface Progress {
    /** {@code done} of {@code total} epochs are over. */
    void epoch(int done, int total);
  }

  /** No student could be distilled. The message is for the consortium operator. */
  final class DistillationFailedException extends Exception {
    public DistillationFailedException(String message) {
      super(message);
    }

    public DistillationFailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
