package dev.retort.learn;

import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.SplittableRandom;

/** Small made-up data: each class is a point, each sample that point and noise. */
final class Toy {

  static final SampleShape IMAGE = SampleShape.image(1, 8, 8);

  private Toy() {}

  /** Samples on the heap. */
  record HeapSamples(SampleShape shape, int count, FloatBuffer values) implements Samples {

    @Override
    public void gather(int[] rows, int from, int length, FloatBuffer out) {
      for (int i = from; i < from + length; i++) {
        Objects.checkIndex(rows[i], count);
        out.put(out.position(), values, rows[i] * shape.size(), shape.size());
        out.position(out.position() + shape.size());
      }
    }
  }

  static Samples samples(SampleShape shape, float... values) {
    return new HeapSamples(shape, values.length / shape.size(), FloatBuffer.wrap(values));
  }

  /** Uniform noise in [0, 1), as pixels are. */
  static Samples noise(SampleShape shape, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return samples(shape, values);
  }

  /** Samples of {@code classes} well separated classes, the same points for every seed. */
  static LabelledSamples blobs(SampleShape shape, int classes, int count, long seed) {
    SplittableRandom points = new SplittableRandom(99);
    float[] centre = new float[classes * shape.size()];
    for (int i = 0; i < centre.length; i++) {
      centre[i] = (float) points.nextDouble();
    }
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * shape.size()];
    int[] labels = new int[count];
    for (int row = 0; row < count; row++) {
      labels[row] = random.nextInt(classes);
      for (int i = 0; i < shape.size(); i++) {
        values[row * shape.size() + i] =
            (float) (centre[labels[row] * shape.size() + i] + 0.2 * random.nextGaussian());
      }
    }
    return new LabelledSamples(samples(shape, values), labels, classes);
  }

  static Architecture architecture(String name) {
    try {
      return Architecture.parse(name);
    } catch (UnknownArchitectureException unknown) {
      throw new AssertionError(unknown);
    }
  }
}
