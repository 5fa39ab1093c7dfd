package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The graph that joins each public sample to its nearest neighbours, as a symmetric matrix S = D^-1/2 W D^-1/2 with
 * eigenvalues in [-1, 1]. A function that varies little between neighbours lies in the span of the leading eigenvectors
 * (Belkin and Niyogi 2004).
 */
final class SampleGraph {

  private static final int FILTER_DEGREE = 8;
  private static final int ITERATIONS = 6;

  private final int[][] neighbours;
  private final double[][] weights;

  private SampleGraph(int[][] neighbours, double[][] weights) {
    this.neighbours = neighbours;
    this.weights = weights;
  }

  /**
   * Joins every row of {@code points} to its {@code k} nearest by Euclidean distance, with Gaussian weights whose width
   * is the distance to the k-th (Zelnik-Manor and Perona 2004).
   */
  static SampleGraph of(DenseMatrix points, int k) {
    int n = points.rows();
    int kept = Math.min(k, n - 1);
    int[][] nearest = new int[n][];
    double[][] squared = new double[n][];
    float[] transposed = transposed(points);
    IntStream.range(0, n)
        .parallel()
        .forEach(row -> nearest(points, transposed, row, kept, nearest, squared));
    int[] degree = new int[n];
    for (int[] row : nearest) {
      for (int other : row) {
        degree[other]++;
      }
    }
    int[][] neighbours = new int[n][];
    double[][] weights = new double[n][];
    int[] filled = new int[n];
    for (int i = 0; i < n; i++) {
      neighbours[i] = new int[kept + degree[i]];
      weights[i] = new double[kept + degree[i]];
    }
    // An edge found from both ends counts twice, as W + W^T does.
    for (int i = 0; i < n; i++) {
      for (int e = 0; e < kept; e++) {
        int j = nearest[i][e];
        double width = Math.sqrt(squared[i][kept - 1] * squared[j][kept - 1]);
        double weight = width > 0 ? Math.exp(-squared[i][e] / width) : 1;
        neighbours[i][filled[i]] = j;
        weights[i][filled[i]++] = weight;
        neighbours[j][filled[j]] = i;
        weights[j][filled[j]++] = weight;
      }
    }
    normalise(neighbours, weights);
    return new SampleGraph(neighbours, weights);
  }

  private static void normalise(int[][] neighbours, double[][] weights) {
    double[] total = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      total[i] = Math.max(Arrays.stream(weights[i]).sum(), 1e-300);
    }
    for (int i = 0; i < weights.length; i++) {
      for (int e = 0; e < weights[i].length; e++) {
        weights[i][e] /= Math.sqrt(total[i] * total[neighbours[i][e]]);
      }
    }
  }

  private static float[] transposed(DenseMatrix points) {
    int n = points.rows();
    float[] transposed = new float[n * points.columns()];
    for (int row = 0; row < n; row++) {
      for (int d = 0; d < points.columns(); d++) {
        transposed[d * n + row] = (float) points.get(row, d);
      }
    }
    return transposed;
  }

  private static void nearest(
      DenseMatrix points, float[] transposed, int row, int k, int[][] nearest, double[][] squared) {
    int n = points.rows();
    float[] distances = new float[n];
    for (int d = 0; d < points.columns(); d++) {
      float own = transposed[d * n + row];
      int at = d * n;
      for (int j = 0; j < n; j++) {
        float difference = transposed[at + j] - own;
        distances[j] += difference * difference;
      }
    }
    int[] best = new int[k];
    double[] bestSquared = new double[k];
    Arrays.fill(bestSquared, Double.POSITIVE_INFINITY);
    for (int j = 0; j < n; j++) {
      if (j != row && distances[j] < bestSquared[k - 1]) {
        int at = k - 1;
        for (; at > 0 && bestSquared[at - 1] > distances[j]; at--) {
          bestSquared[at] = bestSquared[at - 1];
          best[at] = best[at - 1];
        }
        bestSquared[at] = distances[j];
        best[at] = j;
      }
    }
    nearest[row] = best;
    squared[row] = bestSquared;
  }

  /** This times {@code right}. */
  private DenseMatrix times(DenseMatrix right) {
    int columns = right.columns();
    DenseMatrix product = new DenseMatrix(right.rows(), columns);
    IntStream.range(0, neighbours.length).parallel().forEach(i -> {
      for (int e = 0; e < neighbours[i].length; e++) {
        DenseMatrix.addScaled(
            weights[i][e],
            right.array(),
            neighbours[i][e] * columns,
            product.array(),
            i * columns,
            columns);
      }
    });
    return product;
  }

  /** The {@code count} largest eigenvalues and their eigenvectors, by Chebyshev-filtered subspace iteration. */
  DenseMatrix.Eigen leading(int count) {
    int n = neighbours.length;
    int block = Math.min(n, count + Math.max(8, count / 8));
    SplittableRandom random = new SplittableRandom(0xD1B54A32D192ED03L);
    DenseMatrix basis =
        DenseMatrix.of(n, block, i -> random.nextDouble() + random.nextDouble() - 1);
    double cut = 0.5;
    DenseMatrix.Eigen ritz = null;
    for (int i = 0; i < ITERATIONS; i++) {
      basis = filtered(basis, cut).orthonormal();
      double[] ones = new double[n];
      Arrays.fill(ones, 1);
      ritz = basis.transposeTimes(ones, times(basis)).eigen();
      basis = basis.times(ritz.vectors());
      cut = Math.min(0.999, Math.max(0.3, ritz.values()[basis.columns() - 1]));
    }
    int kept = Math.min(count, basis.columns());
    return new DenseMatrix.Eigen(
        Arrays.copyOf(java.util.Objects.requireNonNull(ritz).values(), kept),
        basis.firstColumns(kept));
  }

  /** Damps what lies in [-1, cut] and lets the rest grow as a Chebyshev polynomial does outside its interval. */
  private DenseMatrix filtered(DenseMatrix basis, double cut) {
    double centre = (cut - 1) / 2;
    double half = (cut + 1) / 2;
    DenseMatrix before = basis;
    DenseMatrix current = combine(times(basis), basis, basis, 1 / half, -centre / half, 0);
    for (int degree = 2; degree <= FILTER_DEGREE; degree++) {
      DenseMatrix next = combine(times(current), current, before, 2 / half, -2 * centre / half, -1);
      before = current;
      current = next;
    }
    return current;
  }

  private static DenseMatrix combine(
      DenseMatrix a, DenseMatrix b, DenseMatrix c, double forA, double forB, double forC) {
    double[] x = a.array();
    double[] y = b.array();
    double[] z = c.array();
    for (int i = 0; i < x.length; i++) {
      x[i] = forA * x[i] + forB * y[i] + forC * z[i];
    }
    return a;
  }
}
