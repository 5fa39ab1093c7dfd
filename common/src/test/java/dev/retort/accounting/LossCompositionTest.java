package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.LossComposition.Part;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LossCompositionTest {

  // The loss of whatever is just epsilon-DP: one of two.
  private static LossCells twoPoints(double epsilon, double infinite) {
    return new LossCells(
        0,
        epsilon,
        new long[] {-1, 1},
        new double[] {
          (1 - infinite) / (1 + Math.exp(epsilon)), (1 - infinite) / (1 + Math.exp(-epsilon))
        },
        infinite);
  }

  // The sum over i of C(k, i) p^i (1-p)^(k-i) (1 - e^(x - (2i - k) epsilon))+, all terms positive.
  private static double binomialDelta(double epsilon, int count, double at) {
    double p = 1 / (1 + Math.exp(-epsilon));
    double sum = 0;
    BigInteger choose = BigInteger.ONE;
    for (int i = 0; i <= count; i++) {
      double loss = (2 * i - count) * epsilon;
      if (loss > at) {
        double log = Math.log(new BigDecimal(choose).doubleValue())
            + i * Math.log(p)
            + (count - i) * (Math.log(p) - epsilon);
        sum += Math.exp(log) * -Math.expm1(at - loss);
      }
      choose = choose.multiply(BigInteger.valueOf(count - i)).divide(BigInteger.valueOf(i + 1));
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 100, 0", "0.1, 100, 1", "0.1, 100, 4.77", "0.1, 100, 9.5", "0.5, 20, 3.3",
    "0.5, 20, 9.2", "2, 50, 99", "1, 1, 0.5", "0.05, 400, 12", "0.01, 1000, 9.9"
  })
  void delta_twoLosses_isTheBinomialSum(double epsilon, int count, double at) {
    double exact = binomialDelta(epsilon, count, at);
    assertThat(new LossComposition(List.of(new Part(twoPoints(epsilon, 0), count))).delta(at))
        .isGreaterThanOrEqualTo(exact * (1 - 1e-12))
        .isLessThan(exact * (1 + 1e-7));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 100, 1e-6", "0.1, 100, 0.3", "0.5, 20, 1e-6", "0.05, 400, 1e-50"})
  void epsilon_twoLosses_isWhereTheBinomialSumIsDelta(double epsilon, int count, double delta) {
    double bound =
        new LossComposition(List.of(new Part(twoPoints(epsilon, 0), count))).epsilon(delta);
    assertThat(binomialDelta(epsilon, count, bound)).isLessThanOrEqualTo(delta * (1 + 1e-12));
    assertThat(binomialDelta(epsilon, count, bound * (1 - 1e-8))).isGreaterThan(delta);
  }

  @Test
  void epsilon_severalParts_isThatOfAllTogether() {
    // Two times 0.2 on the lattice of 0.1 is as good as its own.
    LossCells wide = new LossCells(
        0,
        0.1,
        new long[] {-2, 2},
        new double[] {1 / (1 + Math.exp(0.2)), 1 / (1 + Math.exp(-0.2))},
        0);
    LossComposition both = new LossComposition(List.of(new Part(wide, 20), new Part(wide, 30)));
    LossComposition one = new LossComposition(List.of(new Part(twoPoints(0.2, 0), 50)));
    assertThat(both.epsilon(1e-7)).isCloseTo(one.epsilon(1e-7), within(1e-7));
    LossComposition mixed =
        new LossComposition(List.of(new Part(twoPoints(0.1, 0), 40), new Part(wide, 20)));
    assertThat(mixed.epsilon(1e-7))
        .isGreaterThan(new LossComposition(List.of(new Part(wide, 20))).epsilon(1e-7))
        .isLessThan(new LossComposition(List.of(new Part(wide, 60))).epsilon(1e-7));
  }

  @Test
  void delta_infiniteLoss_isPartOfIt() {
    LossComposition composed = new LossComposition(List.of(new Part(twoPoints(0.1, 1e-4), 10)));
    double finite = binomialDelta(0.1, 10, 0.5) * Math.pow(1 - 1e-4, 10);
    assertThat(composed.delta(0.5)).isBetween(finite + 1e-3 * (1 - 1e-3), finite + 1e-3 + 1e-9);
  }

  @Test
  void epsilon_deltaBelowTheMassOfInfiniteLoss_isInfinite() {
    LossComposition composed = new LossComposition(List.of(new Part(twoPoints(0.1, 1e-4), 10)));
    assertThat(composed.epsilon(1e-3)).isInfinite();
    assertThat(composed.epsilon(1.1e-3)).isFinite().isLessThanOrEqualTo(1);
  }

  @Test
  void epsilon_largeDelta_isZero() {
    assertThat(new LossComposition(List.of(new Part(twoPoints(0.01, 0), 2))).epsilon(0.3))
        .isZero();
  }

  @Test
  void epsilon_offsetLosses_moveIt() {
    LossCells cells = twoPoints(0.5, 0);
    LossCells moved = new LossCells(
        0.125, 0.5, new long[] {-1, 1}, new double[] {cells.mass(0), cells.mass(1)}, 0);
    assertThat(new LossComposition(List.of(new Part(moved, 8))).epsilon(1e-5))
        .isCloseTo(
            new LossComposition(List.of(new Part(cells, 8))).epsilon(1e-5) + 1, within(1e-6));
  }

  /**
   * A Gaussian loss on a lattice, composed by FFT, against the closed form: the rounding of a transform is 1e-16 of its
   * largest term, and yet a delta of 1e-30 is not drowned in it, and never comes out too small.
   */
  @ParameterizedTest
  @CsvSource({
    "0.1, 100, 1e-2", "0.1, 100, 1e-5", "0.1, 100, 1e-12", "0.1, 100, 1e-16", "0.1, 100, 1e-20",
    "0.1, 100, 1e-30", "0.1, 100, 1e-60", "0.1, 100, 1e-150", "0.5, 4, 1e-30", "0.02, 10000, 1e-30"
  })
  void epsilon_gaussianOnALattice_isNeverBelowTheExactCurve(double mu, long count, double delta) {
    LossCells cells = LossGrid.of(new LossLaws.Gaussian(mu), mu / 64, 1.0 / 64, LossLaws.REACH);
    double exact = GaussianDp.epsilon(mu * Math.sqrt((double) count), delta);
    assertThat(new LossComposition(List.of(new Part(cells, count))).epsilon(delta))
        .isGreaterThanOrEqualTo(exact * (1 - 1e-12))
        .isLessThan(exact * (1 + 1e-3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 3, 6, 10, 14})
  void delta_gaussianOnALattice_isNeverBelowTheExactCurve(double epsilon) {
    LossCells cells = LossGrid.of(new LossLaws.Gaussian(0.1), 0.1 / 64, 1.0 / 64, LossLaws.REACH);
    double exact = GaussianDp.delta(1, epsilon);
    assertThat(new LossComposition(List.of(new Part(cells, 100))).delta(epsilon))
        .isGreaterThanOrEqualTo(exact * (1 - 1e-12))
        .isLessThan(exact * (1 + 1e-3 * (1 + epsilon * epsilon)));
  }

  @Test
  void transformLength_ofMoreEvents_growsLikeTheRootOfTheirNumber() {
    LossCells cells = LossGrid.of(new LossLaws.Gaussian(0.1), 0.1 / 64, 1.0 / 64, LossLaws.REACH);
    double hundred =
        new LossComposition(List.of(new Part(cells, 100))).transformLengthForEpsilon(1e-6);
    double million =
        new LossComposition(List.of(new Part(cells, 1_000_000))).transformLengthForEpsilon(1e-6);
    // Powers of two, of some 20 deviations of 64 bins each.
    assertThat(hundred).isEqualTo(16384);
    assertThat(million).isBetween(hundred * 64, hundred * 256);
    assertThat(new LossComposition(List.of(new Part(cells, 100))).transformLengthForDelta(4.9))
        .isEqualTo(hundred);
  }
}
