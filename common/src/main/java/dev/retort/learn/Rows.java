package dev.retort.learn;

import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.util.Objects;

/** Consecutive samples, and what their scores say. */
final class Rows {

  private static final int BLOCK = 4096;

  /** Gives the logits of samples [firstRow, firstRow + count). */
  interface Scorer {
    float[] logits(Samples samples, int firstRow, int count);
  }

  private Rows() {}

  static int[] range(Samples samples, int firstRow, int count) {
    Objects.checkFromIndexSize(firstRow, count, samples.count());
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = firstRow + i;
    }
    return rows;
  }

  static void requireShape(SampleShape expected, Samples samples) {
    if (!expected.equals(samples.shape())) {
      throw new IllegalArgumentException(
          "samples must be of shape " + expected + ": " + samples.shape());
    }
  }

  static double accuracy(LabelledSamples data, int classes, Scorer scorer) {
    if (data.classes() != classes || data.count() == 0) {
      throw new IllegalArgumentException("data must be at least one sample of " + classes
          + " classes: " + data.count() + " of " + data.classes());
    }
    int correct = 0;
    for (int first = 0; first < data.count(); first += BLOCK) {
      int count = Math.min(BLOCK, data.count() - first);
      float[] logits = scorer.logits(data.samples(), first, count);
      for (int i = 0; i < count; i++) {
        if (largest(logits, i * classes, classes) == data.label(first + i)) {
          correct++;
        }
      }
    }
    return (double) correct / data.count();
  }

  /** The index, from {@code from}, of the largest of {@code length} numbers; the lowest index wins ties. */
  static int largest(float[] numbers, int from, int length) {
    int best = 0;
    for (int i = 1; i < length; i++) {
      if (numbers[from + i] > numbers[from + best]) {
        best = i;
      }
    }
    return best;
  }
}
