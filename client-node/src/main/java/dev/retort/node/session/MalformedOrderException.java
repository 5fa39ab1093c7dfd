package dev.retort.node.session;

/** A coordinator's message that this version cannot read; the message names the field, the rule and the value. */
final class MalformedOrderException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedOrderException(String message) {
    super(message);
  }
}
