package dev.retort.learn;

import java.util.SplittableRandom;

/**
 * The batches of one network's training: each epoch a fresh order of its own rows, cut into batches of {@code batchSize}
 * and one of what is left. Depends on nothing but its arguments.
 */
final class EpochOrder {

  private final int[] rows;
  private final int batchSize;
  private final SplittableRandom random;
  private int next;

  EpochOrder(int[] rows, int batchSize, SplittableRandom random) {
    this.rows = rows.clone();
    this.batchSize = batchSize;
    this.random = random;
  }

  static EpochOrder ofAll(int count, int batchSize, SplittableRandom random) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    return new EpochOrder(rows, batchSize, random);
  }

  /** The count of batches in {@code epochs} passes. */
  static int steps(int rows, int batchSize, int epochs) {
    return Math.multiplyExact((rows + batchSize - 1) / batchSize, epochs);
  }

  /** The rows in their current order, of which {@link #advance} tells the part to use. Not to be written to. */
  int[] rows() {
    return rows;
  }

  /** Where the current batch begins, after {@link #advance}. */
  int from(int length) {
    return next - length;
  }

  /** Moves to the next batch and returns its length, in [1, batchSize]. */
  int advance() {
    if (next == rows.length || next == 0) {
      Seeds.shuffle(rows, random);
      next = 0;
    }
    int length = Math.min(batchSize, rows.length - next);
    next += length;
    return length;
  }
}
