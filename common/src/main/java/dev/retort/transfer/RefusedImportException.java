package dev.retort.transfer;

/** Samples that cannot become the transfer set asked for. */
public final class RefusedImportException extends Exception {

  private static final long serialVersionUID = 1L;

  RefusedImportException(String message) {
    super(message);
  }
}
