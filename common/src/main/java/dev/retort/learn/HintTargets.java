package dev.retort.learn;

/**
 * What a linear head on a student's last hidden layer is to say of each sample of the transfer set: post-processing of
 * released hints, so that nothing here costs privacy. Immutable as long as the caller does not write to the arrays, which
 * are not copied.
 */
public final class HintTargets {

  private final int dimensions;
  private final float[] values;
  private final float[] weights;
  private final double weight;

  /**
   * Joins the hints of n samples.
   *
   * @param dimensions D, at least 1
   * @param values n*D finite numbers, row-major, best of a spread of about 1
   * @param weights n finite weights >= 0 of the squared error, best 1 on average; 0 where nothing is known
   * @param weight of the whole against the losses of labels, over 0 and finite
   * @throws IllegalArgumentException if the lengths disagree or a value breaks its rule
   */
  public HintTargets(int dimensions, float[] values, float[] weights, double weight) {
    if (dimensions < 1) {
      throw new IllegalArgumentException("dimensions must be >= 1: " + dimensions);
    }
    if (values.length != (long) dimensions * weights.length) {
      throw new IllegalArgumentException("values must be " + dimensions + " for each of "
          + weights.length + " samples: " + values.length);
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("values must be finite: " + value);
      }
    }
    for (float each : weights) {
      if (!(each >= 0 && each < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("weights must be >= 0 and finite: " + each);
      }
    }
    if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight must be > 0 and finite: " + weight);
    }
    this.dimensions = dimensions;
    this.values = values;
    this.weights = weights;
    this.weight = weight;
  }

  /** The count of samples. */
  public int count() {
    return weights.length;
  }

  /** D. */
  public int dimensions() {
    return dimensions;
  }

  float[] values() {
    return values;
  }

  float[] weights() {
    return weights;
  }

  double weight() {
    return weight;
  }
}
