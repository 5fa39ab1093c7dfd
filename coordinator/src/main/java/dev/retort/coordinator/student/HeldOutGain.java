package dev.retort.coordinator.student;

/**
 * How much more of the teachers' votes one classifier's classes win than another's, a sample, on labels that neither
 * saw: an unbiased estimate, as a noised mean label is unbiased at whatever class was named without looking at it.
 *
 * <p>It speaks of agreement with the teachers, mistakes and all: a classifier that puts right what most teachers get
 * wrong loses by it.
 *
 * @param gain the mean difference over all samples held out, in units of one teacher's vote
 * @param standardError of it, from the known noise or from the spread seen over the samples, whichever is larger; at
 *     least 0
 * @param samples how many were held out
 */
record HeldOutGain(double gain, double standardError, int samples) {

  /** The class of a sample that was not held out. */
  static final int NOT_HELD_OUT = -1;

  /**
   * Compares two classifiers.
   *
   * @param challenger the class of each sample, named from labels other than its own, or {@link #NOT_HELD_OUT}
   * @param incumbent the same of the other classifier, of the same samples
   */
  static HeldOutGain of(LabelEstimate labels, int[] challenger, int[] incumbent) {
    int samples = 0;
    double sum = 0;
    double squares = 0;
    double noise = 0;
    for (int row = 0; row < labels.samples(); row++) {
      if (challenger[row] == NOT_HELD_OUT) {
        continue;
      }
      samples++;
      if (challenger[row] != incumbent[row]) {
        double difference = labels.mean(row, challenger[row]) - labels.mean(row, incumbent[row]);
        sum += difference;
        squares += difference * difference;
        noise += 2 * labels.variance(row);
      }
    }
    double count = Math.max(1, samples);
    return new HeldOutGain(sum / count, Math.sqrt(Math.max(noise, squares)) / count, samples);
  }

  /** The gain in standard errors; 0 where both name the same classes. */
  double deviations() {
    return standardError > 0 ? gain / standardError : 0;
  }
}
