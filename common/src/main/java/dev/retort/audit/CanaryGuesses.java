package dev.retort.audit;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Guesses which canaries were in a site's records, from one released answer and the knowledge of what each teacher says
 * with its canary and without it: all but the coins, as differential privacy lets an attacker know.
 *
 * <p>A canary's score is the posterior mean of its coin under Gaussian noise, with the coins taken as Gaussian of the
 * same mean and variance: a matched filter over the whole output from which what other canaries explain is taken out.
 */
public final class CanaryGuesses {

  /** The variance of a fair coin. */
  private static final double COIN_VARIANCE = 0.25;

  private final double[] scores;

  private CanaryGuesses(double[] scores) {
    this.scores = scores;
  }

  /**
   * Scores each canary.
   *
   * @param output the released entries
   * @param without each teacher's labels without its canary, in the entries' order
   * @param with each teacher's labels with it
   * @param sigma the noise's standard deviation, above 0
   */
  public static CanaryGuesses from(int[] output, int[][] without, int[][] with, double sigma) {
    int canaries = without.length;
    double[] residual = new double[output.length];
    for (int i = 0; i < output.length; i++) {
      residual[i] = output[i];
      for (int t = 0; t < canaries; t++) {
        residual[i] -= ((double) without[t][i] + with[t][i]) / 2;
      }
    }
    double[][] effects = new double[canaries][output.length];
    double[] filtered = new double[canaries];
    for (int t = 0; t < canaries; t++) {
      for (int i = 0; i < output.length; i++) {
        effects[t][i] = with[t][i] - without[t][i];
      }
      filtered[t] = dot(effects[t], residual);
    }
    double[][] normal = new double[canaries][canaries];
    for (int t = 0; t < canaries; t++) {
      for (int u = 0; u <= t; u++) {
        normal[t][u] = dot(effects[t], effects[u]);
      }
      normal[t][t] += sigma * sigma / COIN_VARIANCE;
    }
    Cholesky.solve(normal, filtered);
    return new CanaryGuesses(filtered);
  }

  /**
   * How many of {@code guesses} guesses are right: the upper half of them say "in" of the highest scores, the others
   * "out" of the lowest.
   *
   * @param in the coins
   * @param guesses how many to make, even, fixed before the answer was seen
   */
  public int correct(List<Boolean> in, int guesses) {
    if (in.size() != scores.length) {
      throw new IllegalArgumentException("coins must be one a canary: " + in.size());
    }
    if (guesses < 2 || guesses > scores.length || guesses % 2 != 0) {
      throw new IllegalArgumentException(
          "guesses must be even and in [2, " + scores.length + "]: " + guesses);
    }
    List<Integer> rising = IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(t -> scores[t]))
        .toList();
    int correct = 0;
    for (int k = 0; k < guesses / 2; k++) {
      correct += in.get(rising.get(k)) ? 0 : 1;
      correct += in.get(rising.get(scores.length - 1 - k)) ? 1 : 0;
    }
    return correct;
  }

  /** The scores, one a canary, as a fresh array. */
  public double[] scores() {
    return scores.clone();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
