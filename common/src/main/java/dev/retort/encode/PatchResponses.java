package dev.retort.encode;

import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * Images as their patches' likeness to the atoms of a {@link PatchDictionary}, averaged over the cells of a grid: the
 * "triangle" activation of Coates, Lee and Ng 2011, section 3.2.2. A row is cell by cell, in each its atoms.
 */
final class PatchResponses implements Samples {

  private static final int MOST_CELLS = 3;

  private final Samples images;
  private final PatchDictionary dictionary;
  private final PatchGrid grid;
  private final int cellRows;
  private final int cellColumns;

  /** Describes {@code images}, each when it is asked for. */
  PatchResponses(Samples images, PatchDictionary dictionary) {
    this.images = images;
    this.dictionary = dictionary;
    this.grid = new PatchGrid(images.shape());
    this.cellRows = Math.min(MOST_CELLS, grid.rows());
    this.cellColumns = Math.min(MOST_CELLS, grid.columns());
  }

  @Override
  public int count() {
    return images.count();
  }

  @Override
  public SampleShape shape() {
    return SampleShape.row(cellRows * cellColumns * dictionary.atoms());
  }

  @Override
  public void gather(int[] rows, int from, int length, FloatBuffer out) {
    float[][] described = new float[length][];
    IntStream.range(0, length).parallel().forEach(i -> {
      FloatBuffer image = FloatBuffer.allocate(images.shape().size());
      images.gather(rows, from + i, 1, image);
      described[i] = describe(image.array());
    });
    for (float[] each : described) {
      out.put(each);
    }
  }

  private float[] describe(float[] image) {
    int atoms = dictionary.atoms();
    float[] sums = new float[cellRows * cellColumns * atoms];
    int[] counts = new int[cellRows * cellColumns];
    float[] patch = new float[grid.patchSize()];
    float[] likeness = new float[atoms];
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        grid.read(image, row, column, patch);
        dictionary.likeness(patch, likeness);
        int cell =
            row * cellRows / grid.rows() * cellColumns + column * cellColumns / grid.columns();
        counts[cell]++;
        for (int k = 0; k < atoms; k++) {
          sums[cell * atoms + k] += likeness[k];
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= counts[i / atoms];
    }
    return sums;
  }
}
