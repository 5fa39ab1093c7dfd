package dev.retort.encode;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;

/**
 * Features that a linear model reads better than it reads pixels: of images the histograms of their gradients, of tables
 * the columns themselves, either as whitened principal coordinates. Learnt from public samples alone and deterministic,
 * so that every holder of the transfer set learns the same encoder, and private records may be read through it without
 * any loss of privacy. Immutable.
 */
public final class PublicEncoder {

  /** Bounds what is described at a time. */
  private static final int BLOCK_ROWS = 4096;

  private final SampleShape shape;
  private final PublicPca axes;

  /**
   * Learns from public samples.
   *
   * @param pool at least one sample
   * @param components features kept, at least 1; fewer if the samples span fewer directions
   */
  public PublicEncoder(Samples pool, int components) {
    if (pool.count() == 0 || components < 1) {
      throw new IllegalArgumentException("pool and components must be at least 1: " + pool.count()
          + " samples, " + components + " components");
    }
    shape = pool.shape();
    axes = new PublicPca(described(pool), components);
  }

  /**
   * The features of {@code samples}, in their order: rows of about unit variance over the pool.
   *
   * @throws IllegalArgumentException if the samples have another shape than the pool, or the pool spans no direction
   */
  public FloatSamples encode(Samples samples) {
    if (!samples.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "samples must be of shape " + shape + ": " + samples.shape());
    }
    int columns = axes.components();
    float[] values = new float[Math.multiplyExact(samples.count(), columns)];
    for (int first = 0; first < samples.count(); first += BLOCK_ROWS) {
      int rows = Math.min(BLOCK_ROWS, samples.count() - first);
      double[] block = axes.whitened(described(samples.slice(first, rows))).array();
      for (int i = 0; i < block.length; i++) {
        values[first * columns + i] = (float) block[i];
      }
    }
    return new FloatSamples(SampleShape.row(columns), values);
  }

  private static Samples described(Samples samples) {
    return samples.shape().isImage() ? new GradientHistograms(samples) : samples;
  }
}
