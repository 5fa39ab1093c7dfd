package dev.retort.ledger;

import java.nio.file.Path;

/** Another process, or another part of this one, holds the ledger: two writers could spend one budget twice. */
public final class LedgerInUseException extends Exception {

  public LedgerInUseException(Path file) {
    super("ledger must have one writer: " + file
        + " is in use; stop the other node process, or give this one its own directory");
  }
}
