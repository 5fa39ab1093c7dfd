package dev.retort.ledger;

/** Bytes read as part of a ledger are none, or break its rules: the message says where, which rule, and what was found. */
public final class MalformedLedgerException extends Exception {

  public MalformedLedgerException(String message) {
    super(message);
  }

  public MalformedLedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
