package dev.retort.node.teacher;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.transfer.SampleRange;
import java.util.Arrays;

/**
 * A site's exact answers to the first queries of a study, without noise: sums of teachers' labels, or of rows of privacy
 * units. All that leaves a site is these and noise, and they are as private as the records. Immutable and safe for use by
 * several threads.
 */
public final class AnswerTable {

  private final int rows;
  private final int width;
  private final int[] sums;

  /**
   * A table.
   *
   * @param mechanism by which the answers are to be released: the sensitivity rests on their being its sums
   * @param rows how many rows each answer sums at most, at least 1
   * @param sums whole answers, one after another; not copied, so the caller must not write to it again
   * @throws IllegalArgumentException if an answer cannot be a sum of {@code rows} rows of the mechanism
   */
  public AnswerTable(Mechanism mechanism, int rows, int[] sums) {
    if (rows < 1) {
      throw new IllegalArgumentException("rows must be >= 1: " + rows);
    }
    if (sums.length == 0 || sums.length % mechanism.width() != 0) {
      throw new IllegalArgumentException(
          "sums must be whole answers of " + mechanism.width() + " entries: " + sums.length);
    }
    try {
      mechanism.requireExact(rows, sums);
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException("sums must be the mechanism's: " + e.getMessage(), e);
    }
    this.rows = rows;
    this.width = mechanism.width();
    this.sums = sums;
  }

  /** A table of labels, whatever noise they are to get. */
  public static AnswerTable ofLabels(int teachers, LabelGrid grid, int classes, int[] sums) {
    return new AnswerTable(new DiscreteGaussianHistogram(grid, classes, 1), teachers, sums);
  }

  /** How many rows each answer sums at most. */
  public int rows() {
    return rows;
  }

  /** Entries of an answer. */
  public int width() {
    return width;
  }

  /** The count of answers. */
  public int count() {
    return sums.length / width;
  }

  /**
   * The answers of {@code range}, without noise.
   *
   * @throws IndexOutOfBoundsException if the range is not within the table
   */
  public LabelBlock block(SampleRange range) {
    if (range.end() > count()) {
      throw new IndexOutOfBoundsException("range must end at or before " + count() + ": " + range);
    }
    int from = (int) range.first() * width;
    return new LabelBlock(
        range.first(),
        range.count(),
        width,
        Arrays.copyOfRange(sums, from, from + range.count() * width));
  }

  /**
   * The answers at {@code samples}, in that order.
   *
   * @param mechanism by which they are to be released
   * @throws IndexOutOfBoundsException if a sample is not in the table
   */
  public AnswerTable select(Mechanism mechanism, int[] samples) {
    int[] selected = new int[Math.multiplyExact(samples.length, width)];
    for (int i = 0; i < samples.length; i++) {
      System.arraycopy(sums, samples[i] * width, selected, i * width, width);
    }
    return new AnswerTable(mechanism, rows, selected);
  }

  /** All entries, answer by answer, as a fresh array. */
  public int[] sums() {
    return sums.clone();
  }

  /** The shape alone: answers do not belong in messages. */
  @Override
  public String toString() {
    return "AnswerTable[count=" + count() + ", width=" + width + ", rows=" + rows + "]";
  }
}
