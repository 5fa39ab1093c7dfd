package dev.retort.identity;

/** A text that should be a node id breaks the rule for node ids. */
public final class InvalidNodeIdException extends Exception {

  private static final int SHOWN_CHARS = 80;

  InvalidNodeIdException(String text) {
    super("node id must be " + NodeId.RULE + ": " + shown(text));
  }

  private static String shown(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() <= SHOWN_CHARS
        ? printable
        : printable.substring(0, SHOWN_CHARS) + "...";
  }
}
