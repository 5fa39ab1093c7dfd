package dev.retort.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokenizer of uncased BERT models: lower case without accents, divided at spaces and punctuation, each word into the
 * longest pieces of the vocabulary from its left (Wu et al. 2016, as BERT does it). Gives the ids of HuggingFace's
 * tokenizer, but for two things: the name of a mark such as {@code [SEP]} in a text is a text, and characters newer than
 * the Java version's Unicode are unknown. Immutable.
 */
final class WordPieces {

  /** The mark before a text. */
  static final int BEGIN = 101;

  /** The mark behind a text. */
  static final int END = 102;

  private static final int UNKNOWN = 100;
  private static final int LONGEST_WORD = 100;
  private static final String INNER = "##";

  private final Map<String, Integer> vocabulary;

  private WordPieces(Map<String, Integer> vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Takes the vocabulary from a {@code tokenizer.json}. */
  static WordPieces parse(byte[] tokenizerJson) {
    JsonNode entries = JsonMapper.shared().readTree(tokenizerJson).path("model").path("vocab");
    Map<String, Integer> vocabulary = new HashMap<>();
    entries
        .properties()
        .forEach(entry -> vocabulary.put(entry.getKey(), entry.getValue().asInt()));
    if (!Objects.equals(vocabulary.get("[CLS]"), BEGIN)
        || !Objects.equals(vocabulary.get("[SEP]"), END)
        || !Objects.equals(vocabulary.get("[UNK]"), UNKNOWN)) {
      throw new IllegalArgumentException("tokenizer must be that of an uncased BERT model");
    }
    return new WordPieces(vocabulary);
  }

  /** The ids of the first {@code limit} pieces of {@code text} at most, without marks. */
  int[] ids(String text, int limit) {
    List<Integer> ids = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    String plain = plain(text);
    for (int i = 0; i < plain.length() && ids.size() < limit; ) {
      int point = plain.codePointAt(i);
      i += Character.charCount(point);
      boolean alone = isPunctuation(point);
      if (alone || Character.isSpaceChar(point)) {
        addWord(word, ids);
      }
      if (alone) {
        addWord(word.appendCodePoint(point), ids);
      } else if (!Character.isSpaceChar(point)) {
        word.appendCodePoint(point);
      }
    }
    addWord(word, ids);
    return ids.stream().mapToInt(Integer::intValue).limit(limit).toArray();
  }

  /** Adds the pieces of a word, and empties it. */
  private void addWord(StringBuilder word, List<Integer> ids) {
    int[] points = word.codePoints().toArray();
    word.setLength(0);
    if (points.length > LONGEST_WORD) {
      ids.add(UNKNOWN);
      return;
    }
    List<Integer> pieces = new ArrayList<>();
    int start = 0;
    while (start < points.length) {
      int end = points.length;
      Integer id = null;
      while (id == null && end > start) {
        String piece = new String(points, start, end - start);
        id = vocabulary.get(start == 0 ? piece : INNER + piece);
        end--;
      }
      if (id == null) {
        ids.add(UNKNOWN);
        return;
      }
      pieces.add(id);
      start = end + 1;
    }
    ids.addAll(pieces);
  }

  /** Without control characters and accents, in lower case, with spaces around ideographs. */
  private static String plain(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints().forEach(point -> {
      if (point == '\t' || point == '\n' || point == '\r') {
        clean.append(' ');
      } else if (isIdeograph(point)) {
        clean.append(' ').appendCodePoint(point).append(' ');
      } else if (!isControl(point)) {
        clean.appendCodePoint(point);
      }
    });
    StringBuilder plain = new StringBuilder();
    Normalizer.normalize(clean, Normalizer.Form.NFD)
        .codePoints()
        .filter(point -> Character.getType(point) != Character.NON_SPACING_MARK)
        .map(Character::toLowerCase)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean isControl(int point) {
    return point == 0xfffd
        || switch (Character.getType(point)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.UNASSIGNED,
              Character.PRIVATE_USE,
              Character.SURROGATE -> true;
          default -> false;
        };
  }

  private static boolean isPunctuation(int point) {
    boolean ascii = point > ' ' && point < 0x7f && !Character.isLetterOrDigit(point);
    return ascii
        || switch (Character.getType(point)) {
          case Character.CONNECTOR_PUNCTUATION,
              Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION -> true;
          default -> false;
        };
  }

  private static boolean isIdeograph(int point) {
    return (point >= 0x4e00 && point <= 0x9fff)
        || (point >= 0x3400 && point <= 0x4dbf)
        || (point >= 0x20000 && point <= 0x2a6df)
        || (point >= 0x2a700 && point <= 0x2b73f)
        || (point >= 0x2b740 && point <= 0x2b81f)
        || (point >= 0x2b920 && point <= 0x2ceaf)
        || (point >= 0xf900 && point <= 0xfaff)
        || (point >= 0x2f800 && point <= 0x2fa1f);
  }
}
