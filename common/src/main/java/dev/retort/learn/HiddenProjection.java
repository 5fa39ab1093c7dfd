package dev.retort.learn;

import java.util.SplittableRandom;

/**
 * A map from a hidden layer onto fewer numbers: orthonormal rows in directions drawn from a public seed, so that everybody who knows
 * the seed has the same, to the last bit. Immutable.
 */
public final class HiddenProjection {

  private final int dimensions;
  private final int width;
  private final float[] rows;

  private HiddenProjection(int dimensions, int width, float[] rows) {
    this.dimensions = dimensions;
    this.width = width;
    this.rows = rows;
  }

  /**
   * Draws a projection.
   *
   * @param width of the hidden layer
   * @param dimensions of the result, in [1, width]
   */
  public static HiddenProjection draw(int width, int dimensions, long seed) {
    if (dimensions < 1 || dimensions > width) {
      throw new IllegalArgumentException("dimensions must be in [1, " + width + "]: " + dimensions);
    }
    SplittableRandom random = Seeds.stream(seed, 0);
    double[][] basis = new double[dimensions][];
    for (int d = 0; d < dimensions; d++) {
      do {
        basis[d] = random.doubles(width, -1, 1).toArray();
      } while (!orthonormalised(basis, d));
    }
    float[] rows = new float[Math.multiplyExact(dimensions, width)];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) basis[i / width][i % width];
    }
    return new HiddenProjection(dimensions, width, rows);
  }

  /** Makes row {@code d} orthogonal to those before it and of length 1; false if too little of it is left. */
  private static boolean orthonormalised(double[][] basis, int d) {
    double[] row = basis[d];
    double before = dot(row, row);
    // Twice, as once leaves rounding errors behind (Giraud and others 2005).
    for (int pass = 0; pass < 2; pass++) {
      for (int k = 0; k < d; k++) {
        double along = dot(row, basis[k]);
        for (int i = 0; i < row.length; i++) {
          row[i] -= along * basis[k][i];
        }
      }
    }
    double left = dot(row, row);
    for (int i = 0; i < row.length; i++) {
      row[i] /= Math.sqrt(left);
    }
    return left > 1e-12 * before;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The count of rows. */
  public int dimensions() {
    return dimensions;
  }

  /** The width of the hidden layer. */
  int width() {
    return width;
  }

  /** The rows themselves, one after another, not a copy; for this package, which does not write to them. */
  float[] rows() {
    return rows;
  }
}
