package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.privacy.Conversion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RenyiConversionTest {

  private static void isAbout(double upperBound, double expected) {
    assertThat(upperBound)
        .isGreaterThanOrEqualTo(expected - 5e-12)
        .isLessThan(expected * (1 + 1e-11) + 5e-12);
  }

  // Values computed with 50 digits.
  @Test
  void epsilon_oneOrder_isProposition12() {
    isAbout(RenyiConversion.epsilon(order -> 0.25, List.of(8.0), 1e-5), 1.46410916785);
    isAbout(RenyiConversion.epsilon(order -> 1.1, List.of(2.0, 32.0, 7.0), 1e-5), 1.32783806176);
  }

  @Test
  void epsilon_gridOfOrders_isTheBestOfThem() {
    List<Double> grid = List.of(1.25, 2.0, 4.0, 6.0, 8.0, 10.0, 16.0, 64.0, 1024.0);
    isAbout(RenyiConversion.epsilon(order -> order * 0.3125, grid, 1e-6), 4.04304989542);
  }

  @ParameterizedTest
  @CsvSource({"1e-8, 1e-6", "0.01, 1e-6", "0.3125, 1e-6", "2, 1e-5", "1, 1e-9", "40, 1e-3"})
  void epsilon_gaussianCurve_findsTheBestOrder(double rho, double delta) {
    double exact = Conversion.epsilon(rho, delta);
    assertThat(RenyiConversion.epsilon(order -> order * rho, 1e9, delta))
        .isBetween(exact * (1 - 1e-12) - 1e-13, exact * (1 + 1e-11) + 1e-13);
  }

  @Test
  void epsilon_bestOrderAtTheEnd_isFoundThere() {
    // A constant loss is best at the largest order, a steep one at the smallest.
    double atEnd = RenyiConversion.epsilon(order -> 2.0, List.of(256.0), 1e-6);
    assertThat(RenyiConversion.epsilon(order -> 2.0, 256, 1e-6))
        .isBetween(atEnd * (1 - 1e-9), atEnd * (1 + 1e-9));
    double atStart = RenyiConversion.epsilon(order -> 1e6 * order, List.of(1.01), 1e-6);
    assertThat(RenyiConversion.epsilon(order -> 1e6 * order, 256, 1e-6))
        .isBetween(atStart * (1 - 1e-9), atStart * (1 + 1e-9));
  }

  @Test
  void epsilon_divergenceThatDeltaCovers_isZero() {
    // Total variation is at most sqrt(1 - e^-r) (Bretagnolle, Huber 1979): 9.9e-6 of r = 1e-10.
    assertThat(RenyiConversion.epsilon(order -> 1e-10, List.of(1.01), 1.01e-5)).isZero();
    assertThat(RenyiConversion.epsilon(order -> 1e-10, List.of(1.01), 0.99e-5)).isPositive();
  }

  @Test
  void epsilon_ordersWithoutABound_areLeftOut() {
    double finite = RenyiConversion.epsilon(order -> 0.5 * order, List.of(3.0), 1e-5);
    assertThat(RenyiConversion.epsilon(
            order -> order > 3 ? Double.POSITIVE_INFINITY : 0.5 * order, List.of(4.0, 3.0), 1e-5))
        .isEqualTo(finite);
    assertThat(RenyiConversion.epsilon(
            order -> order > 3 ? Double.NaN : 0.5 * order, List.of(3.0, 4.0), 1e-5))
        .isEqualTo(finite);
    assertThat(RenyiConversion.epsilon(order -> Double.POSITIVE_INFINITY, List.of(4.0), 1e-5))
        .isInfinite();
  }

  @Test
  void epsilon_largeDeltaAndLoss_isNotNegative() {
    assertThat(RenyiConversion.epsilon(order -> 0.7, List.of(2.0), 0.6)).isZero();
  }
}
