package dev.retort.noise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Draws against the exact probabilities, by Pearson's chi-square. -Dretort.samples sets how many draws a sigma; nightly
 * runs take 20 million.
 */
class DiscreteGaussianLawTest {

  private static final int SAMPLES = Integer.getInteger("retort.samples", 1_000_000);

  /** False alarms: at most 4 * 2.5e-10 = 1e-9 a run over the four sizes. */
  private static final double ALARM = 2.5e-10;

  /**
   * How much larger a sigma must be recognised as wrong. A sigma larger by d adds about 2 d^2 SAMPLES to the statistic,
   * here 800 of 1 million draws and 4,000 of 20 million; there are at most 111 bins, so that an alarm needs about 220 and
   * a statistic of mean 900 has a standard deviation of 60: it falls short in one run of 10^20.
   */
  private static final double FACTOR = SAMPLES >= 20_000_000 ? 1.01 : 1.02;

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 37, 1000})
  void sample_manyDraws_followTheExactProbabilitiesAndNoOther(int sigma) {
    DrawCounts counts = DrawCounts.draw(sigma);
    double accepted = ChiSquare.pValue(counts.observed, counts.expected(sigma));
    double rejected = ChiSquare.pValue(counts.observed, counts.expected(sigma * FACTOR));
    System.out.printf(
        "sigma %d: %d draws in %d bins, p = %.3g; against sigma * %.2f, p = %.3g%n",
        sigma, SAMPLES, counts.observed.length, accepted, FACTOR, rejected);
    assertThat(accepted).isGreaterThan(ALARM);
    assertThat(rejected).isLessThan(ALARM);
  }

  /** Draws by value in bins of equal width, the tails joined into the outermost ones. */
  private static final class DrawCounts {

    private final long[] observed;
    private final int width;
    private final int reach;

    private DrawCounts(int width, int reach) {
      this.observed = new long[2 * reach + 1];
      this.width = width;
      this.reach = reach;
    }

    static DrawCounts draw(int sigma) {
      // Bins much narrower than sigma lose no power, and keep their number, and so the threshold,
      // small.
      int width = Math.max(1, sigma / 10);
      DrawCounts counts = new DrawCounts(width, reach(sigma) / width);
      DiscreteGaussian noise = new DiscreteGaussian(sigma);
      AesCtrRandom random = AesCtrRandom.fromOperatingSystem();
      for (int i = 0; i < SAMPLES; i++) {
        counts.observed[counts.bin(noise.sample(random))]++;
      }
      return counts;
    }

    double[] expected(double sigma) {
      double total = 0;
      double[] expected = new double[observed.length];
      int far = (int) Math.ceil(40 * sigma);
      for (int x = -far; x <= far; x++) {
        double weight = Math.exp(-x * (double) x / (2 * sigma * sigma));
        total += weight;
        expected[bin(x)] += weight;
      }
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= SAMPLES / total;
      }
      return expected;
    }

    private int bin(long value) {
      long bin = Math.floorDiv(value, width);
      return (int) Math.max(-reach, Math.min(reach, bin)) + reach;
    }

    /** The largest value expected about ten times or more. */
    private static int reach(int sigma) {
      int reach = 0;
      while (SAMPLES
              * Math.exp(-(reach + 1.0) * (reach + 1.0) / (2.0 * sigma * sigma))
              / (2.5066 * sigma)
          > 10) {
        reach++;
      }
      return reach;
    }
  }
}
