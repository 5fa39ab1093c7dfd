package dev.retort.learn;

import java.util.List;

/**
 * The name and extents of one parameter tensor of an architecture, laid out as PyTorch does: linear weights are
 * [out, in], convolution weights [out, in, height, width], biases [out].
 *
 * @param name such as {@code conv1.weight}
 * @param dimensions positive extents, outermost first, whose product fits an int
 */
public record ParameterShape(String name, List<Integer> dimensions) {

  public ParameterShape {
    dimensions = List.copyOf(dimensions);
    int size = 1;
    for (int dimension : dimensions) {
      if (dimension < 1) {
        throw new IllegalArgumentException("dimensions must be positive: " + dimensions);
      }
      size = Math.multiplyExact(size, dimension);
    }
  }

  /** The count of numbers. */
  public int size() {
    int size = 1;
    for (int dimension : dimensions) {
      size *= dimension;
    }
    return size;
  }
}
