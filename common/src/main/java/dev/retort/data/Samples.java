package dev.retort.data;

import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A fixed sequence of samples of one shape, read as 32-bit floats. Immutable and safe for use by several threads.
 */
public interface Samples {

  /** The count of samples. */
  int count();

  /** The shape of each sample. */
  SampleShape shape();

  /**
   * Appends the samples at {@code rows[from .. from + length)} to {@code out}, each as {@code shape().size()} floats,
   * row-major; image bytes are scaled to [0, 1].
   *
   * @throws IndexOutOfBoundsException if a row is not in [0, count())
   * @throws java.nio.BufferOverflowException if {@code out} has too little room
   */
  void gather(int[] rows, int from, int length, FloatBuffer out);

  /**
   * A view of the samples at {@code rows}, in that order; no sample is copied.
   *
   * @throws IndexOutOfBoundsException if a row is not in [0, count())
   */
  default Samples subset(int[] rows) {
    return new SampleSubset(this, rows);
  }

  /**
   * A view of the samples {@code [first, first + count)}; no sample is copied.
   *
   * @throws IndexOutOfBoundsException if the range is not within [0, count())
   */
  default Samples slice(int first, int count) {
    Objects.checkFromIndexSize(first, count, count());
    return subset(IntStream.range(first, first + count).toArray());
  }
}
