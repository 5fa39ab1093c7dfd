package dev.retort.data;

import java.util.Objects;
import java.util.stream.IntStream;

/** Samples with one class label each. Immutable and safe for use by several threads. */
public final class LabelledSamples {

  private final Samples samples;
  private final int[] labels;
  private final int classes;

  /**
   * Joins samples to their labels.
   *
   * @param samples the samples
   * @param labels one class index in [0, classes) a sample; not copied, so the caller must not write to it again
   * @param classes the size of the label space, at least 2
   */
  public LabelledSamples(Samples samples, int[] labels, int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2: " + classes);
    }
    if (labels.length != samples.count()) {
      throw new IllegalArgumentException("labels must be one a sample: " + labels.length
          + " labels, " + samples.count() + " samples");
    }
    for (int label : labels) {
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException("label must be in [0, " + classes + "): " + label);
      }
    }
    this.samples = samples;
    this.labels = labels;
    this.classes = classes;
  }

  /** The samples alone. */
  public Samples samples() {
    return samples;
  }

  /** Other samples under the same labels, such as features of these. */
  public LabelledSamples withSamples(Samples others) {
    return new LabelledSamples(others, labels, classes);
  }

  /** The class index of sample {@code row}. */
  public int label(int row) {
    return labels[row];
  }

  /** The size of the label space. */
  public int classes() {
    return classes;
  }

  /** The count of samples. */
  public int count() {
    return labels.length;
  }

  /** A copy of the labels, one class index a sample. */
  public int[] labels() {
    return labels.clone();
  }

  /**
   * A view of the samples at {@code rows}, in that order, with their labels; no sample is copied.
   *
   * @throws IndexOutOfBoundsException if a row is not in [0, count())
   */
  public LabelledSamples subset(int[] rows) {
    int[] chosen = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      chosen[i] = labels[rows[i]];
    }
    return new LabelledSamples(samples.subset(rows), chosen, classes);
  }

  /**
   * A view of the samples {@code [first, first + count)} with their labels; no sample is copied.
   *
   * @throws IndexOutOfBoundsException if the range is not within [0, count())
   */
  public LabelledSamples slice(int first, int count) {
    Objects.checkFromIndexSize(first, count, count());
    return subset(IntStream.range(first, first + count).toArray());
  }
}
