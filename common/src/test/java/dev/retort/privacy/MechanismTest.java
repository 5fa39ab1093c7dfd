package dev.retort.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.privacy.Mechanism.DiscreteGaussianClippedSum;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Mechanism.DiscreteGaussianMultiLabel;
import dev.retort.privacy.Mechanism.SummedFeatures;
import dev.retort.privacy.Mechanism.SummedHistogram;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MechanismTest {

  @Test
  void sensitivity_ofEachMechanism_isTheClosedForm() {
    assertThat(new DiscreteGaussianHistogram(new LabelGrid(15), 10, 40).sensitivity())
        .isEqualTo(new Sensitivity(30, 450, 15));
    assertThat(new DiscreteGaussianMultiLabel(14, 40).sensitivity())
        .isEqualTo(new Sensitivity(14, 14, 1));
    // 2 B sqrt(d) = 20 sqrt(2) = 28.28.., rounded up.
    assertThat(new DiscreteGaussianFeatures(2, 10, 40).sensitivity())
        .isEqualTo(new Sensitivity(29, 400, 20));
    assertThat(new DiscreteGaussianFeatures(4, 10, 40).sensitivity())
        .isEqualTo(new Sensitivity(40, 400, 20));
    assertThat(new DiscreteGaussianClippedSum(3, -2, 5, 40).sensitivity())
        .isEqualTo(new Sensitivity(21, 147, 7));
    // A label of 2 * 3 = 6 units beside a hint: 12 + 28.28.., rounded up; 72 + 400; the larger of 6
    // and 20.
    assertThat(new DiscreteGaussianHints(new LabelGrid(2), 3, 10, 2, 10, 40).sensitivity())
        .isEqualTo(new Sensitivity(41, 472, 20));
    assertThat(new DiscreteGaussianHints(LabelGrid.VOTE, 30, 10, 2, 10, 40).sensitivity())
        .isEqualTo(new Sensitivity(89, 2200, 30));
  }

  @Test
  void sensitivity_ofTheLargestParameters_fitsALong() {
    assertThat(
            new DiscreteGaussianFeatures(Mechanism.MAX_WIDTH, Mechanism.MAX_BOUND, 1).sensitivity())
        .isEqualTo(new Sensitivity(1L << 31, 1L << 46, 1 << 23));
    assertThat(new DiscreteGaussianHints(
                LabelGrid.VOTE, LabelGrid.MAX_SIZE, 2, Mechanism.MAX_WIDTH, Mechanism.MAX_BOUND, 1)
            .sensitivity())
        .isEqualTo(
            new Sensitivity((1L << 31) + 2 * 65_535, (1L << 46) + 2L * 65_535 * 65_535, 1 << 23));
    assertThat(new DiscreteGaussianClippedSum(
                Mechanism.MAX_WIDTH, -Mechanism.MAX_BOUND, Mechanism.MAX_BOUND, 1)
            .sensitivity())
        .isEqualTo(new Sensitivity(1L << 39, 1L << 62, 1 << 23));
  }

  @Test
  void sensitivity_ofAUnitInSeveralShards_growsByTheirCount() {
    DiscreteGaussianHistogram votes = new DiscreteGaussianHistogram(LabelGrid.VOTE, 10, 40);
    assertThat(votes.sensitivity(new PrivacyUnit("household", 4)))
        .isEqualTo(new Sensitivity(8, 32, 4));
    assertThat(votes.cost(new PrivacyUnit("household", 4), 1))
        .isEqualTo(new Zcdp(16 * 625_000_000L));
    assertThat(votes.cost(PrivacyUnit.institution(50), 3))
        .isEqualTo(new Zcdp(3 * 2500 * 625_000_000L));
  }

  @Test
  void sensitivity_beyondALong_throwsAndNeverWraps() {
    DiscreteGaussianClippedSum widest = new DiscreteGaussianClippedSum(
        Mechanism.MAX_WIDTH, -Mechanism.MAX_BOUND, Mechanism.MAX_BOUND, 1);
    PrivacyUnit two = new PrivacyUnit("household", 2);
    assertThatThrownBy(() -> widest.sensitivity(two)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Sensitivity(1, 1, 1L << 40).times(Integer.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
    // 8 * 2^60 is negative in a long that wraps.
    assertThatThrownBy(() -> new Sensitivity(1, 8, 1).times(1 << 30))
        .isInstanceOf(ArithmeticException.class);
    assertThat(widest.cost(two, Integer.MAX_VALUE)).isEqualTo(Zcdp.UNBOUNDED);
  }

  @Property
  void cost_anyMechanism_isTheExactQuotientRoundedUp(
      @ForAll("mechanisms") Mechanism mechanism,
      @ForAll @IntRange(min = 1, max = 100) int shards,
      @ForAll @IntRange(min = 1, max = 10_000) int queries) {
    Zcdp cost = mechanism.cost(new PrivacyUnit("unit", shards), queries);
    BigInteger exact = BigInteger.valueOf(mechanism.l2Squared())
        .multiply(BigInteger.valueOf((long) shards * shards))
        .multiply(BigInteger.valueOf(queries))
        .multiply(BigInteger.TEN.pow(12));
    BigInteger divisor = BigInteger.valueOf(2L * mechanism.sigma() * mechanism.sigma());
    BigInteger picoRho = BigInteger.valueOf(cost.picoRho());
    if (!cost.equals(Zcdp.UNBOUNDED)) {
      assertThat(picoRho.multiply(divisor)).isGreaterThanOrEqualTo(exact);
    }
    assertThat(picoRho.subtract(BigInteger.ONE).multiply(divisor)).isLessThan(exact);
  }

  @Property
  void cost_moreQueriesOrShardsOrLessNoise_isNoSmaller(
      @ForAll("mechanisms") Mechanism mechanism,
      @ForAll @IntRange(min = 1, max = 100) int shards,
      @ForAll @IntRange(min = 1, max = 1000) int queries) {
    PrivacyUnit unit = new PrivacyUnit("unit", shards);
    Zcdp cost = mechanism.cost(unit, queries);
    assertThat(mechanism.cost(unit, queries + 1)).isGreaterThanOrEqualTo(cost);
    assertThat(mechanism.cost(new PrivacyUnit("unit", shards + 1), queries))
        .isGreaterThanOrEqualTo(cost);
    if (mechanism.sigma() > 1) {
      assertThat(withSigma(mechanism, mechanism.sigma() - 1).cost(unit, queries))
          .isGreaterThanOrEqualTo(cost);
    }
  }

  /** Rounding up once a release never makes two releases cheaper than one. */
  @Property
  void cost_ofParts_isTheWholeOrOnePicoRhoMore(
      @ForAll("mechanisms") Mechanism mechanism,
      @ForAll @IntRange(min = 1, max = 1000) int some,
      @ForAll @IntRange(min = 1, max = 1000) int more) {
    Zcdp whole = mechanism.cost(some + more);
    if (!whole.equals(Zcdp.UNBOUNDED)) {
      long parts = mechanism.cost(some).plus(mechanism.cost(more)).picoRho();
      assertThat(parts).isBetween(whole.picoRho(), whole.picoRho() + 1);
    }
  }

  @Property
  void cost_thatDivides_isLinearInTheCount(
      @ForAll @IntRange(min = 1, max = 255) int size,
      @ForAll @IntRange(min = 2, max = 6) int power,
      @ForAll @IntRange(min = 1, max = 1000) int queries) {
    DiscreteGaussianHistogram mechanism =
        new DiscreteGaussianHistogram(new LabelGrid(size), 3, (int) Math.pow(10, power));
    assertThat(mechanism.cost(queries).picoRho())
        .isEqualTo(Math.multiplyExact(queries, mechanism.cost(1).picoRho()));
  }

  @Test
  void requireExact_sumsOfRows_pass() {
    assertThatCode(() -> {
          new DiscreteGaussianHistogram(new LabelGrid(2), 3, 1)
              .requireExact(5, new int[] {10, 0, 0, 3, 3, 4});
          new DiscreteGaussianMultiLabel(3, 1).requireExact(5, new int[] {5, 0, 1});
          new DiscreteGaussianFeatures(2, 5, 1).requireExact(2, new int[] {6, -8, 10, 0});
          new DiscreteGaussianClippedSum(1, -2, 3, 1).requireExact(5, new int[] {-10, 15});
          new DiscreteGaussianHints(new LabelGrid(2), 3, 2, 2, 5, 1)
              .requireExact(2, new int[] {12, 0, 6, -8, 3, 9, 0, -10});
        })
        .doesNotThrowAnyException();
  }

  @Test
  void requireExact_sumsThatCannotBe_throwAndShowNoValue() {
    DiscreteGaussianHistogram histogram = new DiscreteGaussianHistogram(new LabelGrid(2), 3, 1);
    DiscreteGaussianFeatures features = new DiscreteGaussianFeatures(2, 5, 1);
    DiscreteGaussianMultiLabel bits = new DiscreteGaussianMultiLabel(3, 1);
    DiscreteGaussianClippedSum sums = new DiscreteGaussianClippedSum(1, -2, 3, 1);
    assertRefused(histogram, 10, 0, 0, 3, 3, 77);
    assertRefused(histogram, -77, 80, 7);
    assertRefused(histogram, Integer.MAX_VALUE, Integer.MAX_VALUE, 12);
    assertRefused(bits, 0, 0, 77);
    assertRefused(bits, 0, -77, 0);
    assertRefused(features, 20, 77);
    assertRefused(features, Integer.MIN_VALUE, Integer.MIN_VALUE);
    DiscreteGaussianHints hints = new DiscreteGaussianHints(LabelGrid.VOTE, 11, 2, 2, 5, 1);
    assertRefused(hints, 55, 0, 20, 77);
    assertRefused(hints, 55, 11, 0, 0);
    assertRefused(hints, 77, -22, 0, 0);
    // Adds up, but no label counts less than its weight.
    assertRefused(hints, 33, 22, 0, 0, 21, 34, 0, 0);
    assertRefused(sums, 77);
    assertRefused(sums, -77);
  }

  @Test
  void mechanism_outOfRange_isRefusedByName() {
    assertThatThrownBy(() -> new DiscreteGaussianMultiLabel(0, 1))
        .hasMessage("labels must be in [1, 65536]: 0");
    assertThatThrownBy(() -> new DiscreteGaussianMultiLabel(1, 1 << 24))
        .hasMessage("sigma must be in [1, 16777216): 16777216");
    assertThatThrownBy(() -> new DiscreteGaussianFeatures(65_537, 1, 1))
        .hasMessage("dimensions must be in [1, 65536]: 65537");
    assertThatThrownBy(() -> new DiscreteGaussianFeatures(1, 0, 1))
        .hasMessage("norm must be in [1, 4194304]: 0");
    assertThatThrownBy(() -> new DiscreteGaussianClippedSum(1, 3, 3, 1))
        .hasMessageStartingWith("low and high must be in [-4194304, 4194304]");
    assertThatThrownBy(() -> new DiscreteGaussianHints(new LabelGrid(255), 258, 2, 1, 1, 1))
        .hasMessage("weight must be in [1, 257] for a grid of 255: 258");
    assertThatThrownBy(() -> new DiscreteGaussianHints(LabelGrid.VOTE, 1, 1, 1, 1, 1))
        .hasMessage("classes must be >= 2: 1");
    assertThatThrownBy(() -> new DiscreteGaussianHints(LabelGrid.VOTE, 1, 2, 0, 1, 1))
        .hasMessage("dimensions must be in [1, 65536]: 0");
    assertThatThrownBy(() -> new PrivacyUnit("a b", 1)).hasMessageStartingWith("privacy unit must");
    assertThatThrownBy(() -> new PrivacyUnit("a", 0)).hasMessageStartingWith("shards of a");
  }

  @Provide
  Arbitrary<Mechanism> mechanisms() {
    Arbitrary<Integer> sigmas = Arbitraries.integers().between(1, (1 << 24) - 1);
    Arbitrary<Integer> widths = Arbitraries.integers().between(1, Mechanism.MAX_WIDTH);
    Arbitrary<Integer> bounds = Arbitraries.integers().between(1, Mechanism.MAX_BOUND);
    Arbitrary<Integer> grids = Arbitraries.integers().between(1, LabelGrid.MAX_SIZE);
    return Arbitraries.oneOf(List.of(
        Combinators.combine(grids, sigmas)
            .as((size, sigma) -> new DiscreteGaussianHistogram(new LabelGrid(size), 4, sigma)),
        Combinators.combine(widths, sigmas).as(DiscreteGaussianMultiLabel::new),
        Combinators.combine(widths, bounds, sigmas).as(DiscreteGaussianFeatures::new),
        Combinators.combine(widths, bounds, sigmas)
            .as((width, bound, sigma) ->
                new DiscreteGaussianClippedSum(width, -bound, bound, sigma)),
        Combinators.combine(grids, widths, bounds, sigmas)
            .as((weight, width, bound, sigma) ->
                new DiscreteGaussianHints(LabelGrid.VOTE, weight, 4, width, bound, sigma))));
  }

  private static Mechanism withSigma(Mechanism mechanism, int sigma) {
    if (mechanism instanceof DiscreteGaussianHistogram m) {
      return new DiscreteGaussianHistogram(m.grid(), m.classes(), sigma);
    }
    if (mechanism instanceof DiscreteGaussianMultiLabel m) {
      return new DiscreteGaussianMultiLabel(m.labels(), sigma);
    }
    if (mechanism instanceof DiscreteGaussianFeatures m) {
      return new DiscreteGaussianFeatures(m.dimensions(), m.norm(), sigma);
    }
    if (mechanism instanceof DiscreteGaussianHints m) {
      return new DiscreteGaussianHints(
          m.grid(), m.weight(), m.classes(), m.dimensions(), m.norm(), sigma);
    }
    DiscreteGaussianClippedSum m = (DiscreteGaussianClippedSum) mechanism;
    return new DiscreteGaussianClippedSum(m.dimensions(), m.low(), m.high(), sigma);
  }

  private static void assertRefused(Mechanism mechanism, int... sums) {
    assertThatThrownBy(() -> mechanism.requireExact(5, sums))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must")
        .hasMessageNotContaining("77");
  }

  @Test
  void summedHistogram_withAmpleNoise_costsWhatItsVarianceDoes() {
    // 4 shares of 20^2 are one of 40^2; tau adds less than can be written down, and is rounded up.
    DiscreteGaussianHistogram alone = new DiscreteGaussianHistogram(new LabelGrid(15), 10, 40);
    SummedHistogram shared = new SummedHistogram(new LabelGrid(15), 10, 20, 4);
    for (int queries : new int[] {1, 7, 1000}) {
      assertThat(shared.cost(queries).picoRho()).isEqualTo(alone.cost(queries).picoRho() + 1);
    }
    assertThat(new SummedHistogram(new LabelGrid(15), 10, 40, 1).cost(7)).isEqualTo(alone.cost(7));
    assertThat(shared.cost(new PrivacyUnit("household", 4), 1).picoRho())
        .isEqualTo(16 * alone.cost(1).picoRho() + 1);
  }

  @Test
  void summedHistogram_withSmallShares_paysForTau() {
    // By hand: V = 9 * 4 = 36, tau = 10 * 8 / 2^56, so rho = 2 / 72 + tau * 2 / 6 + tau^2 * 5.
    // At 10^8 queries tau costs 37007.43 pico-rho, and the rest ends in .78: rounded up once,
    // together.
    SummedHistogram shared = new SummedHistogram(LabelGrid.VOTE, 10, 2, 9);
    BigInteger variance = BigInteger.TEN.pow(20).divide(BigInteger.valueOf(36));
    assertThat(BigInteger.valueOf(shared.cost(100_000_000).picoRho()).subtract(variance))
        .isEqualTo(BigInteger.valueOf(37009));
  }

  @Property
  void summedHistogram_costsAtLeastWhatTheTheoremSays(
      @ForAll @IntRange(min = 2, max = 60) int sigma,
      @ForAll @IntRange(min = 1, max = 400) int contributors,
      @ForAll @IntRange(min = 1, max = 255) int size,
      @ForAll @IntRange(min = 2, max = 100) int classes,
      @ForAll @IntRange(min = 1, max = 5) int shards) {
    SummedHistogram shared = new SummedHistogram(new LabelGrid(size), classes, sigma, contributors);
    PrivacyUnit unit = new PrivacyUnit("unit", shards);
    Sensitivity moved = shared.sensitivity(unit);
    double variance = (double) contributors * sigma * sigma;
    double exact = moved.l2Squared() / (2 * variance);
    double tau = 0;
    for (int k = 1; k < contributors; k++) {
      tau += 10 * Math.exp(-2 * Math.PI * Math.PI * sigma * sigma * k / (k + 1));
    }
    double theorem = exact + moved.l1() * tau / Math.sqrt(variance) + tau * tau * classes / 2;
    double cost = shared.cost(unit, 1).picoRho() / 1e12;
    assertThat(cost).isBetween(theorem * (1 - 1e-12), theorem * (1 + 1e-12) + 2e-12);
  }

  @Test
  void summedFeatures_withAmpleNoise_costWhatTheirVarianceDoes() {
    DiscreteGaussianFeatures alone = new DiscreteGaussianFeatures(50, 1000, 4000);
    SummedFeatures shared = new SummedFeatures(50, 1000, 2000, 4);
    assertThat(shared.sensitivity()).isEqualTo(alone.sensitivity());
    assertThat(shared.cost(3).picoRho()).isEqualTo(alone.cost(3).picoRho() + 1);
    assertThat(new SummedFeatures(50, 1000, 4000, 1).cost(3)).isEqualTo(alone.cost(3));
    assertThat(shared.hidesAnswers()).isTrue();
    assertThatThrownBy(() -> new SummedFeatures(50, 1000, 1, 4))
        .hasMessageContaining("sigma must be >= 2");
    assertThatThrownBy(() -> new SummedFeatures(50, 0, 2, 4))
        .hasMessageContaining("norm must be in");
    assertThatThrownBy(() -> new SummedFeatures(50, 1, 2, 0))
        .hasMessageContaining("contributors must be >= 1");
  }

  @Test
  void hints_cost_isThatOfTheirTwoPartsTogether() {
    DiscreteGaussianHints both =
        new DiscreteGaussianHints(new LabelGrid(3), 200, 10, 16, 500, 1000);
    // By hand: (2 * 600^2 + 4 * 500^2) / (2 * 1000^2) = 0.86.
    assertThat(both.cost(7)).isEqualTo(new Zcdp(7 * 860_000_000_000L));
    assertThat(both.cost(7))
        .isEqualTo(new DiscreteGaussianHistogram(new LabelGrid(600), 10, 1000)
            .cost(7)
            .plus(new DiscreteGaussianFeatures(16, 500, 1000).cost(7)));
    assertThat(both.width()).isEqualTo(26);
    assertThat(both.largestEntry(5)).isEqualTo(3000);
  }

  @Test
  void summedHints_withAmpleNoise_costWhatTheirVarianceDoes() {
    DiscreteGaussianHints alone = new DiscreteGaussianHints(LabelGrid.VOTE, 700, 10, 16, 500, 4000);
    SummedHints shared = new SummedHints(LabelGrid.VOTE, 700, 10, 16, 500, 2000, 4);
    assertThat(shared.sensitivity()).isEqualTo(alone.sensitivity());
    assertThat(shared.width()).isEqualTo(alone.width());
    assertThat(shared.cost(3).picoRho()).isEqualTo(alone.cost(3).picoRho() + 1);
    assertThat(new SummedHints(LabelGrid.VOTE, 700, 10, 16, 500, 4000, 1).cost(3))
        .isEqualTo(alone.cost(3));
    assertThat(shared.hidesAnswers()).isTrue();
    assertThatThrownBy(() -> new SummedHints(LabelGrid.VOTE, 700, 10, 16, 500, 1, 4))
        .hasMessageContaining("sigma must be >= 2");
    assertThatThrownBy(() -> new SummedHints(LabelGrid.VOTE, 0, 10, 16, 500, 2, 4))
        .hasMessageContaining("weight must be in");
    assertThatThrownBy(() -> new SummedHints(LabelGrid.VOTE, 1, 10, 16, 500, 2, 0))
        .hasMessageContaining("contributors must be >= 1");
  }

  @Property
  void summedFeatures_costAtLeastWhatTheTheoremSays(
      @ForAll @IntRange(min = 2, max = 60) int sigma,
      @ForAll @IntRange(min = 1, max = 400) int contributors,
      @ForAll @IntRange(min = 1, max = 255) int norm,
      @ForAll @IntRange(min = 1, max = 300) int dimensions) {
    SummedFeatures shared = new SummedFeatures(dimensions, norm, sigma, contributors);
    double variance = (double) contributors * sigma * sigma;
    double tau = 0;
    for (int k = 1; k < contributors; k++) {
      tau += 10 * Math.exp(-2 * Math.PI * Math.PI * sigma * sigma * k / (k + 1));
    }
    double theorem = 4.0 * norm * norm / (2 * variance)
        + 2 * norm * Math.sqrt(dimensions) * tau / Math.sqrt(variance)
        + tau * tau * dimensions / 2;
    double cost = shared.cost(1).picoRho() / 1e12;
    assertThat(cost).isGreaterThanOrEqualTo(theorem * (1 - 1e-12));
    // Tau is rounded up, and the distance in L1 to a whole number.
    assertThat(cost).isLessThanOrEqualTo(theorem * (1 + 1e-9) + 1e-9);
  }

  @Test
  void summedHistogram_ofParametersOutOfRange_isRefused() {
    assertThatThrownBy(() -> new SummedHistogram(LabelGrid.VOTE, 1, 2, 1))
        .hasMessageContaining("classes must be >= 2");
    assertThatThrownBy(() -> new SummedHistogram(LabelGrid.VOTE, 2, 1, 1))
        .hasMessageContaining("sigma must be >= 2");
    assertThatThrownBy(() -> new SummedHistogram(LabelGrid.VOTE, 2, 2, 0))
        .hasMessageContaining("contributors must be >= 1");
    assertThatThrownBy(() -> new SummedHistogram(LabelGrid.VOTE, 2, 2, 1).cost(0))
        .hasMessageContaining("queries must be >= 1");
  }
}
