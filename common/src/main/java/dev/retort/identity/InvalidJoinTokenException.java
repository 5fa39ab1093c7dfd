package dev.retort.identity;

/** A text that should be a join token is not one. The message never repeats the text. */
public final class InvalidJoinTokenException extends Exception {
  InvalidJoinTokenException(String message) {
    super(message);
  }
}
