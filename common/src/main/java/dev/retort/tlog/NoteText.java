package dev.retort.tlog;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The small lexical rules that C2SP signed notes share. */
final class NoteText {

  private NoteText() {}

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The bytes of {@code text}, or none if it is not padded, canonical base64. */
  static byte[] base64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return base64(bytes).equals(text) ? bytes : new byte[0];
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  static boolean isKeyName(String name) {
    return !name.isEmpty()
        && name.chars()
            .noneMatch(c -> c == '+'
                || Character.isISOControl(c)
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.isSurrogate((char) c));
  }

  /** What a cosignature/v1 signs. */
  static byte[] cosignedMessage(long epochSecond, byte[] text) {
    String header = "cosignature/v1\ntime " + epochSecond + "\n";
    return (header + new String(text, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }
}
