package dev.retort.data;

/** A view that samples do not have. The message says which they have. */
public final class UnknownViewException extends Exception {

  private static final long serialVersionUID = 1L;

  UnknownViewException(String message) {
    super(message);
  }
}
