package dev.retort.identity;

import java.util.regex.Pattern;

/**
 * The name of a node within its federation.
 *
 * @param value 1 to 63 characters of a-z, 0-9 and '-', beginning with a letter
 */
public record NodeId(String value) implements Comparable<NodeId> {

  static final String RULE = "1 to 63 characters of a-z, 0-9 and '-', beginning with a letter";

  private static final Pattern SYNTAX = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  public NodeId {
    if (!isName(value)) {
      throw new IllegalArgumentException("node id must be " + RULE + ": " + value);
    }
  }

  /**
   * Reads a node id that a stranger wrote.
   *
   * @throws InvalidNodeIdException if the text breaks the rule
   */
  public static NodeId parse(String text) throws InvalidNodeIdException {
    if (!isName(text)) {
      throw new InvalidNodeIdException(text);
    }
    return new NodeId(text);
  }

  static boolean isName(String text) {
    return SYNTAX.matcher(text).matches();
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
