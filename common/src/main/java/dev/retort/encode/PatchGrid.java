package dev.retort.encode;

import dev.retort.data.SampleShape;
import java.util.List;

/** Where the patches of an image lie: squares of all channels, one at every pixel, or every few on large images. */
final class PatchGrid {

  private static final int SIDE_PIXELS = 6;

  /** More positions along a side cost time and tell little. */
  private static final int MOST_POSITIONS = 24;

  private final int channels;
  private final int height;
  private final int width;
  private final int patchHeight;
  private final int patchWidth;
  private final int stride;

  PatchGrid(SampleShape shape) {
    if (!shape.isImage()) {
      throw new IllegalArgumentException("samples must be images: " + shape);
    }
    List<Integer> dimensions = shape.dimensions();
    channels = dimensions.get(0);
    height = dimensions.get(1);
    width = dimensions.get(2);
    patchHeight = Math.min(SIDE_PIXELS, height);
    patchWidth = Math.min(SIDE_PIXELS, width);
    int longest = Math.max(height, width) - SIDE_PIXELS;
    stride = Math.max(1, (longest + MOST_POSITIONS - 1) / MOST_POSITIONS);
  }

  /** Patches from top to bottom. */
  int rows() {
    return (height - patchHeight) / stride + 1;
  }

  /** Patches from left to right. */
  int columns() {
    return (width - patchWidth) / stride + 1;
  }

  /** Numbers of a patch. */
  int patchSize() {
    return channels * patchHeight * patchWidth;
  }

  /** Copies the patch at {@code row} and {@code column} of the grid. */
  void read(float[] image, int row, int column, float[] patch) {
    int at = 0;
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < patchHeight; y++) {
        int from = (channel * height + row * stride + y) * width + column * stride;
        System.arraycopy(image, from, patch, at, patchWidth);
        at += patchWidth;
      }
    }
  }
}
