package dev.retort.bench;

import dev.retort.noise.AesCtrRandom;
import dev.retort.noise.DiscreteGaussian;
import java.util.Arrays;

/** Samples of the exact discrete Gaussian a second on one thread, by sigma, from the generator that releases use. */
public final class SamplerThroughput {

  private static final int SAMPLES = 2_000_000;
  private static final int ROUNDS = 7;

  private SamplerThroughput() {}

  /** Prints one line a sigma: the median of the rounds after a first one, and their range. */
  public static void main(String[] args) {
    AesCtrRandom random = AesCtrRandom.fromOperatingSystem();
    for (int sigma : new int[] {4, 37, 1000, 1 << 20}) {
      DiscreteGaussian noise = new DiscreteGaussian(sigma);
      double[] rates = new double[ROUNDS];
      long check = 0;
      for (int round = -1; round < ROUNDS; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < SAMPLES; i++) {
          check += noise.sample(random);
        }
        if (round >= 0) {
          rates[round] = 1e3 * SAMPLES / (System.nanoTime() - start);
        }
      }
      Arrays.sort(rates);
      System.out.printf(
          "sigma %7d: %.2f million samples a second (%.2f to %.2f); mean %.3f sigma%n",
          sigma,
          rates[ROUNDS / 2],
          rates[0],
          rates[ROUNDS - 1],
          (double) check / SAMPLES / (ROUNDS + 1) / sigma);
    }
  }
}
