package dev.retort.audit;

/** The release under audit gave no answer, so that nothing can be certified. */
public final class UnreleasedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Creates it with one sentence that says what was refused and what to change. */
  public UnreleasedException(String message) {
    super(message);
  }

  /** Creates it for a failure of the release itself. */
  public UnreleasedException(String message, Exception cause) {
    super(message, cause);
  }
}
