package dev.retort.accounting;

import java.util.List;
import org.apache.commons.numbers.gamma.Erfcx;

/**
 * Data-dependent bounds on GNMax: the arg max of a vote histogram under Gaussian noise (Papernot, Song, Mironov,
 * Raghunathan, Talwar, Erlingsson 2018, Theorem 6 and Propositions 7 and 10).
 *
 * <p><b>Every value of this class that takes a histogram is private.</b> It depends on the votes, and so on the records;
 * to publish it is a release that nobody charged. No admission, ledger or message may depend on it. It also holds only
 * where nothing but the arg max is published, and not for a whole noised histogram.
 */
public final class GnmaxBound {

  // Sums of up to thousands of terms, each within a few units in the last place.
  private static final double ROUNDING = 0x1p-41;

  private GnmaxBound() {}

  /**
   * The natural logarithm of q, an upper bound on the probability that the noised arg max is not the true one.
   * <b>Private.</b>
   *
   * @param counts votes of each class, at least two entries, none negative
   * @param sigma standard deviation of the noise on each count, above 0
   */
  public static double logQ(List<Long> counts, double sigma) {
    Checks.positive("sigma", sigma);
    if (counts.size() < 2 || counts.stream().anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException(
          "counts must be at least two numbers, each >= 0: " + counts);
    }
    int leader = 0;
    for (int i = 1; i < counts.size(); i++) {
      leader = counts.get(i) > counts.get(leader) ? i : leader;
    }
    // In logarithms, with the smallest exponent taken out, since 250 votes at sigma 1 are e^-15000.
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < counts.size(); i++) {
      if (i != leader) {
        double x = (counts.get(leader) - counts.get(i)) / (2 * sigma);
        smallest = Math.min(smallest, x * x);
      }
    }
    double sum = 0;
    for (int i = 0; i < counts.size(); i++) {
      if (i != leader) {
        double x = (counts.get(leader) - counts.get(i)) / (2 * sigma);
        sum += 0.5 * Erfcx.value(x) * Math.exp(smallest - x * x);
      }
    }
    double union = (Math.log(sum) + ROUNDING - smallest) + smallest * 0x1p-50;
    return Math.min(union, Math.log1p(-1.0 / counts.size()));
  }

  /**
   * The Renyi divergence of order {@code alpha} of one noised arg max, given its {@link #logQ}: Theorem 6 at the two
   * higher orders of Proposition 10, or the bound without data where that is smaller or the theorem does not apply.
   * <b>Private.</b>
   *
   * @param alpha above 1 and finite
   * @param logQ below 0
   */
  public static double renyi(double alpha, double logQ, double sigma) {
    double withoutData = renyiWithoutData(alpha, sigma);
    if (!(logQ < 0)) {
      throw new IllegalArgumentException("logQ must be < 0: " + logQ);
    }
    double variance = sigma * sigma;
    double mu2 = sigma * Math.sqrt(-logQ);
    double mu1 = mu2 + 1;
    double epsilon1 = mu1 / variance;
    double epsilon2 = mu2 / variance;
    boolean applies = mu2 > 1
        && alpha <= mu1
        && -logQ > epsilon2
        && logQ
            <= (mu2 - 1) * epsilon2 - mu2 * (Math.log(mu1 / (mu1 - 1)) + Math.log(mu2 / (mu2 - 1)));
    if (!applies) {
      return withoutData;
    }
    double logOneMinusQ = Math.log1p(-Math.exp(logQ));
    double logA = logOneMinusQ - Math.log1p(-Math.exp((logQ + epsilon2) * (mu2 - 1) / mu2));
    double logB = epsilon1 - logQ / (mu1 - 1);
    // The sum of both terms is close to 1, so its distance from 1 is what is computed.
    double aboveOne =
        Math.expm1(logOneMinusQ + (alpha - 1) * logA) + Math.exp(logQ + (alpha - 1) * logB);
    return Math.min(withoutData, Math.log1p(aboveOne) / (alpha - 1) * (1 + ROUNDING));
  }

  /** The Renyi divergence of order {@code alpha} of one noised arg max, whatever the votes: alpha / sigma^2. Not private. */
  public static double renyiWithoutData(double alpha, double sigma) {
    checkOrder(alpha);
    Checks.positive("sigma", sigma);
    return alpha / (sigma * sigma);
  }

  /**
   * The Renyi divergence of order {@code alpha} of one question whether the largest count exceeds a threshold, with noise
   * of {@code sigma}: alpha / (2 sigma^2), since one teacher moves the largest count by 1. Not private.
   */
  public static double thresholdRenyi(double alpha, double sigma) {
    checkOrder(alpha);
    Checks.positive("sigma", sigma);
    return alpha / (2 * sigma * sigma);
  }

  /**
   * Epsilon at {@code delta} of a Renyi divergence at one order (Canonne, Kamath, Steinke 2020, Proposition 12), at least
   * 0. As private as the divergence is.
   *
   * @param delta in (0, 1)
   */
  public static double epsilon(double alpha, double renyi, double delta) {
    checkOrder(alpha);
    Checks.notNegative("renyi", renyi);
    Checks.probability("delta", delta);
    return RenyiConversion.epsilon(order -> renyi, List.of(alpha), delta);
  }

  private static void checkOrder(double alpha) {
    if (!(alpha > 1) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha must be > 1 and finite: " + alpha);
    }
  }
}
