package dev.retort.encode;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Features that a linear model reads better than it reads pixels: descriptors of images, the columns of tables, either as
 * whitened principal coordinates. Learnt from public samples alone and deterministic,
 * so that every holder of the transfer set learns the same encoder, and private records may be read through it without
 * any loss of privacy. Immutable.
 */
public final class PublicEncoder {

  /** Bounds what is described at a time. */
  private static final int BLOCK_ROWS = 4096;

  /** How images are described. Tables are their own description. */
  public enum Description {
    /** Histograms of gradients: see {@link GradientHistograms}. */
    GRADIENTS,

    /**
     * Likeness to typical patches: k-means features (Coates, Lee and Ng 2011). More of them carry information than of
     * gradients, at some twenty times the work.
     */
    PATCHES
  }

  private static final int ATOMS = 200;

  /** Of patch responses the small directions tell as much as the large ones, as far as noise leaves them. */
  private static final double PATCH_WHITENING_FLOOR = 3e-4;

  private final SampleShape shape;
  private final UnaryOperator<Samples> description;
  private final PublicPca axes;

  /**
   * Learns from public samples, images described by their gradients.
   *
   * @param pool at least one sample
   * @param components features kept, at least 1; fewer if the samples span fewer directions
   */
  public PublicEncoder(Samples pool, int components) {
    this(pool, Description.GRADIENTS, components);
  }

  /**
   * Learns from public samples.
   *
   * @param pool at least one sample
   * @param images how they are described, if they are images
   * @param components features kept, at least 1; fewer if the samples span fewer directions
   */
  public PublicEncoder(Samples pool, Description images, int components) {
    if (pool.count() == 0 || components < 1) {
      throw new IllegalArgumentException("pool and components must be at least 1: " + pool.count()
          + " samples, " + components + " components");
    }
    shape = pool.shape();
    description = shape.isImage() ? describing(pool, images) : UnaryOperator.identity();
    axes = shape.isImage() && images == Description.PATCHES
        ? new PublicPca(stored(pool), components, PATCH_WHITENING_FLOOR)
        : new PublicPca(stored(pool), components);
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
      double[] block = axes.whitened(stored(samples.slice(first, rows))).array();
      for (int i = 0; i < block.length; i++) {
        values[first * columns + i] = (float) block[i];
      }
    }
    return new FloatSamples(SampleShape.row(columns), values);
  }

  /** The features of a sample: {@code components}, or fewer if the pool spans fewer directions. */
  public int features() {
    return axes.components();
  }

  private static UnaryOperator<Samples> describing(Samples pool, Description images) {
    return switch (images) {
      case GRADIENTS -> GradientHistograms::new;
      case PATCHES -> {
        PatchDictionary dictionary = new PatchDictionary(pool, ATOMS);
        yield samples -> new PatchResponses(samples, dictionary);
      }
    };
  }

  /** What describes samples, computed once: principal axes read it many times. */
  private Samples stored(Samples samples) {
    Samples described = description.apply(samples);
    if (described == samples) {
      return samples;
    }
    int size = described.shape().size();
    FloatBuffer values = FloatBuffer.allocate(Math.multiplyExact(described.count(), size));
    described.gather(IntStream.range(0, described.count()).toArray(), 0, described.count(), values);
    return new FloatSamples(described.shape(), values.array());
  }
}
