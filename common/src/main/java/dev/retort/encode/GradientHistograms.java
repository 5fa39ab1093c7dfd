package dev.retort.encode;

import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.image.OrientedGradients;
import java.nio.FloatBuffer;

/** Images as histograms of gradient orientations: see {@link OrientedGradients}. */
public final class GradientHistograms implements Samples {

  private final Samples images;
  private final OrientedGradients gradients;

  /**
   * Describes {@code images}, each when it is asked for.
   *
   * @throws IllegalArgumentException if they are no images
   */
  public GradientHistograms(Samples images) {
    if (!images.shape().isImage()) {
      throw new IllegalArgumentException("samples must be images: " + images.shape());
    }
    this.images = images;
    this.gradients = new OrientedGradients(
        images.shape().dimensions().get(0),
        images.shape().dimensions().get(1),
        images.shape().dimensions().get(2));
  }

  @Override
  public int count() {
    return images.count();
  }

  @Override
  public SampleShape shape() {
    return SampleShape.image(
        OrientedGradients.ORIENTATIONS, gradients.cellRows(), gradients.cellColumns());
  }

  @Override
  public void gather(int[] rows, int from, int length, FloatBuffer out) {
    FloatBuffer image = FloatBuffer.allocate(images.shape().size());
    for (int i = from; i < from + length; i++) {
      images.gather(rows, i, 1, image.clear());
      out.put(gradients.describe(image.array()));
    }
  }
}
