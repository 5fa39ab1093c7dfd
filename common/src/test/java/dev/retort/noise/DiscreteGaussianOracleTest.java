package dev.retort.noise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.merkle.Digest;
import java.math.BigInteger;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The 64-bit sampler and its parts against exact rationals of any size, word for word. */
class DiscreteGaussianOracleTest {

  private static final NoiseKey KEY = new NoiseKey(new byte[NoiseKey.BYTES]);

  @Property(tries = 300)
  void sample_anySigmaAndStream_isTheExactSamplers(
      @ForAll @IntRange(min = 1, max = DiscreteGaussian.SIGMA_LIMIT - 1) int sigma,
      @ForAll @LongRange(min = 0) long seq) {
    RandomSource words = stream(seq);
    ExactGaussian exact = new ExactGaussian(stream(seq));
    DiscreteGaussian noise = new DiscreteGaussian(sigma);
    for (int i = 0; i < 20; i++) {
      assertThat(BigInteger.valueOf(noise.sample(words)))
          .isEqualTo(exact.sample(BigInteger.valueOf(sigma)));
    }
  }

  @Property(tries = 2000)
  void bernoulliExp_anyFraction_isTheExactOne(
      @ForAll @LongRange(min = 1, max = 1L << 49) long denominator,
      @ForAll @LongRange(min = 0) long numeratorSeed,
      @ForAll @LongRange(min = 0) long seq) {
    // Up to exp(-8); beyond it is false nearly always.
    long numerator = numeratorSeed % (8 * denominator + 1);
    assertThat(DiscreteGaussian.bernoulliExp(stream(seq), numerator, denominator))
        .isEqualTo(new ExactGaussian(stream(seq))
            .exp(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator)));
  }

  @Property(tries = 2000)
  void below_anyBoundAndWords_isTheExactOne(
      @ForAll @LongRange(min = 1) long bound, @ForAll long first, @ForAll long second) {
    // A word that is drawn again needs another; the third is taken by every bound up to 2^63 - 1.
    long[] words = {first, second, -1L, 1L << 40, 1L << 62};
    UnsafeScriptedRandom read = new UnsafeScriptedRandom(words);
    UnsafeScriptedRandom exact = new UnsafeScriptedRandom(words);
    assertThat(BigInteger.valueOf(DiscreteGaussian.below(read, bound)))
        .isEqualTo(new ExactGaussian(exact).uniform(BigInteger.valueOf(bound)));
    assertThat(read.used()).isEqualTo(exact.used());
  }

  /** Of all words of a small bound's edge, exactly those below 2^64 mod bound in their low half are drawn again. */
  @Property(tries = 500)
  void below_wordsAtTheEdge_areDrawnAgainExactlyAsOften(
      @ForAll @LongRange(min = 2, max = 1L << 24) long bound,
      @ForAll @IntRange(min = 0, max = 3) int multiple,
      @ForAll @LongRange(min = -2, max = 2) long offset) {
    BigInteger edge = BigInteger.ONE
        .shiftLeft(64)
        .multiply(BigInteger.valueOf(multiple % bound))
        .divide(BigInteger.valueOf(bound));
    long[] words = {edge.longValue() + offset, 1L << 40, 1L << 41};
    UnsafeScriptedRandom read = new UnsafeScriptedRandom(words);
    UnsafeScriptedRandom exact = new UnsafeScriptedRandom(words);
    assertThat(BigInteger.valueOf(DiscreteGaussian.below(read, bound)))
        .isEqualTo(new ExactGaussian(exact).uniform(BigInteger.valueOf(bound)));
    assertThat(read.used()).isEqualTo(exact.used());
  }

  private static RandomSource stream(long seq) {
    byte[] query = new byte[4];
    Arrays.fill(query, (byte) 9);
    return AesCtrRandom.forRelease(KEY, seq, Digest.of(query));
  }
}
