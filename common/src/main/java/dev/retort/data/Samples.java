package dev.retort.data;

import java.nio.FloatBuffer;

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
}
