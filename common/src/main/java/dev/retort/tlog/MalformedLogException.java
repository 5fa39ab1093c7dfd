package dev.retort.tlog;

/** Bytes read as part of a log are none, or break its rules: the message says where, which rule, and what was found. */
public final class MalformedLogException extends Exception {

  public MalformedLogException(String message) {
    super(message);
  }

  public MalformedLogException(String message, Throwable cause) {
    super(message, cause);
  }
}
