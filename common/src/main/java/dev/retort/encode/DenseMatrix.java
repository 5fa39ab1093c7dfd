package dev.retort.encode;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A row-major matrix of doubles, with the few operations that features and denoisers need. Inner loops run along rows, so that
 * the compiler vectorises them; sums over rows are split at fixed places, so that results do not depend on the count of
 * threads.
 */
public final class DenseMatrix {

  private static final int CHUNK_ROWS = 512;

  private final int rows;
  private final int columns;
  private final double[] values;

  /** A matrix of zeros. */
  public DenseMatrix(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.values = new double[Math.multiplyExact(rows, columns)];
  }

  /** The count of rows. */
  public int rows() {
    return rows;
  }

  /** The count of columns. */
  public int columns() {
    return columns;
  }

  /** The entry at {@code row} and {@code column}. */
  public double get(int row, int column) {
    return values[row * columns + column];
  }

  /** Makes the entry at {@code row} and {@code column} be {@code value}. */
  public void set(int row, int column, double value) {
    values[row * columns + column] = value;
  }

  /** A copy of row {@code row}. */
  public double[] row(int row) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }

  /** Makes row {@code row} a copy of {@code from}. */
  public void setRow(int row, double[] from) {
    System.arraycopy(from, 0, values, row * columns, columns);
  }

  /** The column of the largest entry of row {@code row}; the lowest wins a tie. */
  public int argMax(int row) {
    int best = 0;
    for (int column = 1; column < columns; column++) {
      if (get(row, column) > get(row, best)) {
        best = column;
      }
    }
    return best;
  }

  /** Makes row {@code row} the softmax of {@code logits} over {@code temperature}. */
  public void setSoftmax(int row, double[] logits, double temperature) {
    double largest = Arrays.stream(logits).max().orElse(0);
    double total = 0;
    for (int c = 0; c < columns; c++) {
      double weight = Math.exp((logits[c] - largest) / temperature);
      set(row, c, weight);
      total += weight;
    }
    for (int c = 0; c < columns; c++) {
      set(row, c, get(row, c) / total);
    }
  }

  /** The values themselves, row-major. */
  public double[] array() {
    return values;
  }

  /** A matrix whose entries {@code f(row, column)} are computed one by one, row-major. */
  public static DenseMatrix of(
      int rows, int columns, java.util.function.IntToDoubleFunction entry) {
    DenseMatrix matrix = new DenseMatrix(rows, columns);
    Arrays.setAll(matrix.values, entry);
    return matrix;
  }

  /** {@code target[targetFrom ..] += factor * source[from .. from + length)}. */
  public static void addScaled(
      double factor, double[] source, int from, double[] target, int targetFrom, int length) {
    for (int i = 0; i < length; i++) {
      target[targetFrom + i] += factor * source[from + i];
    }
  }

  /** This times {@code right}. */
  public DenseMatrix times(DenseMatrix right) {
    if (columns != right.rows) {
      throw new IllegalArgumentException("rows must be " + columns + ": " + right.rows);
    }
    DenseMatrix product = new DenseMatrix(rows, right.columns);
    chunks(rows).forEach(chunk -> {
      for (int row = chunk; row < Math.min(rows, chunk + CHUNK_ROWS); row++) {
        for (int k = 0; k < columns; k++) {
          addScaled(
              values[row * columns + k],
              right.values,
              k * right.columns,
              product.values,
              row * right.columns,
              right.columns);
        }
      }
    });
    return product;
  }

  /** The transpose of this, times the diagonal of {@code weights} (one a row), times {@code right}. */
  public DenseMatrix transposeTimes(double[] weights, DenseMatrix right) {
    if (rows != right.rows || rows != weights.length) {
      throw new IllegalArgumentException(
          "rows must be " + rows + ": " + right.rows + ", " + weights.length);
    }
    double[][] partial = chunks(rows)
        .mapToObj(chunk -> {
          double[] sum = new double[columns * right.columns];
          for (int row = chunk; row < Math.min(rows, chunk + CHUNK_ROWS); row++) {
            for (int k = 0; k < columns; k++) {
              addScaled(
                  weights[row] * values[row * columns + k],
                  right.values,
                  row * right.columns,
                  sum,
                  k * right.columns,
                  right.columns);
            }
          }
          return sum;
        })
        .toArray(double[][]::new);
    DenseMatrix product = new DenseMatrix(columns, right.columns);
    for (double[] sum : partial) {
      addScaled(1, sum, 0, product.values, 0, sum.length);
    }
    return product;
  }

  /** The lower factor L of this symmetric positive definite matrix, which is L times its transpose. */
  public DenseMatrix cholesky() {
    DenseMatrix factor = new DenseMatrix(rows, rows);
    double[] l = factor.values;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = values[i * rows + j];
        for (int k = 0; k < j; k++) {
          sum -= l[i * rows + k] * l[j * rows + k];
        }
        l[i * rows + j] = i == j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / l[j * rows + j];
      }
    }
    return factor;
  }

  /** X such that this lower triangular matrix times X is {@code right}. */
  public DenseMatrix solveLower(DenseMatrix right) {
    int width = right.columns;
    DenseMatrix solution = new DenseMatrix(rows, width);
    for (int i = 0; i < rows; i++) {
      addScaled(1, right.values, i * width, solution.values, i * width, width);
      for (int k = 0; k < i; k++) {
        addScaled(
            -values[i * rows + k], solution.values, k * width, solution.values, i * width, width);
      }
      for (int c = 0; c < width; c++) {
        solution.values[i * width + c] /= values[i * rows + i];
      }
    }
    return solution;
  }

  /** The first {@code count} columns. */
  public DenseMatrix firstColumns(int count) {
    return of(rows, count, i -> get(i / count, i % count));
  }

  /** An orthonormal basis of the column space; directions below 1e-6 of the largest are left out. */
  public DenseMatrix orthonormal() {
    // The Gram matrix squares the condition number; what the first pass leaves skewed, the second
    // puts right.
    return orthonormalOnce().orthonormalOnce();
  }

  private DenseMatrix orthonormalOnce() {
    double[] ones = new double[rows];
    Arrays.fill(ones, 1);
    Eigen eigen = transposeTimes(ones, this).eigen();
    int rank = 0;
    while (rank < columns && eigen.values[rank] > 1e-12 * eigen.values[0]) {
      rank++;
    }
    int kept = rank;
    return times(of(
        columns,
        kept,
        i -> eigen.vectors.get(i / kept, i % kept) / Math.sqrt(eigen.values[i % kept])));
  }

  /**
   * Eigenvalues, largest first, and eigenvectors as columns.
   *
   * @param values the eigenvalues
   * @param vectors the eigenvectors
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Eigen(double[] values, DenseMatrix vectors) {}

  /** The eigen-decomposition of this symmetric matrix, by Jacobi's cyclic rotations. */
  public Eigen eigen() {
    int n = rows;
    double[] a = values.clone();
    // Rows of v are the eigenvectors, so that rotations run along rows.
    double[] v = new double[n * n];
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    for (int sweep = 0; sweep < 30 && offDiagonal(a, n) > 1e-22 * diagonal(a, n); sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, n, p, q);
        }
      }
    }
    int[] order = IntStream.range(0, n)
        .boxed()
        .sorted((i, j) -> Double.compare(a[j * n + j], a[i * n + i]))
        .mapToInt(Integer::intValue)
        .toArray();
    double[] sorted = new double[n];
    Arrays.setAll(sorted, i -> a[order[i] * n + order[i]]);
    return new Eigen(sorted, of(n, n, i -> v[order[i % n] * n + i / n]));
  }

  private static void rotate(double[] a, double[] v, int n, int p, int q) {
    double apq = a[p * n + q];
    if (Math.abs(apq) < 1e-300) {
      return;
    }
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = Math.signum(theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    if (theta == 0) {
      t = 1;
    }
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    double app = a[p * n + p] - t * apq;
    double aqq = a[q * n + q] + t * apq;
    rotateRows(a, n, p, q, c, s);
    for (int i = 0; i < n; i++) {
      // Symmetric: the columns are the rows just written.
      a[i * n + p] = a[p * n + i];
      a[i * n + q] = a[q * n + i];
    }
    a[p * n + p] = app;
    a[q * n + q] = aqq;
    a[p * n + q] = 0;
    a[q * n + p] = 0;
    rotateRows(v, n, p, q, c, s);
  }

  private static void rotateRows(double[] m, int n, int p, int q, double c, double s) {
    int atP = p * n;
    int atQ = q * n;
    for (int i = 0; i < n; i++) {
      double x = m[atP + i];
      double y = m[atQ + i];
      m[atP + i] = c * x - s * y;
      m[atQ + i] = s * x + c * y;
    }
  }

  private static double offDiagonal(double[] a, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        sum += a[i * n + j] * a[i * n + j];
      }
    }
    return sum;
  }

  private static double diagonal(double[] a, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[i * n + i] * a[i * n + i];
    }
    return sum;
  }

  private static IntStream chunks(int rows) {
    return IntStream.iterate(0, chunk -> chunk < rows, chunk -> chunk + CHUNK_ROWS)
        .parallel();
  }
}
