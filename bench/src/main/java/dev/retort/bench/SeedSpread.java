package dev.retort.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * The figures of several seeds in short.
 *
 * @param mean their mean
 * @param deviation the sample standard deviation, 0 of one
 * @param count how many
 */
record SeedSpread(double mean, double deviation, int count) {

  /**
   * Of at least one figure.
   */
  static SeedSpread of(double... figures) {
    double mean = Arrays.stream(figures).average().orElseThrow();
    double squares =
        Arrays.stream(figures).map(value -> (value - mean) * (value - mean)).sum();
    return new SeedSpread(
        mean, Math.sqrt(squares / Math.max(1, figures.length - 1)), figures.length);
  }

  /** As {@code 83.71}, or with the deviation of several as {@code 83.71 +- 0.12}. */
  String text() {
    return count == 1
        ? String.format(Locale.ROOT, "%.2f", mean)
        : String.format(Locale.ROOT, "%.2f +- %.2f", mean, deviation);
  }
}
