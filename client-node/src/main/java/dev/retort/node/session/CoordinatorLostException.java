package dev.retort.node.session;

/** The coordinator could not be reached, time and again: its orders are awaited anew on a new stream. */
final class CoordinatorLostException extends Exception {

  private static final long serialVersionUID = 1L;

  CoordinatorLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
