package dev.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.privacy.Mechanism.DiscreteGaussianClippedSum;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.DiscreteGaussianMultiLabel;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Whatever a teacher answers, its quantised answer lies in the set on which its mechanism's sensitivity rests. */
class QuantisersTest {

  private static final float[] NOT_FINITE = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  @Property
  void multiLabel_anyTwoAnswers_areBitsWithinTheSensitivity(
      @ForAll @Size(12) float[] a, @ForAll @Size(12) float[] b) {
    int[] x = MultiLabel.fromScores(a, 0, 12, 0.5f);
    int[] y = MultiLabel.fromScores(b, 0, 12, 0.5f);
    assertThat(Arrays.stream(x)).allMatch(bit -> bit == 0 || bit == 1);
    assertThat(squaredDistance(x, y))
        .isLessThanOrEqualTo(new DiscreteGaussianMultiLabel(12, 1).l2Squared());
  }

  @Test
  void multiLabel_scores_areComparedWithTheThreshold() {
    assertThat(MultiLabel.fromScores(new float[] {9, 0.5f, 0.51f, -1, 3}, 1, 3, 0.5f))
        .containsExactly(0, 1, 0);
    assertThatThrownBy(() -> MultiLabel.fromScores(new float[1], 0, 1, Float.NaN))
        .hasMessage("threshold must be finite: NaN");
  }

  @Property(tries = 3000)
  void features_anyTwoVectors_keepTheNormAndTheSensitivityExactly(
      @ForAll("vectors") float[] a,
      @ForAll("vectors") float[] b,
      @ForAll @IntRange(min = 1, max = FixedPointFeatures.MAX_UNITS) int unitsPerOne,
      @ForAll @IntRange(min = 1, max = FixedPointFeatures.MAX_NORM) int norm) {
    int[] x = FixedPointFeatures.clip(a, 0, 8, unitsPerOne, norm);
    int[] y = FixedPointFeatures.clip(b, 0, 8, unitsPerOne, norm);
    assertThat(squaredDistance(x, new int[8])).isLessThanOrEqualTo((long) norm * norm);
    assertThat(squaredDistance(x, y))
        .isLessThanOrEqualTo(new DiscreteGaussianFeatures(8, norm, 1).l2Squared());
    assertThat(FixedPointFeatures.clip(a, 0, 8, unitsPerOne, norm)).isEqualTo(x);
  }

  @Test
  void features_shortVector_isRoundedTowardZero() {
    assertThat(FixedPointFeatures.clip(new float[] {7, 0.99f, -0.99f, 0.1f}, 1, 3, 10, 1000))
        .containsExactly(9, -9, 1);
  }

  @Test
  void features_longVector_isScaledToTheNorm() {
    assertThat(FixedPointFeatures.clip(new float[] {3e38f, 0, -0f}, 0, 3, 1 << 22, 1 << 22))
        .containsExactly(1 << 22, 0, 0);
    int[] clipped = FixedPointFeatures.clip(new float[] {3, -4}, 0, 2, 1000, 500);
    assertThat(clipped[0]).isBetween(299, 300);
    assertThat(clipped[1]).isBetween(-400, -399);
  }

  @Property
  void clippedValues_anyTwoAnswers_areInRangeAndWithinTheSensitivity(
      @ForAll("vectors") float[] a,
      @ForAll("vectors") float[] b,
      @ForAll @IntRange(min = -1000, max = 1000) int low,
      @ForAll @IntRange(min = 1, max = 5000) int range) {
    int[] x = ClippedValues.clip(a, 0, 8, 100, low, low + range);
    int[] y = ClippedValues.clip(b, 0, 8, 100, low, low + range);
    assertThat(Arrays.stream(x)).allMatch(value -> value >= low && value <= low + range);
    assertThat(squaredDistance(x, y))
        .isLessThanOrEqualTo(new DiscreteGaussianClippedSum(8, low, low + range, 1).l2Squared());
  }

  @Test
  void clippedValues_values_areScaledRoundedTowardZeroAndClipped() {
    assertThat(ClippedValues.clip(new float[] {8, 1.29f, -1.29f, 3e38f, -3e38f}, 1, 4, 10, -50, 70))
        .containsExactly(12, -12, 70, -50);
  }

  @Test
  void quantisers_notFinite_becomeThePublicAnswer() {
    for (float bad : NOT_FINITE) {
      float[] answer = {1, bad, 1};
      assertThat(MultiLabel.fromScores(answer, 0, 3, 0)).containsExactly(0, 0, 0);
      assertThat(FixedPointFeatures.clip(answer, 0, 3, 10, 100)).containsExactly(0, 0, 0);
      assertThat(ClippedValues.clip(answer, 0, 3, 10, 5, 100)).containsExactly(5, 5, 5);
      assertThat(ClippedValues.clip(answer, 0, 3, 10, -100, -5)).containsExactly(-5, -5, -5);
      assertThat(ClippedValues.clip(answer, 0, 3, 10, -5, 5)).containsExactly(0, 0, 0);
    }
  }

  @Test
  void quantisers_boundsOutOfRange_areRefusedByName() {
    assertThatThrownBy(() -> FixedPointFeatures.clip(new float[1], 0, 1, 0, 1))
        .hasMessageStartingWith("unitsPerOne and norm must be in");
    assertThatThrownBy(() -> ClippedValues.clip(new float[1], 0, 1, 0, 0, 1))
        .hasMessageStartingWith("unitsPerOne must be in");
    assertThatThrownBy(() -> ClippedValues.clip(new float[1], 0, 1, 1, 1, 1))
        .hasMessageStartingWith("low and high must be in");
  }

  /** Floats of every size, the strange ones among them; and vectors of equal entries, whose rounding errs most. */
  @Provide
  Arbitrary<float[]> vectors() {
    Arbitrary<Float> any = Arbitraries.oneOf(
        Arbitraries.floats(),
        Arbitraries.floats().between(-4, 4),
        Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -Float.MAX_VALUE, -0f));
    return Arbitraries.oneOf(
        any.array(float[].class).ofSize(8),
        Arbitraries.floats().between(-100, 100).array(float[].class).ofSize(8),
        Arbitraries.floats().map(entry -> {
          float[] equal = new float[8];
          Arrays.fill(equal, entry);
          return equal;
        }));
  }

  private static long squaredDistance(int[] x, int[] y) {
    long squares = 0;
    for (int i = 0; i < x.length; i++) {
      long difference = (long) x[i] - y[i];
      squares = Math.addExact(squares, difference * difference);
    }
    return squares;
  }
}
