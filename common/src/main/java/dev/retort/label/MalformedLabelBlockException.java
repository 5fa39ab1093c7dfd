package dev.retort.label;

/** Bytes received as a label block are none: the message names the rule broken and both sizes compared. */
public final class MalformedLabelBlockException extends Exception {

  public MalformedLabelBlockException(String message) {
    super(message);
  }
}
