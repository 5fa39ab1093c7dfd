package dev.retort.learn;

import java.util.Arrays;

/**
 * What a student is to learn, for each sample of the transfer set: post-processing of released labels, so that nothing
 * here costs privacy. Immutable as long as the caller does not write to the arrays, which are not copied.
 */
public final class DistillationTargets {

  private final int classes;
  private final float[] means;
  private final float[] probabilities;
  private final int[] hardLabels;
  private final float[] softWeights;
  private final float[] hardWeights;
  private final float[] temperatures;

  /**
   * Joins the targets of n samples, all of one temperature.
   *
   * @throws IllegalArgumentException if the lengths disagree or a value breaks its rule, see the other constructor
   */
  public DistillationTargets(
      int classes,
      float[] means,
      float[] probabilities,
      int[] hardLabels,
      float[] softWeights,
      float[] hardWeights) {
    this(
        classes,
        means,
        probabilities,
        hardLabels,
        softWeights,
        hardWeights,
        ones(hardLabels.length));
  }

  /**
   * Joins the targets of n samples.
   *
   * @param classes the size of the label space, C
   * @param means n*C finite numbers, row-major: the unbiased mean labels, which may be negative and need not sum to 1
   * @param probabilities n*C numbers in [0, 1], row-major, each row summing to 1 within 1e-3
   * @param hardLabels n class indexes
   * @param softWeights n finite weights >= 0 of the warm-up's squared error and of the KL; 0 where there is no label
   * @param hardWeights n finite weights >= 0 of the cross-entropy; 0 where the hard label is not trusted
   * @param temperatures n finite factors > 0 by which each sample's temperature differs from that of the settings
   * @throws IllegalArgumentException if the lengths disagree or a value breaks its rule
   */
  public DistillationTargets(
      int classes,
      float[] means,
      float[] probabilities,
      int[] hardLabels,
      float[] softWeights,
      float[] hardWeights,
      float[] temperatures) {
    int count = hardLabels.length;
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2: " + classes);
    }
    requireLength("means", (long) count * classes, means.length);
    requireLength("probabilities", (long) count * classes, probabilities.length);
    requireLength("softWeights", count, softWeights.length);
    requireLength("hardWeights", count, hardWeights.length);
    requireLength("temperatures", count, temperatures.length);
    for (int row = 0; row < count; row++) {
      requireWeight("softWeights", softWeights[row]);
      requireWeight("hardWeights", hardWeights[row]);
      if (!(temperatures[row] > 0 && temperatures[row] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "temperatures must be > 0 and finite: " + temperatures[row]);
      }
      if (hardLabels[row] < 0 || hardLabels[row] >= classes) {
        throw new IllegalArgumentException(
            "hardLabels must be in [0, " + classes + "): " + hardLabels[row]);
      }
      double sum = 0;
      for (int i = row * classes; i < (row + 1) * classes; i++) {
        if (!Float.isFinite(means[i])) {
          throw new IllegalArgumentException("means must be finite: " + means[i]);
        }
        if (!(probabilities[i] >= 0 && probabilities[i] <= 1)) {
          throw new IllegalArgumentException(
              "probabilities must be in [0, 1]: " + probabilities[i]);
        }
        sum += probabilities[i];
      }
      if (Math.abs(sum - 1) > 1e-3) {
        throw new IllegalArgumentException("probabilities must sum to 1 a row: " + sum);
      }
    }
    this.classes = classes;
    this.means = means;
    this.probabilities = probabilities;
    this.hardLabels = hardLabels;
    this.softWeights = softWeights;
    this.hardWeights = hardWeights;
    this.temperatures = temperatures;
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static void requireLength(String name, long expected, int actual) {
    if (expected != actual) {
      throw new IllegalArgumentException(name + " must have length " + expected + ": " + actual);
    }
  }

  private static void requireWeight(String name, float weight) {
    if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be >= 0 and finite: " + weight);
    }
  }

  /** The count of samples. */
  public int count() {
    return hardLabels.length;
  }

  /** The size of the label space. */
  public int classes() {
    return classes;
  }

  float[] means() {
    return means;
  }

  float[] probabilities() {
    return probabilities;
  }

  int[] hardLabels() {
    return hardLabels;
  }

  float[] softWeights() {
    return softWeights;
  }

  float[] hardWeights() {
    return hardWeights;
  }

  float[] temperatures() {
    return temperatures;
  }
}
