package dev.retort.tlog;

/** The log could not be read or written (full disk, lost file system); what was asked for did not happen. */
public final class LogUnavailableException extends Exception {

  public LogUnavailableException(String message) {
    super(message);
  }

  public LogUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
