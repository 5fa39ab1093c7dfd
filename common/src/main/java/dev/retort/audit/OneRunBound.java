package dev.retort.audit;

import org.apache.commons.numbers.gamma.LogBeta;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * The lower bound on epsilon that guesses about many canaries in one single run prove (Steinke, Nasr, Jagielski, "Privacy
 * Auditing with One (1) Training Run", 2023, Appendix D), with the term 2 m delta alpha that delta costs.
 *
 * @param canaries m: how many records were in or out by independent fair coins, at least 1
 * @param guesses r: how many coins were guessed, fixed before the answer was seen, in [1, canaries]
 * @param correct v: how many guesses were right, in [0, guesses]
 */
public record OneRunBound(int canaries, int guesses, int correct) {

  private static final double RELATIVE_WIDTH = 1e-12;

  public OneRunBound {
    if (guesses < 1 || guesses > canaries) {
      throw new IllegalArgumentException("guesses must be in [1, " + canaries + "]: " + guesses);
    }
    if (correct < 0 || correct > guesses) {
      throw new IllegalArgumentException("correct must be in [0, " + guesses + "]: " + correct);
    }
  }

  /**
   * An epsilon that every (epsilon, delta)-DP mechanism exceeds, or else so many right guesses had probability at most
   * 1 - confidence. At least 0, rounded down.
   *
   * @param delta in [0, 1)
   * @param confidence in (0, 1)
   */
  public double epsilon(double delta, double confidence) {
    if (!(delta >= 0) || !(delta < 1)) {
      throw new IllegalArgumentException("delta must be in [0, 1): " + delta);
    }
    if (!(confidence > 0) || !(confidence < 1)) {
      throw new IllegalArgumentException("confidence must be in (0, 1): " + confidence);
    }
    double failure = 1 - confidence;
    if (pValue(0, delta) >= failure) {
      return 0;
    }
    double low = 0;
    double high = 1;
    while (pValue(high, delta) < failure) {
      low = high;
      high *= 2;
    }
    while (high - low > RELATIVE_WIDTH * high) {
      double middle = low + (high - low) / 2;
      if (pValue(middle, delta) < failure) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** A bound on the probability of at least {@code correct} right guesses under (epsilon, delta)-DP. */
  double pValue(double epsilon, double delta) {
    double right = 1 / (1 + Math.exp(-epsilon));
    double beta = correct == 0 ? 1 : RegularizedBeta.value(right, correct, guesses - correct + 1.0);
    double alpha = delta == 0 ? 0 : alpha(epsilon);
    return Math.min(1, beta + 2.0 * canaries * delta * alpha);
  }

  // alpha = max over i in [1, v] of P[v > Bin(r, q) >= v - i] / i. Each probability is kept as a
  // logarithm, since those beside v can lie below the smallest double while those that decide do
  // not.
  private double alpha(double epsilon) {
    double logWrong = -epsilon - Math.log1p(Math.exp(-epsilon));
    double logOdds = epsilon;
    double log = logMass(correct, logWrong + logOdds, logWrong);
    double sum = 0;
    double largest = 0;
    for (int i = 1; i <= correct; i++) {
      int k = correct - i;
      log += Math.log((k + 1.0) / (guesses - k)) - logOdds;
      sum += Math.exp(log);
      largest = Math.max(largest, sum / i);
    }
    return largest;
  }

  // ln of C(r, k) q^k (1 - q)^(r - k).
  private double logMass(int k, double logRight, double logWrong) {
    double logChoose = -Math.log1p(guesses) - LogBeta.value(k + 1.0, guesses - k + 1.0);
    return logChoose + k * logRight + (guesses - k) * logWrong;
  }
}
