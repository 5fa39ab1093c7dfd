package dev.retort.coordinator.student;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import java.util.SplittableRandom;

/** Small data sets that are easy to learn. */
final class Stripes {

  static final int CLASSES = 3;
  private static final int SIDE = 12;

  private Stripes() {}

  /** Images of stripes in three directions, shifted and blurred by noise. */
  static LabelledSamples images(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * SIDE * SIDE];
    int[] labels = new int[count];
    for (int row = 0; row < count; row++) {
      labels[row] = random.nextInt(CLASSES);
      double phase = random.nextDouble() * 2 * Math.PI;
      for (int i = 0; i < SIDE * SIDE; i++) {
        int y = i / SIDE;
        int x = i % SIDE;
        double along = labels[row] == 0 ? x : labels[row] == 1 ? y : (x + y) / Math.sqrt(2);
        values[row * SIDE * SIDE + i] =
            (float) (0.5 + 0.4 * Math.sin(phase + along * 1.5) + 0.1 * random.nextGaussian());
      }
    }
    return new LabelledSamples(
        new FloatSamples(SampleShape.image(1, SIDE, SIDE), values), labels, CLASSES);
  }

  /** Rows of four numbers in three overlapping clouds; the columns differ in scale by a thousand. */
  static LabelledSamples table(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * 4];
    int[] labels = new int[count];
    for (int row = 0; row < count; row++) {
      labels[row] = random.nextInt(CLASSES);
      for (int k = 0; k < 4; k++) {
        double centre = k == labels[row] ? 2.5 : 0;
        values[row * 4 + k] = (float) ((centre + random.nextGaussian()) * (k == 0 ? 1000 : 1));
      }
    }
    return new LabelledSamples(new FloatSamples(SampleShape.row(4), values), labels, CLASSES);
  }
}
