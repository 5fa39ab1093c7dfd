package dev.retort.cli.report;

import java.util.stream.Collectors;

/**
 * HTML that may be put into a page as it is. Text becomes markup only by being escaped here.
 *
 * @param html well-formed HTML
 */
record Markup(String html) {

  private static final int MOST_SHOWN = 300;
  private static final String HOLE = "{}";

  static final Markup NONE = new Markup("");

  /** Text of anybody, escaped; nothing in it can change how the rest of the page reads. */
  static Markup text(String text) {
    return new Markup(escape(text));
  }

  /** Text of anybody that is code, such as a name, which may be broken after a slash. */
  static Markup code(String text) {
    return new Markup("<code>" + escape(text).replace("/", "/<wbr>") + "</code>");
  }

  /** Text of anybody that is long and has no words, such as a key: it may be broken anywhere. */
  static Markup key(String text) {
    return new Markup("<code class=\"key\">" + escape(text) + "</code>");
  }

  /**
   * A template of this program with its holes, written {@code {}}, filled in.
   *
   * @param template HTML
   * @param values markup, which is taken as it is, or anything else, whose text is escaped
   */
  static Markup of(String template, Object... values) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (Object value : values) {
      int hole = template.indexOf(HOLE, from);
      if (hole < 0) {
        throw new IllegalArgumentException("template must have a hole a value: " + template);
      }
      out.append(template, from, hole);
      out.append(value instanceof Markup markup ? markup.html() : escape(String.valueOf(value)));
      from = hole + HOLE.length();
    }
    return new Markup(out.append(template.substring(from)).toString());
  }

  private static String escape(String text) {
    String shown = text.length() <= MOST_SHOWN
        ? text
        : text.substring(0, MOST_SHOWN) + "\u2026 (" + text.length() + " characters)";
    return shown.codePoints().mapToObj(Markup::escape).collect(Collectors.joining());
  }

  // Characters that cannot be seen, or that turn the direction of what follows, are spelt out.
  private static String escape(int c) {
    return switch (c) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '"' -> "&quot;";
      case '\'' -> "&#39;";
      default -> isVisible(c) ? Character.toString(c) : String.format("\\u%04x", c);
    };
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }
}
