package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DiscreteLossTest {

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "0.5, 1, 1", "3, 4, 2", "2.5, 6, 3"})
  void exact_anyNoise_isTheLossAtEveryInteger(double sigma, long change, long unit) {
    LossCells cells = DiscreteLoss.exact(sigma, change, unit, 10);
    double sum = 0;
    for (int z = -50; z <= 50; z++) {
      sum += Math.exp(-z * z / (2 * sigma * sigma));
    }
    double p = 0;
    double q = 0;
    for (int cell = 0; cell < cells.size(); cell++) {
      long z = cells.index(cell) / (change / unit);
      assertThat(cells.loss(cell))
          .isCloseTo((2 * z * change + change * change) / (2 * sigma * sigma), within(1e-12));
      assertThat(cells.mass(cell) * sum)
          .isCloseTo(Math.exp(-z * z / (2 * sigma * sigma)), within(1e-14));
      p += cells.mass(cell);
      q += cells.mass(cell) * Math.exp(-cells.loss(cell));
    }
    assertThat(p).isCloseTo(1, within(1e-13));
    // The other law's noise is cut off a change further out on one side.
    assertThat(q).isCloseTo(1, within(1e-9));
    assertThat(cells.step()).isEqualTo(unit / (sigma * sigma));
    // Ten deviations, and the integer beyond.
    assertThat(cells.size()).isEqualTo(2 * ((int) Math.ceil(10 * sigma) + 1) + 1);
    assertThat(cells.infinite()).isBetween(1.5e-23, 2e-22);
  }

  @Test
  void exact_massesBelowTheSmallestDouble_areLeftOut() {
    LossCells cells = DiscreteLoss.exact(0.5, 1, 1, 100);
    // e^(-2 z^2) is above 0 up to z = 19.
    assertThat(cells.size()).isEqualTo(39);
    assertThat(cells.index(0)).isEqualTo(-19);
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 0.1", "2, 3, 1", "20, 1, 0.007"})
  void connected_anyNoise_keepsTheMassOfBothLawsAndIsNotBelow(
      double sigma, long change, double step) {
    LossCells exact = DiscreteLoss.exact(sigma, change, change, 20);
    LossCells connected = DiscreteLoss.connected(sigma, change, step, 20);
    assertThat(connected.step()).isEqualTo(step);
    assertThat(connected.offset()).isZero();
    assertThat(connected.infinite()).isEqualTo(exact.infinite());
    assertThat(moment(connected, 0)).isCloseTo(1, within(1e-13));
    assertThat(moment(connected, 1)).isCloseTo(moment(exact, 1), within(1e-13));
    for (int i = 0; i < 40; i++) {
      double point = i * step;
      assertThat(delta(connected, point)).isCloseTo(delta(exact, point), within(1e-13));
      assertThat(delta(connected, point + 0.4 * step))
          .isGreaterThanOrEqualTo(delta(exact, point + 0.4 * step) * (1 - 1e-12) - 1e-15);
    }
  }

  private static double moment(LossCells cells, double discount) {
    double sum = 0;
    for (int cell = 0; cell < cells.size(); cell++) {
      sum += cells.mass(cell) * Math.exp(-discount * cells.loss(cell));
    }
    return sum;
  }

  private static double delta(LossCells cells, double epsilon) {
    double sum = 0;
    for (int cell = 0; cell < cells.size(); cell++) {
      sum += cells.mass(cell) * Math.max(0, -Math.expm1(epsilon - cells.loss(cell)));
    }
    return sum;
  }
}
