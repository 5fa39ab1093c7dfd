package dev.retort.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * RFC 8785 canonical JSON for the one shape the ledger needs: a flat object whose values are all strings. Each object has
 * exactly one encoding, and nothing else parses.
 */
public final class CanonicalJson {

  private CanonicalJson() {}

  /** The encoding of {@code fields}, which must be sorted in natural order (UTF-16 code units, as the RFC asks). */
  public static byte[] encode(SortedMap<String, String> fields) {
    StringBuilder json = new StringBuilder("{");
    String comma = "";
    for (Map.Entry<String, String> field : fields.entrySet()) {
      json.append(comma);
      quote(field.getKey(), json);
      json.append(':');
      quote(field.getValue(), json);
      comma = ",";
    }
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The fields that encode to exactly {@code json}.
   *
   * @throws MalformedLogException if there are none: not UTF-8, not such an object, or not in canonical form
   */
  public static SortedMap<String, String> parse(byte[] json) throws MalformedLogException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedLogException("entry must be UTF-8", e);
    }
    SortedMap<String, String> fields = new Reader(text).object();
    // Comparing with the one right encoding catches spaces, wrong order, duplicate keys and
    // needless escapes at once.
    if (!Arrays.equals(encode(fields), json)) {
      throw new MalformedLogException("entry must be in RFC 8785 canonical form");
    }
    return fields;
  }

  private static void quote(String text, StringBuilder json) {
    json.append('"');
    // Hardly any text needs an escape, and a million entries are to be read in seconds.
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c != '"' && c != '\\') {
        continue;
      }
      json.append(text, plain, i);
      plain = i + 1;
      int escape = "\"\\\b\f\n\r\t".indexOf(c);
      if (escape >= 0) {
        json.append('\\').append("\"\\bfnrt".charAt(escape));
      } else {
        json.append(String.format("\\u%04x", (int) c));
      }
    }
    json.append(text, plain, text.length()).append('"');
  }

  private static final class Reader {

    private final String text;
    private int position;

    Reader(String text) {
      this.text = text;
    }

    SortedMap<String, String> object() throws MalformedLogException {
      SortedMap<String, String> fields = new TreeMap<>();
      expect('{');
      do {
        String key = string();
        expect(':');
        fields.put(key, string());
      } while (next() == ',');
      position--;
      expect('}');
      if (position != text.length()) {
        throw unexpected("the end");
      }
      return fields;
    }

    private String string() throws MalformedLogException {
      expect('"');
      int start = position;
      while (position < text.length()
          && text.charAt(position) != '"'
          && text.charAt(position) != '\\') {
        position++;
      }
      String plain = text.substring(start, position);
      if (position < text.length() && text.charAt(position) == '"') {
        position++;
        return plain;
      }
      StringBuilder value = new StringBuilder(plain);
      for (char c = next(); c != '"'; c = next()) {
        value.append(c == '\\' ? escaped() : c);
      }
      return value.toString();
    }

    private char escaped() throws MalformedLogException {
      char c = next();
      int escape = "\"\\bfnrt".indexOf(c);
      if (escape >= 0) {
        return "\"\\\b\f\n\r\t".charAt(escape);
      }
      if (c == 'u' && text.length() - position >= 4) {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw unexpected("a hexadecimal digit");
          }
          code = code * 16 + digit;
        }
        return (char) code;
      }
      throw unexpected("an escape");
    }

    private char next() throws MalformedLogException {
      if (position == text.length()) {
        throw new MalformedLogException(
            "entry must be a whole JSON object: ends at character " + position);
      }
      return text.charAt(position++);
    }

    private void expect(char wanted) throws MalformedLogException {
      if (next() != wanted) {
        throw unexpected("'" + wanted + "'");
      }
    }

    private MalformedLogException unexpected(String wanted) {
      return new MalformedLogException("entry must be a flat JSON object of strings: expected "
          + wanted + " at character " + position);
    }
  }
}
