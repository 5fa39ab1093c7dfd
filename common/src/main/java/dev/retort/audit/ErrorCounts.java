package dev.retort.audit;

import dev.retort.accounting.GaussianDp;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * How often a fixed test, told two neighbouring inputs apart, was wrong on runs that had no part in choosing it.
 *
 * @param falsePositives runs without the change that the test took for runs with it
 * @param negatives runs without the change, at least 1
 * @param falseNegatives runs with the change that the test took for runs without it
 * @param positives runs with the change, at least 1
 */
public record ErrorCounts(
    long falsePositives, long negatives, long falseNegatives, long positives) {

  private static final double SQRT_2 = Math.sqrt(2);

  public ErrorCounts {
    requireWithin("falsePositives", falsePositives, negatives);
    requireWithin("falseNegatives", falseNegatives, positives);
  }

  private static void requireWithin(String name, long events, long trials) {
    if (trials < 1 || events < 0 || events > trials) {
      throw new IllegalArgumentException(
          name + " must be in [0, runs], runs >= 1: " + events + " of " + trials);
    }
  }

  /**
   * A lower bound on epsilon that assumes nothing of the mechanism: any (epsilon, delta)-DP mechanism has
   * 1 - delta - FNR <= e^epsilon FPR, and the same with the rates exchanged (Kairouz, Oh, Viswanath 2015). Negative
   * where the test shows nothing.
   *
   * @param delta in [0, 1)
   * @param failure the probability that the bound is false, in (0, 1); half of it goes to each error rate
   */
  public double direct(double delta, double failure) {
    double falsePositive = ClopperPearson.upper(falsePositives, negatives, failure / 2);
    double falseNegative = ClopperPearson.upper(falseNegatives, positives, failure / 2);
    return Math.max(
        logRatio(1 - delta - falseNegative, falsePositive),
        logRatio(1 - delta - falsePositive, falseNegative));
  }

  private static double logRatio(double numerator, double denominator) {
    return numerator > 0 ? Math.log(numerator / denominator) : Double.NEGATIVE_INFINITY;
  }

  /**
   * A lower bound on mu of a mechanism whose trade-off curve is a Gaussian's: Phi^-1(1 - FPR) - Phi^-1(FNR) (Nasr et
   * al. 2023). It holds for Gaussian noise alone. Negative where the test shows nothing.
   *
   * @param failure the probability that the bound is false, in (0, 1); half of it goes to each error rate
   */
  public double gaussianMu(double failure) {
    return SQRT_2
        * (InverseErfc.value(2 * ClopperPearson.upper(falsePositives, negatives, failure / 2))
            + InverseErfc.value(2 * ClopperPearson.upper(falseNegatives, positives, failure / 2)));
  }

  /** The lower bound on epsilon at {@code delta} that {@link #gaussianMu} implies, at least 0. It holds for Gaussian noise alone. */
  public double gaussian(double delta, double failure) {
    double mu = gaussianMu(failure);
    return mu > 0 ? GaussianDp.epsilonBelow(mu, delta) : 0;
  }
}
