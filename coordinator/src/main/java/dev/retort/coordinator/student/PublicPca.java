package dev.retort.coordinator.student;

import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Principal components of public samples, by randomised subspace iteration (Halko, Martinsson and Tropp 2011, Algorithm
 * 4.4), which reads the samples in blocks and needs no matrix of features by features.
 */
final class PublicPca {

  private static final int BLOCK_ROWS = 256;
  private static final int EXTRA_DIRECTIONS = 10;
  private static final int ITERATIONS = 3;

  private final Samples samples;
  private final int size;
  private final double[] mean;
  private final double[] scale;

  private PublicPca(Samples samples) {
    this.samples = samples;
    this.size = samples.shape().size();
    this.mean = new double[size];
    this.scale = new double[size];
    double[] squares = new double[size];
    for (int first = 0; first < samples.count(); first += BLOCK_ROWS) {
      float[] block = read(first);
      for (int i = 0; i < block.length; i++) {
        mean[i % size] += block[i];
        squares[i % size] += (double) block[i] * block[i];
      }
    }
    for (int i = 0; i < size; i++) {
      mean[i] /= samples.count();
      double variance = squares[i] / samples.count() - mean[i] * mean[i];
      // Pixels share a unit; columns of a table do not.
      scale[i] = samples.shape().isImage() ? 1 : variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
    }
  }

  /**
   * The coordinates of every sample along at most {@code components} principal axes, largest variance first: images are
   * centred, columns of tables also scaled to unit variance.
   */
  static DenseMatrix coordinates(Samples samples, int components) {
    PublicPca pca = new PublicPca(samples);
    int most = Math.min(pca.size, samples.count());
    int kept = Math.min(components, most);
    int directions = Math.min(kept + EXTRA_DIRECTIONS, most);
    SplittableRandom random = new SplittableRandom(0x9E3779B97F4A7C15L);
    DenseMatrix axes =
        DenseMatrix.of(pca.size, directions, i -> random.nextDouble() + random.nextDouble() - 1);
    for (int i = 0; i < ITERATIONS; i++) {
      axes = pca.transposeTimes(pca.times(axes).orthonormal());
    }
    axes = axes.orthonormal();
    DenseMatrix projected = pca.times(axes);
    double[] ones = new double[projected.rows()];
    Arrays.fill(ones, 1);
    DenseMatrix.Eigen eigen = projected.transposeTimes(ones, projected).eigen();
    return projected.times(
        eigen.vectors().firstColumns(Math.min(kept, eigen.vectors().columns())));
  }

  private DenseMatrix times(DenseMatrix axes) {
    DenseMatrix product = new DenseMatrix(samples.count(), axes.columns());
    blocks().forEach(first -> {
      float[] block = read(first);
      for (int i = 0; i < block.length; i++) {
        double value = centred(block[i], i % size);
        if (value != 0) {
          DenseMatrix.addScaled(
              value,
              axes.array(),
              i % size * axes.columns(),
              product.array(),
              (first + i / size) * axes.columns(),
              axes.columns());
        }
      }
    });
    return product;
  }

  private DenseMatrix transposeTimes(DenseMatrix left) {
    DenseMatrix product = new DenseMatrix(size, left.columns());
    // One block after another, each split by feature: the order of every sum is fixed.
    for (int first = 0; first < samples.count(); first += BLOCK_ROWS) {
      float[] block = read(first);
      int start = first;
      int rows = block.length / size;
      IntStream.range(0, size).parallel().forEach(feature -> {
        for (int row = 0; row < rows; row++) {
          DenseMatrix.addScaled(
              centred(block[row * size + feature], feature),
              left.array(),
              (start + row) * left.columns(),
              product.array(),
              feature * left.columns(),
              left.columns());
        }
      });
    }
    return product;
  }

  private double centred(float value, int feature) {
    return (value - mean[feature]) * scale[feature];
  }

  private float[] read(int first) {
    int length = Math.min(BLOCK_ROWS, samples.count() - first);
    FloatBuffer block = FloatBuffer.allocate(Math.multiplyExact(length, size));
    samples.gather(IntStream.range(first, first + length).toArray(), 0, length, block);
    return block.array();
  }

  private IntStream blocks() {
    return IntStream.iterate(0, first -> first < samples.count(), first -> first + BLOCK_ROWS)
        .parallel();
  }
}
