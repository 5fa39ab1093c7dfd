package dev.retort.testkit;

import dev.retort.data.ByteSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.SampleShape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Grey squares of three classes: one third of the rows, the class's own, is brighter than the rest. A linear network tells
 * them apart.
 */
final class Pictures {

  private static final int CLASSES = 3;

  private final ByteSamples samples;
  private final int[] labels;

  private Pictures(ByteSamples samples, int[] labels) {
    this.samples = samples;
    this.labels = labels;
  }

  ByteSamples samples() {
    return samples;
  }

  /** The same pictures for the same seed. */
  static Pictures draw(int count, int side, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] values = new byte[count * side * side];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(CLASSES);
      for (int pixel = 0; pixel < side * side; pixel++) {
        int third = Math.min(CLASSES - 1, pixel / side * CLASSES / side);
        int bright = third == labels[i] ? 90 : 0;
        values[i * side * side + pixel] = (byte) (random.nextInt(120) + bright);
      }
    }
    return new Pictures(new ByteSamples(SampleShape.image(1, side, side), values), labels);
  }

  void write(Path images, Path names) throws IOException {
    try (OutputStream out = Files.newOutputStream(images)) {
      IdxFile.writeImages(samples, out);
    }
    try (OutputStream out = Files.newOutputStream(names)) {
      IdxFile.writeLabels(labels, out);
    }
  }
}
