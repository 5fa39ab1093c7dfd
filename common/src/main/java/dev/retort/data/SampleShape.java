package dev.retort.data;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of one sample: {@code [features]} for a table row, {@code [channels, height, width]} for an image.
 *
 * @param dimensions one or three positive extents whose product fits an int
 */
public record SampleShape(List<Integer> dimensions) {

  public SampleShape {
    dimensions = List.copyOf(dimensions);
    if (dimensions.size() != 1 && dimensions.size() != 3) {
      throw new IllegalArgumentException(
          "shape must be [features] or [channels, height, width]: " + dimensions);
    }
    int size = 1;
    for (int dimension : dimensions) {
      if (dimension < 1) {
        throw new IllegalArgumentException("shape must have positive extents: " + dimensions);
      }
      size = Math.multiplyExact(size, dimension);
    }
  }

  /** The shape of a table row of {@code features} numbers. */
  public static SampleShape row(int features) {
    return new SampleShape(List.of(features));
  }

  /** The shape of an image, channels first. */
  public static SampleShape image(int channels, int height, int width) {
    return new SampleShape(List.of(channels, height, width));
  }

  /** The count of numbers in one sample. */
  public int size() {
    int size = 1;
    for (int dimension : dimensions) {
      size *= dimension;
    }
    return size;
  }

  /** Whether this is {@code [channels, height, width]}. */
  public boolean isImage() {
    return dimensions.size() == 3;
  }

  /** As written in manifests and messages, such as {@code 1x28x28}. */
  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
