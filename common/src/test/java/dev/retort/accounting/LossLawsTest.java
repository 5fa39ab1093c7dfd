package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LossLawsTest {

  static Stream<LossLaw> laws() {
    return Stream.of(
        new LossLaws.Gaussian(0.3),
        new LossLaws.Gaussian(2),
        new LossLaws.Laplace(0.2),
        new LossLaws.Laplace(3),
        new LossLaws.SampledRemove(1, 0.1),
        new LossLaws.SampledRemove(0.7, 0.9),
        new LossLaws.SampledAdd(1, 0.1),
        new LossLaws.SampledAdd(0.7, 0.9));
  }

  private static double integral(LossLaw law, double discount) {
    double from = law.from(LossLaws.REACH);
    double width = (law.to(LossLaws.REACH) - from) / 200_000;
    double sum = 0;
    for (int i = 0; i < 200_000; i++) {
      double x = from + (i + 0.5) * width;
      sum += law.density(x) * Math.exp(-discount * law.loss(x)) * width;
    }
    for (LossLaw.Atom atom : law.atoms()) {
      sum += atom.mass() * Math.exp(-discount * atom.loss());
    }
    return sum;
  }

  /** P has mass 1, and so has Q = P e^-loss: the loss is that of the two laws and of no others. */
  @ParameterizedTest
  @MethodSource("laws")
  void densityAndAtoms_ofBothLaws_haveMassOne(LossLaw law) {
    assertThat(integral(law, 0)).isCloseTo(1, within(1e-9));
    assertThat(integral(law, 1)).isCloseTo(1, within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("laws")
  void outcome_ofALoss_isWhereTheLossIsThat(LossLaw law) {
    double from = law.from(6);
    double to = law.to(6);
    double before = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= 50; i++) {
      double x = from + (to - from) * i / 50;
      double loss = law.loss(x);
      assertThat(loss).isGreaterThanOrEqualTo(before);
      // Where losses crowd at ln(1 - q) there is no telling outcomes apart.
      assertThat(law.loss(law.outcome(loss))).isCloseTo(loss, within(1e-9 * (1 + Math.abs(loss))));
      before = loss;
    }
  }

  /** A law's rate of loss times 1 - e^(eps - loss) over what exceeds eps, for two losses of it. */
  @ParameterizedTest
  @CsvSource({"0.1, 1, 2.5", "0.9, 0.7, 1.5", "0.5, 4, -3"})
  void sampledLosses_knownOutcomes_areTheLogRatio(double rate, double sigma, double x) {
    double noise = Math.exp(-x * x / (2 * sigma * sigma));
    double moved = Math.exp(-(x - 1) * (x - 1) / (2 * sigma * sigma));
    double expected = Math.log(((1 - rate) * noise + rate * moved) / noise);
    assertThat(new LossLaws.SampledRemove(sigma, rate).loss(x)).isCloseTo(expected, within(1e-13));
    assertThat(new LossLaws.SampledAdd(sigma, rate).loss(-x)).isCloseTo(-expected, within(1e-13));
  }

  @Test
  void losses_ofGaussianAndLaplace_areLinear() {
    assertThat(new LossLaws.Gaussian(2).loss(0.5)).isEqualTo(3);
    assertThat(new LossLaws.Laplace(2).loss(0.5)).isEqualTo(0.5);
  }

  @Test
  void sampledLosses_beyondTheLargestDouble_keepTheirLogarithm() {
    LossLaw remove = new LossLaws.SampledRemove(0.1, 0.01);
    // (2 * 10 - 1) / 0.02 = 950, and e^950 is no double.
    assertThat(remove.loss(10)).isCloseTo(950 + Math.log(0.01), within(1e-9));
    assertThat(remove.outcome(950 + Math.log(0.01))).isCloseTo(10, within(1e-9));
    // Just beyond it, where the rest still counts: ln(q + (1 - q) e^-701) + 701 for q = 1e-300.
    LossLaw rare = new LossLaws.SampledRemove(0.1, 1e-305);
    assertThat(rare.loss(7.51))
        .isCloseTo(Math.log1p(1e-305 * Math.exp(700.5) * Math.exp(0.5)), within(1e-9));
    // On both sides of the exponent at which the formula is exchanged.
    assertThat(remove.loss(7.5000001)).isCloseTo(remove.loss(7.5), within(1.1e-5));
    assertThat(remove.outcome(700.0001)).isCloseTo(remove.outcome(700), within(2e-6));
  }

  @Test
  void sampledOutcome_lossBelowAll_isNegativeInfinity() {
    assertThat(new LossLaws.SampledRemove(1, 0.1).outcome(Math.log(0.9) - 1e-9))
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(new LossLaws.SampledAdd(1, 0.1).outcome(-Math.log(0.9) + 1e-9))
        .isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void ranges_ofAReach_areThatManyDeviationsAroundBothMeans() {
    assertThat(new LossLaws.Gaussian(2).from(5)).isEqualTo(-5);
    assertThat(new LossLaws.Gaussian(2).to(5)).isEqualTo(5);
    assertThat(new LossLaws.SampledRemove(3, 0.1).from(5)).isEqualTo(-15);
    assertThat(new LossLaws.SampledRemove(3, 0.1).to(5)).isEqualTo(16);
    assertThat(new LossLaws.SampledAdd(3, 0.1).from(5)).isEqualTo(-15);
    assertThat(new LossLaws.SampledAdd(3, 0.1).to(5)).isEqualTo(15);
    assertThat(new LossLaws.Laplace(3).from(5)).isEqualTo(-3);
    assertThat(new LossLaws.Laplace(3).to(5)).isEqualTo(3);
  }

  @Test
  void unreached_ofAReach_isAboveTheNormalTail() {
    // 2 Phi(-3) = 0.0026998.
    double tail = LossLaws.normalTail(3);
    assertThat(tail).isGreaterThan(0.0026998).isLessThan(0.0112);
    assertThat(new LossLaws.Gaussian(2).unreached(3)).isEqualTo(tail);
    assertThat(new LossLaws.SampledRemove(3, 0.1).unreached(3)).isEqualTo(tail);
    assertThat(new LossLaws.SampledAdd(3, 0.1).unreached(3)).isEqualTo(tail);
    assertThat(new LossLaws.Laplace(3).unreached(3)).isZero();
    assertThat(LossLaws.normalTail(LossLaws.REACH)).isPositive();
  }

  @Test
  void atoms_ofLaplace_areItsTwoLargestLosses() {
    assertThat(new LossLaws.Laplace(2).atoms())
        .containsExactly(new LossLaw.Atom(2, 0.5), new LossLaw.Atom(-2, Math.exp(-2) / 2));
    // e^-800 is no double.
    assertThat(new LossLaws.Laplace(800).atoms()).containsExactly(new LossLaw.Atom(800, 0.5));
    assertThat(new LossLaws.Gaussian(2).atoms()).isEmpty();
  }

  @Test
  void scale_ofEachLaw_isThatOfItsOutcomes() {
    assertThat(new LossLaws.Gaussian(7).scale()).isEqualTo(1);
    assertThat(new LossLaws.SampledRemove(7, 0.1).scale()).isEqualTo(7);
    assertThat(new LossLaws.SampledAdd(7, 0.1).scale()).isEqualTo(7);
    assertThat(new LossLaws.Laplace(7).scale()).isEqualTo(14);
    assertThat(new LossLaws.Laplace(0.1).scale()).isEqualTo(1);
  }
}
