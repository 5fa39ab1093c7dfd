package dev.retort.transfer;

/**
 * Consecutive samples of a transfer set.
 *
 * @param first the index of the first sample, at least 0
 * @param count how many, at least 1
 */
public record SampleRange(long first, int count) {

  public SampleRange {
    if (first < 0) {
      throw new IllegalArgumentException("first must be >= 0: " + first);
    }
    if (count < 1) {
      throw new IllegalArgumentException("count must be >= 1: " + count);
    }
    if (first > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException("first + count must be < 2^63: " + first + " + " + count);
    }
  }

  /** The index after the last sample. */
  public long end() {
    return first + count;
  }
}
