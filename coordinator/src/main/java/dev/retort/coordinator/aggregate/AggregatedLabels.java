package dev.retort.coordinator.aggregate;

import dev.retort.journal.SumsDigest;
import dev.retort.merkle.Digest;

/**
 * The sites' labels added up: for each sample an unbiased estimate of the teachers' mean label, with the variance of its
 * noise, which is known because the noise is the sites' own. Immutable.
 */
public final class AggregatedLabels {

  private final int classes;
  private final long[] sums;
  private final long[] units;
  private final long[] noiseVariance;

  AggregatedLabels(int classes, long[] sums, long[] units, long[] noiseVariance) {
    this.classes = classes;
    this.sums = sums;
    this.units = units;
    this.noiseVariance = noiseVariance;
  }

  /** The count of samples, answered or not. */
  public int samples() {
    return units.length;
  }

  /** The size of the label space. */
  public int classes() {
    return classes;
  }

  /** Whether any site answered sample {@code row}. */
  public boolean isAnswered(int row) {
    return units[row] > 0;
  }

  /** The count of samples that any site answered. */
  public int answered() {
    int answered = 0;
    for (int row = 0; row < units.length; row++) {
      answered += isAnswered(row) ? 1 : 0;
    }
    return answered;
  }

  /** The total of the labels of all teachers that answered sample {@code row}, without noise: teachers times S. */
  public long units(int row) {
    return units[row];
  }

  /**
   * The unbiased mean label of sample {@code row} at class {@code label}: the noised sum over teachers times S. May be
   * negative or above 1, and a row need not sum to 1.
   *
   * @throws IllegalArgumentException if nobody answered the sample
   */
  public double mean(int row, int label) {
    requireAnswered(row);
    return (double) sums[row * classes + label] / units[row];
  }

  /**
   * The variance of the noise in each {@link #mean} of sample {@code row}: the sites' sigma squared over the square of
   * teachers times S. The noise of different classes and samples is independent.
   *
   * @throws IllegalArgumentException if nobody answered the sample
   */
  public double variance(int row) {
    requireAnswered(row);
    return (double) noiseVariance[row] / units[row] / units[row];
  }

  /** The noised sum itself: entry {@code label} of answer {@code row}, in grid units. */
  public long total(int row, int label) {
    requireAnswered(row);
    return sums[row * classes + label];
  }

  /** The variance of the noise in each {@link #total} of answer {@code row}, in grid units squared. */
  public long totalVariance(int row) {
    requireAnswered(row);
    return noiseVariance[row];
  }

  /** The {@link SumsDigest} of the noised sums. */
  public Digest digest() {
    return SumsDigest.of(classes, sums);
  }

  private void requireAnswered(int row) {
    if (!isAnswered(row)) {
      throw new IllegalArgumentException("row must be an answered sample: " + row);
    }
  }
}
