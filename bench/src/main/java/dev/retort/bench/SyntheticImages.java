package dev.retort.bench;

import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Images of the size of MNIST's, with uniform pixels and labels: throughput does not depend on what they show. */
final class SyntheticImages implements Samples {

  static final SampleShape SHAPE = SampleShape.image(1, 28, 28);
  static final int CLASSES = 10;

  private final float[][] pixels;

  private SyntheticImages(float[][] pixels) {
    this.pixels = pixels;
  }

  static LabelledSamples labelled(int count) {
    SplittableRandom random = new SplittableRandom(1);
    float[][] pixels = new float[count][SHAPE.size()];
    int[] labels = new int[count];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < SHAPE.size(); i++) {
        pixels[row][i] = (float) random.nextDouble();
      }
      labels[row] = random.nextInt(CLASSES);
    }
    return new LabelledSamples(new SyntheticImages(pixels), labels, CLASSES);
  }

  /** Images [first, first + count). */
  SyntheticImages part(int first, int count) {
    return new SyntheticImages(Arrays.copyOfRange(pixels, first, first + count));
  }

  @Override
  public int count() {
    return pixels.length;
  }

  @Override
  public SampleShape shape() {
    return SHAPE;
  }

  @Override
  public void gather(int[] rows, int from, int length, FloatBuffer out) {
    for (int i = from; i < from + length; i++) {
      out.put(pixels[rows[i]]);
    }
  }
}
