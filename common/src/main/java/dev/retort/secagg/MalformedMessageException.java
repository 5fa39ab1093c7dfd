package dev.retort.secagg;

/** Bytes of a stranger are no message of the protocol. The only exception that parsing them throws. */
public final class MalformedMessageException extends Exception {

  MalformedMessageException(String message) {
    super(message);
  }

  MalformedMessageException(String message, Throwable cause) {
    super(message, cause);
  }
}
