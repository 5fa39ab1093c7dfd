package dev.retort.coordinator.student;

import dev.retort.data.Samples;
import dev.retort.learn.Augmentation;
import dev.retort.learn.Consistency;
import dev.retort.learn.SwapNoise;
import java.util.Locale;

/**
 * What of a student's training may be decided from released labels.
 *
 * @param temperature T of the softened distributions
 * @param alpha the weight of T^2 KL against 1 - alpha of cross-entropy
 * @param views how samples are varied, afresh at every pass
 * @param consistency what the student is asked to say of strong variations
 * @param generations students trained in turn, at least 1
 */
record Recipe(
    double temperature,
    double alpha,
    Augmentation views,
    Consistency consistency,
    int generations) {

  /** Views of samples: two pixels, a tenth and ten degrees either way on a digit. */
  static final Augmentation WARP = new Augmentation.Warp(0.07, 0.1, 0.17);

  private static final Augmentation STRONG =
      new Augmentation.Then(WARP, new Augmentation.Cutout(0.3));

  private static final double SWAPPED = 0.3;
  private static final double WEIGHT = 1;
  private static final double THRESHOLD = 0.8;

  /**
   * Consistency over what {@code transfer} bears: of images, views with a square painted over; of tables, rows with three
   * numbers in ten of another row.
   */
  static Consistency consistency(Samples transfer) {
    Augmentation strong = transfer.shape().isImage() ? STRONG : new SwapNoise(SWAPPED, transfer);
    return new Consistency(WEIGHT, THRESHOLD, strong);
  }

  Recipe withTemperature(double other) {
    return new Recipe(other, alpha, views, consistency, generations);
  }

  Recipe withAlpha(double other) {
    return new Recipe(temperature, other, views, consistency, generations);
  }

  Recipe withViews(Augmentation other) {
    return new Recipe(temperature, alpha, other, consistency, generations);
  }

  Recipe withConsistency(Consistency other) {
    return new Recipe(temperature, alpha, views, other, generations);
  }

  Recipe withGenerations(int other) {
    return new Recipe(temperature, alpha, views, consistency, other);
  }

  /** For reports. */
  String text() {
    return String.format(
        Locale.ROOT,
        "T %.1f, alpha %.2f, samples %s%s, %d generation%s",
        temperature,
        alpha,
        views instanceof Augmentation.None ? "as they are" : "warped afresh at every pass",
        consistency.isAsked() ? " and held consistent" : "",
        generations,
        generations == 1 ? "" : "s");
  }
}
