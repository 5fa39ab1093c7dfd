package dev.retort.noise;

/** Pearson's test of counts against expected counts. */
final class ChiSquare {

  private ChiSquare() {}

  /** The probability of a statistic at least this large if the counts follow the expectation. */
  static double pValue(long[] counts, double[] expected) {
    double statistic = 0;
    for (int i = 0; i < counts.length; i++) {
      double difference = counts[i] - expected[i];
      statistic += difference * difference / expected[i];
    }
    return upperGamma((counts.length - 1) / 2.0, statistic / 2);
  }

  /** The regularised upper incomplete gamma function Q(a, x): series below a + 1, continued fraction above. */
  static double upperGamma(double a, double x) {
    double scale = Math.exp(a * Math.log(x) - x - logGamma(a));
    if (x < a + 1) {
      double term = 1 / a;
      double sum = term;
      for (int n = 1; n < 10_000 && term > sum * 1e-16; n++) {
        term *= x / (a + n);
        sum += term;
      }
      return 1 - sum * scale;
    }
    double b = x + 1 - a;
    double c = 1e300;
    double d = 1 / b;
    double fraction = d;
    for (int n = 1; n < 10_000; n++) {
      double numerator = -n * (n - a);
      b += 2;
      d = 1 / (numerator * d + b);
      c = b + numerator / c;
      fraction *= d * c;
      if (Math.abs(d * c - 1) < 1e-15) {
        break;
      }
    }
    return scale * fraction;
  }

  // Stirling's series after shifting the argument above 10; error below 1e-12.
  private static double logGamma(double a) {
    double shift = 0;
    double z = a;
    while (z < 10) {
      shift -= Math.log(z);
      z++;
    }
    double inverse = 1 / z;
    double squared = inverse * inverse;
    return shift
        + (z - 0.5) * Math.log(z)
        - z
        + 0.5 * Math.log(2 * Math.PI)
        + inverse * (1.0 / 12 - squared * (1.0 / 360 - squared * (1.0 / 1260 - squared / 1680)));
  }
}
