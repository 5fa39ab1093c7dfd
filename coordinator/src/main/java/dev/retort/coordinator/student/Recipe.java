package dev.retort.coordinator.student;

import dev.retort.learn.Augmentation;
import java.util.Locale;

/**
 * What of a student's training may be decided from released labels.
 *
 * @param temperature T of the softened distributions
 * @param alpha the weight of T^2 KL against 1 - alpha of cross-entropy
 * @param views how samples are varied, afresh at every pass
 * @param generations students trained in turn, at least 1
 */
record Recipe(double temperature, double alpha, Augmentation views, int generations) {

  /** Views of samples: two pixels, a tenth and ten degrees either way on a digit. */
  static final Augmentation WARP = new Augmentation.Warp(0.07, 0.1, 0.17);

  Recipe withTemperature(double other) {
    return new Recipe(other, alpha, views, generations);
  }

  Recipe withAlpha(double other) {
    return new Recipe(temperature, other, views, generations);
  }

  Recipe withViews(Augmentation other) {
    return new Recipe(temperature, alpha, other, generations);
  }

  Recipe withGenerations(int other) {
    return new Recipe(temperature, alpha, views, other);
  }

  /** For reports. */
  String text() {
    return String.format(
        Locale.ROOT,
        "T %.1f, alpha %.2f, samples %s, %d generation%s",
        temperature,
        alpha,
        views instanceof Augmentation.None ? "as they are" : "warped afresh at every pass",
        generations,
        generations == 1 ? "" : "s");
  }
}
