package dev.retort.coordinator.student;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Orders of samples drawn uniformly (Fisher and Yates), for deals and choices; never for noise. */
final class Shuffle {

  private Shuffle() {}

  /** The numbers from 0 to {@code count}, which is not among them, in a random order. */
  static int[] of(int count, SplittableRandom random) {
    int[] order = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
