package dev.retort.node.teacher;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.transfer.SampleRange;
import java.util.Arrays;

/**
 * The sums of all teachers' integer labels for the first samples of a transfer set, without noise: all that a node's
 * ensemble knows of them, and as private as the records. Immutable and safe for use by several threads.
 */
public final class VoteTable {

  private final int teachers;
  private final LabelGrid grid;
  private final int classes;
  private final int[] sums;

  /**
   * A table.
   *
   * @param teachers how many labels each row sums, absent teachers' uniform ones among them
   * @param grid the sum of one label
   * @param classes entries a row, at least 2
   * @param sums row-major, each entry at least 0 and each row adding up to exactly teachers * S; not copied, so the
   *     caller must not write to it again
   * @throws IllegalArgumentException if a row adds up to anything else
   */
  public VoteTable(int teachers, LabelGrid grid, int classes, int[] sums) {
    if (teachers < 1) {
      throw new IllegalArgumentException("teachers must be >= 1: " + teachers);
    }
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2: " + classes);
    }
    if (sums.length == 0 || sums.length % classes != 0) {
      throw new IllegalArgumentException(
          "sums must be whole rows of " + classes + " classes: " + sums.length);
    }
    int total = Math.multiplyExact(teachers, grid.size());
    for (int row = 0; row < sums.length / classes; row++) {
      long sum = 0;
      for (int c = 0; c < classes; c++) {
        int entry = sums[row * classes + c];
        if (entry < 0) {
          throw new IllegalArgumentException("sums must be >= 0: row " + row);
        }
        sum += entry;
      }
      // The sensitivity rests on this: one teacher is exactly one label of the grid in every row.
      if (sum != total) {
        throw new IllegalArgumentException(
            "each row must add up to teachers * labelGrid = " + total + ": row " + row);
      }
    }
    this.teachers = teachers;
    this.grid = grid;
    this.classes = classes;
    this.sums = sums;
  }

  /** How many labels each row sums. */
  public int teachers() {
    return teachers;
  }

  /** The sum of one label. */
  public LabelGrid grid() {
    return grid;
  }

  /** Entries a row. */
  public int classes() {
    return classes;
  }

  /** The count of samples. */
  public int count() {
    return sums.length / classes;
  }

  /**
   * The rows of {@code range}, without noise.
   *
   * @throws IndexOutOfBoundsException if the range is not within the table
   */
  public LabelBlock block(SampleRange range) {
    if (range.end() > count()) {
      throw new IndexOutOfBoundsException("range must end at or before " + count() + ": " + range);
    }
    int from = (int) range.first() * classes;
    return new LabelBlock(
        range.first(),
        range.count(),
        classes,
        Arrays.copyOfRange(sums, from, from + range.count() * classes));
  }

  /** All entries, row-major, as a fresh array. */
  public int[] sums() {
    return sums.clone();
  }

  /** The shape alone: votes do not belong in messages. */
  @Override
  public String toString() {
    return "VoteTable[count=" + count() + ", classes=" + classes + ", teachers=" + teachers + "]";
  }
}
