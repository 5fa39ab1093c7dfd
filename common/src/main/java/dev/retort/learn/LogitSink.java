package dev.retort.learn;

/** Takes the scores of an ensemble, one member at a time. */
@FunctionalInterface
public interface LogitSink {

  /**
   * Takes the logits of {@code rows} consecutive samples by one member. Calls come from the thread that asked for the
   * scores, rows rising, and within the same rows members rising; absent members are left out.
   *
   * @param member the index of the teacher
   * @param firstRow the index of the first sample
   * @param rows the count of samples
   * @param logits rows * classes numbers, row-major; reused after this call, so copy what is to be kept
   */
  void accept(int member, int firstRow, int rows, float[] logits);
}
