package dev.retort.node.session;

/** A study cannot go on at this node; the message may leave the site. */
final class StudyImpossibleException extends Exception {

  private static final long serialVersionUID = 1L;

  StudyImpossibleException(String message) {
    super(message);
  }

  StudyImpossibleException(String message, Throwable cause) {
    super(message, cause);
  }
}
