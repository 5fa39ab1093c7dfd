package dev.retort.audit;

import org.apache.commons.numbers.gamma.RegularizedBeta;

/** The exact one-sided upper confidence limit of a binomial probability (Clopper, Pearson 1934). */
final class ClopperPearson {

  private static final double RELATIVE_WIDTH = 1e-12;

  private ClopperPearson() {}

  /**
   * An upper limit that lies below the true probability with probability at most {@code failure}, whatever that
   * probability is. Rounded up, by at most 1e-12 of it.
   *
   * @param events in [0, trials]
   * @param trials at least 1
   * @param failure in (0, 1)
   */
  static double upper(long events, long trials, double failure) {
    if (trials < 1 || events < 0 || events > trials) {
      throw new IllegalArgumentException(
          "events must be in [0, trials], trials >= 1: " + events + " of " + trials);
    }
    if (!(failure > 0) || !(failure < 1)) {
      throw new IllegalArgumentException("failure must be in (0, 1): " + failure);
    }
    if (events == trials) {
      return 1;
    }
    double low = (double) events / trials;
    double high = 1;
    while (high - low > RELATIVE_WIDTH * high) {
      double middle = low + (high - low) / 2;
      // P[Bin(trials, p) <= events] falls in p.
      if (RegularizedBeta.complement(middle, events + 1.0, trials - (double) events) > failure) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
