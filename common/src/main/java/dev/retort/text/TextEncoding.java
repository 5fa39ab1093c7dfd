package dev.retort.text;

/**
 * The public rule by which a text becomes numbers. Nothing in it is learnt from anybody's records, so that reading private
 * text by it costs no privacy.
 */
public sealed interface TextEncoding {

  /** How many numbers a text becomes. */
  int width();

  /** As schemas write it, such as {@code words-4096}. */
  String text();

  /** Readies this encoding; close the encoder after use. */
  TextEncoder open();

  /**
   * Reads what {@link #text} writes.
   *
   * @throws IllegalArgumentException if there is no such encoding
   */
  static TextEncoding parse(String text) {
    if (text.equals(MiniLm.TEXT)) {
      return new MiniLm();
    }
    if (text.matches(Words.PREFIX + "[1-9][0-9]{2,4}")) {
      int buckets = Integer.parseInt(text.substring(Words.PREFIX.length()));
      if (Words.isCount(buckets)) {
        return new Words(buckets);
      }
    }
    throw new IllegalArgumentException("encoder must be " + MiniLm.TEXT + ", or " + Words.PREFIX
        + "N with N a power of two from " + Words.LEAST + " to " + Words.MOST + ": " + text);
  }

  /**
   * The sentence encoder all-MiniLM-L6-v2, quantised to 8 bits ({@link MiniLmEncoder}). Of a long text it reads the first
   * 1,016 word pieces, 254 at a time.
   */
  record MiniLm() implements TextEncoding {

    private static final String TEXT = "minilm";

    @Override
    public int width() {
      return MiniLmEncoder.WIDTH;
    }

    @Override
    public String text() {
      return TEXT;
    }

    @Override
    public TextEncoder open() {
      return MiniLmEncoder.load();
    }
  }

  /**
   * Words and pairs of words, hashed to {@code buckets} numbers ({@link HashedWords}).
   *
   * @param buckets a power of two from 256 to 16384
   */
  record Words(int buckets) implements TextEncoding {

    private static final String PREFIX = "words-";
    private static final int LEAST = 256;
    private static final int MOST = 16384;

    public Words {
      if (!isCount(buckets)) {
        throw new IllegalArgumentException(
            "buckets must be a power of two from " + LEAST + " to " + MOST + ": " + buckets);
      }
    }

    private static boolean isCount(int buckets) {
      return buckets >= LEAST && buckets <= MOST && Integer.bitCount(buckets) == 1;
    }

    @Override
    public int width() {
      return buckets;
    }

    @Override
    public String text() {
      return PREFIX + buckets;
    }

    @Override
    public TextEncoder open() {
      return new HashedWords(buckets);
    }
  }
}
