package dev.retort.tlog;

import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Names of keys as names of files: whatever could mean something to a file system is percent-encoded. */
final class FileNames {

  private static final Pattern ESCAPE = Pattern.compile("(?:%[0-9A-F]{2})+");

  private FileNames() {}

  static String encode(String name) {
    StringBuilder file = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '-'
          || c == '_'
          || (c == '.' && file.length() > 0);
      file.append(plain ? Character.toString(c) : String.format("%%%02X", (int) c));
    }
    return file.toString();
  }

  /** The name that encodes to {@code file}; of a file with any other name, something that encodes otherwise. */
  static String decode(String file) {
    return ESCAPE.matcher(file).replaceAll(FileNames::unescape);
  }

  private static String unescape(MatchResult escape) {
    String hex = escape.group().replace("%", "");
    String text = new String(java.util.HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    return java.util.regex.Matcher.quoteReplacement(text);
  }
}
