package dev.retort.ledger;

/** The ledger could not be read or written (full disk, lost file system); what was asked for did not happen. */
public final class LedgerUnavailableException extends Exception {

  public LedgerUnavailableException(String message) {
    super(message);
  }

  public LedgerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
