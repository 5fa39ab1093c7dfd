package dev.retort.coordinator.study;

/** Where a study stands. A study only moves down this list, and what is stored is where it goes on after a restart. */
public sealed interface StudyState {

  /** Whether nothing more will happen. */
  default boolean ended() {
    return false;
  }

  /** Offered to the nodes; teachers are being trained and labels come in. */
  record Collecting() implements StudyState {}

  /** Labels are in; the student is being trained. */
  record Distilling() implements StudyState {}

  /** Student, report and model card are written. */
  record Finished() implements StudyState {
    @Override
    public boolean ended() {
      return true;
    }
  }

  /**
   * Ended without a student.
   *
   * @param reason one sentence for the consortium operator
   */
  record Failed(String reason) implements StudyState {
    @Override
    public boolean ended() {
      return true;
    }
  }
}
