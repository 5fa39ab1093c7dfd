package dev.retort.transfer;

/** A reference to a transfer set that is not written {@code name@sha256:digest}. */
public final class MalformedReferenceException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedReferenceException(String message) {
    super(message);
  }
}
