package dev.retort.identity;

import java.io.IOException;

/** A key file that is missing, damaged, or locked by another password. */
public final class KeyFileException extends IOException {

  public KeyFileException(String message) {
    super(message);
  }

  KeyFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
