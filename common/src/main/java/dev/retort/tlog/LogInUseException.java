package dev.retort.tlog;

import java.nio.file.Path;

/** Another process, or another part of this one, holds the log: two writers could spend one budget twice. */
public final class LogInUseException extends Exception {

  public LogInUseException(Path file) {
    super("log must have one writer: " + file
        + " is in use; stop the other process, or give this one its own directory");
  }
}
