package dev.retort.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.merkle.Digest;
import java.math.BigInteger;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscreteGaussianTest {

  private static final int SAMPLES = 1_000_000;

  /** False alarms: fewer than 1e-9 a run over the three sizes. */
  private static final double ALARM = 3e-10;

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 37})
  void sample_manyDraws_followTheExactProbabilities(int sigma) {
    Counts counts = Counts.draw(sigma);
    assertThat(ChiSquare.pValue(counts.observed, counts.expected(sigma))).isGreaterThan(ALARM);
  }

  /**
   * The power of the test above: draws are recognised as not coming from a sigma 2 % larger. The statistic then has a
   * non-centrality of about 2 * 0.02^2 * 1e6 = 800, so missing it has probability below 1e-9 for all three sizes.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 37})
  void sample_manyDraws_doNotFollowASigmaTwoPercentLarger(int sigma) {
    Counts counts = Counts.draw(sigma);
    assertThat(ChiSquare.pValue(counts.observed, counts.expected(sigma * 1.02))).isLessThan(ALARM);
  }

  @Test
  void sample_largestSigma_hasItsVariance() {
    int sigma = DiscreteGaussian.SIGMA_LIMIT - 1;
    AesCtrRandom random = AesCtrRandom.fromOperatingSystem();
    DiscreteGaussian noise = new DiscreteGaussian(sigma);
    double sum = 0;
    for (int i = 0; i < 200_000; i++) {
      double z = (double) noise.sample(random) / sigma;
      sum += z * z;
    }
    // The mean of z^2 has standard deviation sqrt(2 / 200,000) = 0.0032; 7 of them: false alarm
    // below 1e-11.
    assertThat(sum / 200_000).isCloseTo(1, within(0.0222));
  }

  /**
   * Any platform and any Java version derives the same noise from the same key and charge. The vector was computed apart
   * from this code, with openssl's AES and exact fractions.
   */
  @Test
  void sample_fixedKeyAndCharge_givesTheKnownVector() {
    byte[] key = new byte[NoiseKey.BYTES];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    AesCtrRandom random = AesCtrRandom.forRelease(new NoiseKey(key), 7, Digest.of(new byte[0]));
    int[] noise = new int[12];
    new DiscreteGaussian(40).addTo(noise, random);
    assertThat(noise).containsExactly(KNOWN_NOISE);
  }

  private static final int[] KNOWN_NOISE = {-28, 69, -13, -3, -100, 47, -1, 14, -23, -44, -11, 37};

  @Property
  void bernoulli_anyWords_comparesExactly(
      @ForAll @LongRange(min = 1, max = (1L << 62) - 1) long denominator,
      @ForAll @LongRange(min = 0) long numeratorSeed,
      @ForAll long first,
      @ForAll long second) {
    long numerator = numeratorSeed % (denominator + 1);
    assertThat(DiscreteGaussian.bernoulli(
            new UnsafeScriptedRandom(first, second, 0, 0), numerator, denominator))
        .isEqualTo(isBelow(numerator, denominator, first, second));
  }

  /** Words that straddle the fraction are decided by the next one. */
  @Property
  void bernoulli_wordsAtTheFraction_comparesExactly(
      @ForAll @LongRange(min = 1, max = (1L << 62) - 1) long denominator,
      @ForAll @LongRange(min = 1) long numeratorSeed,
      @ForAll @LongRange(min = -1, max = 1) long offset,
      @ForAll long second) {
    long numerator = 1 + numeratorSeed % denominator;
    BigInteger atFraction =
        BigInteger.valueOf(numerator).shiftLeft(64).divide(BigInteger.valueOf(denominator));
    long first = atFraction.longValue() + offset;
    assertThat(DiscreteGaussian.bernoulli(
            new UnsafeScriptedRandom(first, second, 0, 0), numerator, denominator))
        .isEqualTo(isBelow(numerator, denominator, first, second));
  }

  @Test
  void bernoulli_certainty_isCertain() {
    assertThat(DiscreteGaussian.bernoulli(new UnsafeScriptedRandom(-1L, -1L, 0), 5, 5))
        .isTrue();
    assertThat(DiscreteGaussian.bernoulli(new UnsafeScriptedRandom(0L), 0, 5)).isFalse();
  }

  @Property
  void below_anyWord_isInRange(
      @ForAll @LongRange(min = 1, max = 1L << 24) long bound, @ForAll long word) {
    assertThat(DiscreteGaussian.below(new UnsafeScriptedRandom(word, 1L << 40), bound))
        .isBetween(0L, bound - 1);
  }

  @Test
  void addTo_sumOutsideAnInt_throwsAndNeverWraps() {
    int[] values = new int[200];
    Arrays.fill(values, Integer.MAX_VALUE);
    // All 200 draws being negative or zero has probability below 2^-190.
    assertThatThrownBy(
            () -> new DiscreteGaussian(1000).addTo(values, AesCtrRandom.fromOperatingSystem()))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void sample_endlessRejections_throwInsteadOfWrapping() {
    // Every word 0 makes each Bernoulli(1 / k) succeed, so that the geometric count and its
    // denominators run away.
    assertThatThrownBy(() -> DiscreteGaussian.bernoulliExp(() -> 0L, 1L << 60, 1L << 60))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void discreteGaussian_sigmaOutOfRange_isRefusedByName() {
    assertThatThrownBy(() -> new DiscreteGaussian(0))
        .hasMessage("sigma must be in [1, 16777216): 0");
    assertThatThrownBy(() -> new DiscreteGaussian(1 << 24))
        .hasMessage("sigma must be in [1, 16777216): 16777216");
  }

  // Whether the real number 0.(first)(second)000... in base 2^64 is below numerator / denominator.
  private static boolean isBelow(long numerator, long denominator, long first, long second) {
    BigInteger real = new BigInteger(Long.toUnsignedString(first))
        .shiftLeft(64)
        .add(new BigInteger(Long.toUnsignedString(second)));
    return real.multiply(BigInteger.valueOf(denominator))
            .compareTo(BigInteger.valueOf(numerator).shiftLeft(128))
        < 0;
  }

  /** Draws by value, the tails (expected below 10 each) joined into the outermost bins. */
  private static final class Counts {

    private final long[] observed;
    private final int reach;

    Counts(long[] observed, int reach) {
      this.observed = observed;
      this.reach = reach;
    }

    static Counts draw(int sigma) {
      int reach = reach(sigma);
      long[] observed = new long[2 * reach + 1];
      DiscreteGaussian noise = new DiscreteGaussian(sigma);
      AesCtrRandom random = AesCtrRandom.fromOperatingSystem();
      for (int i = 0; i < SAMPLES; i++) {
        long value = Math.max(-reach, Math.min(reach, noise.sample(random)));
        observed[(int) value + reach]++;
      }
      return new Counts(observed, reach);
    }

    double[] expected(double sigma) {
      double total = 0;
      double[] expected = new double[2 * reach + 1];
      int far = (int) Math.ceil(40 * sigma);
      for (int x = -far; x <= far; x++) {
        double weight = Math.exp(-x * (double) x / (2 * sigma * sigma));
        total += weight;
        expected[Math.max(-reach, Math.min(reach, x)) + reach] += weight;
      }
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= SAMPLES / total;
      }
      return expected;
    }

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
