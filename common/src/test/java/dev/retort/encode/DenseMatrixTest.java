package dev.retort.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class DenseMatrixTest {

  private static DenseMatrix random(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return DenseMatrix.of(rows, columns, i -> random.nextGaussian());
  }

  private static DenseMatrix gram(DenseMatrix matrix) {
    double[] ones = new double[matrix.rows()];
    Arrays.fill(ones, 1);
    return matrix.transposeTimes(ones, matrix);
  }

  private static void assertClose(DenseMatrix actual, DenseMatrix expected) {
    assertThat(actual.array()).containsExactly(expected.array(), within(1e-9));
  }

  private static DenseMatrix identity(int n) {
    return DenseMatrix.of(n, n, i -> i / n == i % n ? 1 : 0);
  }

  @Test
  void eigen_symmetricMatrix_isRebuiltFromItsParts() {
    DenseMatrix matrix = gram(random(700, 9, 1));
    DenseMatrix.Eigen eigen = matrix.eigen();
    assertThat(eigen.values()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    DenseMatrix scaled =
        DenseMatrix.of(9, 9, i -> eigen.vectors().get(i / 9, i % 9) * eigen.values()[i % 9]);
    assertClose(matrix.times(eigen.vectors()), scaled);
    assertClose(gram(eigen.vectors()), identity(9));
  }

  @Test
  void orthonormal_dependentColumns_keepsTheSpaceOnly() {
    DenseMatrix three = random(50, 3, 2);
    DenseMatrix twice = DenseMatrix.of(50, 6, i -> three.get(i / 6, i % 6 % 3));
    DenseMatrix basis = twice.orthonormal();
    assertThat(basis.columns()).isEqualTo(3);
    assertClose(gram(basis), identity(3));
  }

  @Test
  void solveLower_ofCholesky_solves() {
    DenseMatrix matrix = gram(random(30, 5, 3));
    DenseMatrix factor = matrix.cholesky();
    DenseMatrix inverseFactor = factor.solveLower(identity(5));
    double[] ones = {1, 1, 1, 1, 1};
    assertClose(matrix.times(inverseFactor.transposeTimes(ones, inverseFactor)), identity(5));
  }

  @Test
  void setSoftmax_hugeLogits_staysFinite() {
    DenseMatrix matrix = new DenseMatrix(1, 3);
    matrix.setSoftmax(0, new double[] {1e6, 1e6, -1e6}, 1);
    assertThat(matrix.row(0)).containsExactly(0.5, 0.5, 0);
  }
}
