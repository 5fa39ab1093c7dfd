package dev.retort.text;

/** Turns texts into numbers by a {@link TextEncoding}. Safe for several threads until closed. */
public sealed interface TextEncoder extends AutoCloseable permits HashedWords, MiniLmEncoder {

  /**
   * Writes the numbers of {@code text} to {@code out} from {@code at} on: a vector of length 1, or all zeros if the text
   * holds nothing that the encoding reads. They depend on the text alone.
   */
  void encode(String text, float[] out, int at);

  @Override
  void close();
}
