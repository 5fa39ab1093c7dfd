package dev.retort.learn;

import java.nio.file.Path;

/** A model file that is not what this program writes, or has been damaged. */
public final class CorruptModelException extends Exception {

  CorruptModelException(Path file, String message) {
    super(file + ": " + message);
  }

  CorruptModelException(Path file, String message, Throwable cause) {
    super(file + ": " + message, cause);
  }
}
