package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LossGridTest {

  static Stream<LossLaw> laws() {
    return LossLawsTest.laws();
  }

  private static double delta(LossCells cells, double epsilon) {
    double sum = cells.infinite();
    for (int cell = 0; cell < cells.size(); cell++) {
      double loss = cells.loss(cell);
      sum += loss > epsilon ? cells.mass(cell) * -Math.expm1(epsilon - loss) : 0;
    }
    return sum;
  }

  /** What the dots are connected for: neither P's mass nor Q's is lost or made. */
  @ParameterizedTest
  @MethodSource("laws")
  void of_anyLaw_keepsTheMassOfBothLaws(LossLaw law) {
    for (double coarsening : new double[] {0, 0.05}) {
      LossCells cells = LossGrid.of(law, 0.01, coarsening, 20);
      double p = 0;
      double q = 0;
      for (int cell = 0; cell < cells.size(); cell++) {
        p += cells.mass(cell);
        q += cells.mass(cell) * Math.exp(-cells.loss(cell));
      }
      assertThat(p).isCloseTo(1, within(1e-13));
      assertThat(q).isCloseTo(1, within(1e-13));
      assertThat(cells.infinite()).isEqualTo(law.unreached(20));
      assertThat(cells.step()).isEqualTo(0.01);
      assertThat(cells.offset()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0.02", "0.3, 0.005", "2.5, 0.05"})
  void of_gaussianLaw_hasItsExactDeltaAtEveryPointAndMoreBetween(double mu, double step) {
    LossCells cells = LossGrid.of(new LossLaws.Gaussian(mu), step, 0, LossLaws.REACH);
    for (int i = 0; i * step < 12 * mu; i += 7) {
      double exact = GaussianDp.delta(mu, i * step);
      assertThat(delta(cells, i * step)).isBetween(exact * (1 - 1e-11), exact * (1 + 1e-10));
      assertThat(delta(cells, (i + 0.5) * step))
          .isGreaterThan(GaussianDp.delta(mu, (i + 0.5) * step));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0.0625", "3, 0.125", "0.1, 0.001"})
  void of_laplaceLaw_hasItsExactDeltaAtEveryPoint(double epsilon, double step) {
    LossCells cells = LossGrid.of(new LossLaws.Laplace(epsilon), step, 0, LossLaws.REACH);
    for (int i = 0; i * step < epsilon; i++) {
      double exact = -Math.expm1((i * step - epsilon) / 2);
      assertThat(delta(cells, i * step)).isCloseTo(exact, within(1e-13));
    }
    assertThat(delta(cells, epsilon)).isCloseTo(0, within(1e-14));
  }

  /** Fewer points than the lattice has, farther from the mean: more delta there, but not much more. */
  @ParameterizedTest
  @CsvSource({"0.1", "0.03"})
  void of_coarsenedLaw_hasFewerPointsAndALittleMoreDelta(double coarsening) {
    LossLaw law = new LossLaws.Gaussian(1);
    LossCells fine = LossGrid.of(law, 0.01, 0, LossLaws.REACH);
    LossCells coarse = LossGrid.of(law, 0.01, coarsening, LossLaws.REACH);
    assertThat(coarse.size()).isLessThan(fine.size() / 4);
    for (double epsilon = 0; epsilon < 6; epsilon += 0.25) {
      double exact = GaussianDp.delta(1, epsilon);
      double distance = Math.max(0.01, coarsening * epsilon);
      assertThat(delta(coarse, epsilon))
          .isGreaterThanOrEqualTo(exact * (1 - 1e-11))
          .isLessThanOrEqualTo(exact * (1 + distance * distance * (1 + epsilon * epsilon)));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.5", "2"})
  void deviation_gaussianLaw_isMu(double mu) {
    assertThat(LossGrid.deviation(new LossLaws.Gaussian(mu))).isCloseTo(mu, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"0.5", "3"})
  void deviation_laplaceLaw_isTheSquareRootOfItsVariance(double epsilon) {
    // The loss is eps with probability 1/2, -eps with e^-eps / 2, and has density e^((l - eps) / 2)
    // /
    // 4.
    double mean = 0;
    double square = 0;
    int panels = 100_000;
    for (int i = 0; i < panels; i++) {
      double loss = -epsilon + 2 * epsilon * (i + 0.5) / panels;
      double weight = Math.exp((loss - epsilon) / 2) / 4 * 2 * epsilon / panels;
      mean += weight * loss;
      square += weight * loss * loss;
    }
    mean += epsilon * (0.5 - Math.exp(-epsilon) / 2);
    square += epsilon * epsilon * (0.5 + Math.exp(-epsilon) / 2);
    double expected = Math.sqrt(square - mean * mean);
    // Only a scale is asked of it.
    assertThat(LossGrid.deviation(new LossLaws.Laplace(epsilon))).isCloseTo(expected, within(1e-3));
  }
}
