package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import dev.retort.learn.HintTargets;
import dev.retort.plan.Features;

/**
 * What the released hints say, smoothed over the public samples as labels are, and made targets of the student's head.
 * Post-processing of released hints.
 *
 * @param targets one a transfer sample
 * @param report what they are
 */
record StudentHints(HintTargets targets, HintReport report) {

  /**
   * Smooths hints.
   *
   * @param hints unbiased means over teachers, where one teacher's is clipped to length 1
   * @param basis what they are likely to be a combination of
   * @param weight of their error against the losses of labels
   */
  static StudentHints of(LabelEstimate hints, PublicBasis basis, double weight) {
    LabelPosterior posterior = LabelPosterior.ofNumbers(hints, basis);
    DenseMatrix means = posterior.mean();
    int samples = means.rows();
    int dimensions = means.columns();
    double typical = 0;
    for (int row = 0; row < samples; row++) {
      typical += posterior.variance(row) / samples;
    }
    double[] centre = new double[dimensions];
    for (int i = 0; i < means.array().length; i++) {
      centre[i % dimensions] += means.array()[i] / samples;
    }
    double signal = 0;
    for (int i = 0; i < means.array().length; i++) {
      double moved = means.array()[i] - centre[i % dimensions];
      signal += moved * moved / means.array().length;
    }
    // What the hints would vary by if the noise left nothing open: of mere noise they are made
    // small, not large.
    double unit = Math.sqrt(signal + typical) + 1e-12;
    float[] values = new float[means.array().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((means.array()[i] - centre[i % dimensions]) / unit);
    }
    float[] weights = new float[samples];
    for (int row = 0; row < samples; row++) {
      weights[row] = (float) (2 * typical / (typical + posterior.variance(row) + 1e-12));
    }
    return new StudentHints(
        new HintTargets(dimensions, values, weights, weight),
        new HintReport(dimensions, noise(hints), signal / (signal + typical + 1e-12)));
  }

  private static double noise(LabelEstimate hints) {
    double sum = 0;
    for (int row = 0; row < hints.samples(); row++) {
      sum += hints.isAnswered(row) ? hints.variance(row) : 0;
    }
    return Math.sqrt(sum / hints.answered());
  }

  /** How a student is trained with these. */
  StudentTrainer.Lesson lesson(Features features) {
    return switch (features) {
      case NONE -> StudentTrainer.LABELS_ALONE;
      case HINT ->
        (training, architecture, samples, labels, settings, progress) ->
            training.distilWithHints(architecture, samples, labels, targets, settings, progress);
      case PROGRESSIVE ->
        (training, architecture, samples, labels, settings, progress) ->
            training.distilAfterHints(architecture, samples, labels, targets, settings, progress);
    };
  }
}
