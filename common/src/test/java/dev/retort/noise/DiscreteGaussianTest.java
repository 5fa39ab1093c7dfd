package dev.retort.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.merkle.Digest;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscreteGaussianTest {

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
   * Any platform and any Java version derives the same noise from the same key and charge. The vectors were computed
   * apart from this code, in Python, with openssl's AES and exact fractions: the first twelve of 5,000 samples, and the
   * SHA-256 of all of them as big-endian 32-bit integers.
   */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      1        | -1 1 -1 0 1 0 1 1 0 -1 1 -1               | 13d21321ceb78e8b30d6a46b46d53dadeeac8f352420ef5ebc8e2d797083dfe8
      4        | 2 -2 -7 -3 -10 7 -4 7 -2 -4 -1 3          | 0146a73992bd946afa4d98e7dce10f3743ed28d6834f343fe3dd7baa091196db
      37       | -26 64 -12 -3 -92 43 -1 13 -21 -40 -10 34 | 3b2789b0cad7cf60a2c34d27424fc0e33afb78bdf793dc5aab146d17201e4f6b
      40       | -28 69 -13 -3 -100 47 -1 14 -23 -44 -11 37 | 670258eb1b23326b3228448c43ca526cfe99d1cc491d34e791da320b29f58982
      1000     | -704 1736 -330 -85 -2510 1181 -31 352 -583 -1104 -285 937 | c14dbf645f1fe1b9627b0fb871f7cf8c391bc0fe97e632c0cd6ea739a7c97093
      16777215 | -11824925 29131767 -5538969 -1442349 -42112801 19830603 -532128 5919635 -9786556 -18527115 -4783844 20043894 | f4b243cf232c623d4136470aec67f0c6b75b2ddc43ef2110c4edb50e273b35eb
      """)
  void sample_fixedKeyAndCharge_givesTheKnownVector(int sigma, String first, String sha256) {
    byte[] key = new byte[NoiseKey.BYTES];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    AesCtrRandom random = AesCtrRandom.forRelease(new NoiseKey(key), 7, Digest.of(new byte[0]));
    int[] noise = new int[5000];
    new DiscreteGaussian(sigma).addTo(noise, random);
    int[] expected = Arrays.stream(first.split(" ")).mapToInt(Integer::parseInt).toArray();
    assertThat(Arrays.copyOf(noise, 12)).containsExactly(expected);
    ByteBuffer packed = ByteBuffer.allocate(noise.length * Integer.BYTES);
    packed.asIntBuffer().put(noise);
    assertThat(Digest.of(packed.array()).hex()).isEqualTo(sha256);
  }

  @Property
  void bernoulli_anyWords_comparesExactly(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long denominator,
      @ForAll @LongRange(min = 0) long numeratorSeed,
      @ForAll long first,
      @ForAll long second) {
    long numerator =
        denominator == Long.MAX_VALUE ? numeratorSeed : numeratorSeed % (denominator + 1);
    assertThat(DiscreteGaussian.bernoulli(
            new UnsafeScriptedRandom(first, second, 0, 0), numerator, denominator))
        .isEqualTo(isBelow(numerator, denominator, first, second));
  }

  /** Words that straddle the fraction are decided by the next one. */
  @Property
  void bernoulli_wordsAtTheFraction_comparesExactly(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long denominator,
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

  /** A word whose interval ends exactly at the fraction decides; no second one is there to be read. */
  @Test
  void bernoulli_intervalThatEndsAtTheFraction_isBelowIt() {
    assertThat(DiscreteGaussian.bernoulli(new UnsafeScriptedRandom((1L << 62) - 1), 1, 4))
        .isTrue();
    assertThat(DiscreteGaussian.bernoulli(new UnsafeScriptedRandom(1L << 62), 1, 4))
        .isFalse();
  }

  /** 2^64 mod 3 = 1: of the words whose product with 3 has low half 0, 1 and 2, only the first is drawn again. */
  @Test
  void below_lowHalfAtTheThreshold_isTaken() {
    long third = 0xAAAAAAAAAAAAAAABL;
    assertThat(DiscreteGaussian.below(new UnsafeScriptedRandom(third), 3)).isEqualTo(2);
    assertThat(DiscreteGaussian.below(new UnsafeScriptedRandom(2 * third), 3)).isEqualTo(1);
    UnsafeScriptedRandom again = new UnsafeScriptedRandom(0, third);
    assertThat(DiscreteGaussian.below(again, 3)).isEqualTo(2);
    assertThat(again.used()).isEqualTo(2);
  }

  /** The eighth word is the sign: its top bit alone says minus. */
  @Test
  void sample_signWord_saysMinusByItsTopBit() {
    for (long sign : new long[] {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      UnsafeScriptedRandom words = new UnsafeScriptedRandom(5, 5, 5, 0, -1, 5, -1, sign, 5);
      assertThat(new DiscreteGaussian(1).sample(words)).isEqualTo(sign < 0 ? -1 : 1);
      assertThat(words.used()).isEqualTo(9);
    }
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
}
