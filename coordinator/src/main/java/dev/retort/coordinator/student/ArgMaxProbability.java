package dev.retort.coordinator.student;

/** The probability that each of several independent Gaussian variables of one variance is the largest. */
final class ArgMaxProbability {

  private static final double REACH = 4.5;
  private static final double STEP = 0.3;

  private ArgMaxProbability() {}

  /**
   * The probabilities, summing to 1, within 1e-3.
   *
   * @param means of the variables
   * @param deviation their common standard deviation, at least 0
   */
  static double[] of(double[] means, double deviation) {
    double[] probabilities = new double[means.length];
    double scale = 1 / Math.max(deviation, 1e-9);
    double total = 0;
    for (int c = 0; c < means.length; c++) {
      // The density of variable c times the chance that every other lies below it, by the
      // trapezoidal rule.
      for (double z = -REACH; z <= REACH; z += STEP) {
        double product = Math.exp(-z * z / 2);
        for (int j = 0; j < means.length && product > 1e-12; j++) {
          if (j != c) {
            product *= normalBelow(z + (means[c] - means[j]) * scale);
          }
        }
        probabilities[c] += product;
      }
      total += probabilities[c];
    }
    for (int c = 0; c < means.length; c++) {
      probabilities[c] = total > 0 ? probabilities[c] / total : 1.0 / means.length;
    }
    return probabilities;
  }

  /** The standard normal distribution function, within 2e-7 (Abramowitz and Stegun 1964, 26.2.17). */
  private static double normalBelow(double x) {
    double t = 1 / (1 + 0.2316419 * Math.abs(x));
    double tail = Math.exp(-x * x / 2)
        * 0.3989422804014327
        * t
        * (0.319381530
            + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return x > 0 ? 1 - tail : tail;
  }
}
