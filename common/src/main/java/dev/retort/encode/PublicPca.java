package dev.retort.encode;

import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Principal components of public samples, by randomised subspace iteration (Halko, Martinsson and Tropp 2011, Algorithm
 * 4.4), which reads the samples in blocks and needs no matrix of features by features. Deterministic, whatever the
 * count of threads; immutable.
 */
public final class PublicPca {

  private static final int BLOCK_ROWS = 256;
  private static final int EXTRA_DIRECTIONS = 10;
  private static final int ITERATIONS = 3;

  /** Directions with less variance than this share of the first's are not blown up by whitening, unless asked for. */
  private static final double WHITENING_FLOOR = 0.01;

  private final SampleShape shape;
  private final int size;
  private final double[] mean;
  private final double[] scale;
  private final DenseMatrix axes;
  private final double[] deviation;

  /**
   * Learns at most {@code components} principal axes from {@code samples}, at least one, largest variance first: images
   * are centred, columns of tables also scaled to unit variance where they have more.
   */
  public PublicPca(Samples samples, int components) {
    this(samples, components, WHITENING_FLOOR);
  }

  /**
   * The same.
   *
   * @param floor the share of the first direction's variance below which directions are not blown up by whitening, over 0
   */
  PublicPca(Samples samples, int components, double floor) {
    shape = samples.shape();
    size = shape.size();
    mean = new double[size];
    scale = new double[size];
    measure(samples);
    int most = Math.min(size, samples.count());
    int kept = Math.min(components, most);
    int directions = Math.min(kept + EXTRA_DIRECTIONS, most);
    SplittableRandom random = new SplittableRandom(0x9E3779B97F4A7C15L);
    DenseMatrix found =
        DenseMatrix.of(size, directions, i -> random.nextDouble() + random.nextDouble() - 1);
    for (int i = 0; i < ITERATIONS; i++) {
      found = transposeTimes(samples, times(samples, found).orthonormal());
    }
    found = found.orthonormal();
    DenseMatrix projected = times(samples, found);
    double[] ones = new double[projected.rows()];
    Arrays.fill(ones, 1);
    DenseMatrix.Eigen eigen = projected.transposeTimes(ones, projected).eigen();
    int columns = Math.min(kept, eigen.vectors().columns());
    axes = found.times(eigen.vectors().firstColumns(columns));
    deviation = new double[columns];
    for (int k = 0; k < columns; k++) {
      double floored = Math.max(0, eigen.values()[k]) + floor * eigen.values()[0];
      deviation[k] = Math.sqrt(floored / samples.count());
    }
  }

  /** The count of axes: 0 if the samples learnt from are all alike. */
  public int components() {
    return deviation.length;
  }

  private void measure(Samples samples) {
    double[] squares = new double[size];
    for (int first = 0; first < samples.count(); first += BLOCK_ROWS) {
      float[] block = read(samples, first);
      for (int i = 0; i < block.length; i++) {
        mean[i % size] += block[i];
        squares[i % size] += (double) block[i] * block[i];
      }
    }
    for (int i = 0; i < size; i++) {
      mean[i] /= samples.count();
      double variance = squares[i] / samples.count() - mean[i] * mean[i];
      // Pixels share a unit; columns of a table do not, but none is blown up: indicators of words
      // that hardly occur would outweigh the numbers.
      double unit = variance > 1e-12 ? Math.min(1, 1 / Math.sqrt(variance)) : 0;
      scale[i] = shape.isImage() ? 1 : unit;
    }
  }

  /**
   * The coordinates of every sample along the axes, samples by components.
   *
   * @throws IllegalArgumentException if {@code samples} have another shape than those learnt from
   */
  public DenseMatrix coordinates(Samples samples) {
    if (!samples.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "samples must be of shape " + shape + ": " + samples.shape());
    }
    return times(samples, axes);
  }

  /**
   * The coordinates divided by their deviations over the samples learnt from, those of the smallest floored: about unit
   * variance each.
   *
   * @throws IllegalArgumentException if {@code samples} have another shape than those learnt from
   */
  public DenseMatrix whitened(Samples samples) {
    DenseMatrix coordinates = coordinates(samples);
    int columns = coordinates.columns();
    for (int i = 0; i < coordinates.array().length; i++) {
      double unit = deviation[i % columns];
      coordinates.array()[i] = unit > 0 ? coordinates.array()[i] / unit : 0;
    }
    return coordinates;
  }

  private DenseMatrix times(Samples samples, DenseMatrix right) {
    DenseMatrix product = new DenseMatrix(samples.count(), right.columns());
    blocks(samples).forEach(first -> {
      float[] block = read(samples, first);
      for (int i = 0; i < block.length; i++) {
        double value = centred(block[i], i % size);
        if (value != 0) {
          DenseMatrix.addScaled(
              value,
              right.array(),
              i % size * right.columns(),
              product.array(),
              (first + i / size) * right.columns(),
              right.columns());
        }
      }
    });
    return product;
  }

  private DenseMatrix transposeTimes(Samples samples, DenseMatrix left) {
    DenseMatrix product = new DenseMatrix(size, left.columns());
    // One block after another, each split by feature: the order of every sum is fixed.
    for (int first = 0; first < samples.count(); first += BLOCK_ROWS) {
      float[] block = read(samples, first);
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

  private float[] read(Samples samples, int first) {
    int length = Math.min(BLOCK_ROWS, samples.count() - first);
    FloatBuffer block = FloatBuffer.allocate(Math.multiplyExact(length, size));
    samples.gather(IntStream.range(first, first + length).toArray(), 0, length, block);
    return block.array();
  }

  private IntStream blocks(Samples samples) {
    return IntStream.iterate(0, first -> first < samples.count(), first -> first + BLOCK_ROWS)
        .parallel();
  }
}
