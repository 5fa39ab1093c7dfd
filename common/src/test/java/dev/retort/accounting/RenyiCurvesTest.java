package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.DiscreteGaussianOfLength;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values computed with 40 digits. */
final class RenyiCurvesTest {

  private static void isAbout(double divergence, double expected, double relative) {
    assertThat(divergence)
        .isGreaterThanOrEqualTo(expected * (1 - 1e-16))
        .isLessThanOrEqualTo(expected * (1 + relative));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, 0.61912362999859288",
    "2, 32, 1.9781484250454256",
    "0.1, 10, 0.042715182465686923",
    "0.001, 1.5, 7.4974996881248645e-7",
    "1e-6, 3, 1.499999499998625e-12",
    "0.5, 3, 0.27122643230725676",
    "5, 1.1, 4.1321393873184618",
    "100, 1.01, 99.014770355698837",
    "1, 1.0001, 0.36791230986156365",
    "0.01, 1e6, 0.0099993068526262928"
  })
  void laplace_knownOrders_areBoundedFromAbove(double epsilon, double order, double expected) {
    // With hardly any loss the two exponentials nearly cancel.
    double relative = epsilon < 1e-5 ? 1e-8 : 1e-10;
    isAbout(RenyiCurves.of(new Laplace(1 / epsilon, List.of(1.0))).at(order), expected, relative);
  }

  @Test
  void laplace_severalCoordinates_addUp() {
    double one = RenyiCurves.of(new Laplace(2, List.of(1.0))).at(3);
    double both = RenyiCurves.of(new Laplace(2, List.of(1.0, 0.0, -3.0))).at(3);
    assertThat(both)
        .isEqualTo(one + RenyiCurves.of(new Laplace(2, List.of(3.0))).at(3));
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 1, 1.5, 2.9424609651060382",
    "0.5, 1, 2, 4.0",
    "0.3, 1, 1.25, 5.7669329636630481",
    "0.3, 2, 1.25, 24.964062312447285",
    "1, 3, 1.7, 7.649999998540187",
    "0.7, 1, 2.5, 2.5508523806890208",
    "0.45, 1, 20.5, 50.613514628287157",
    "0.35, 1, 1.01, 4.0925195341318685"
  })
  void discreteGaussian_knownOrders_areBoundedFromAbove(
      double sigma, long change, double order, double expected) {
    isAbout(
        RenyiCurves.of(new DiscreteGaussian(sigma, List.of(change))).at(order), expected, 1e-11);
  }

  @ParameterizedTest
  @CsvSource({"1, 1.5", "1, 3", "0.6, 2.25", "2, 7.3"})
  void discreteGaussian_severalCoordinates_isThatOfTheLattice(double sigma, double order) {
    List<Long> change = List.of(1L, -2L);
    isAbout(
        RenyiCurves.of(new DiscreteGaussian(sigma, change)).at(order),
        new DiscreteConvolution(sigma, change, 1).renyi(order) * (1 - 1e-13),
        1e-11);
  }

  @Test
  void gaussian_anyOrder_isOrderTimesRho() {
    isAbout(RenyiCurves.of(new Gaussian(4, 3)).at(7), 7 * 3 / 32.0, 1e-14);
    // A change of known length has at most the divergence of continuous noise.
    isAbout(RenyiCurves.of(new DiscreteGaussianOfLength(4, 3)).at(7), 7 * 3 / 32.0, 1e-14);
  }

  @Test
  void of_sampledNoise_isInUnitsOfOneContribution() {
    assertThat(RenyiCurves.of(new SampledGaussian(6, 9, 0.1)).at(3))
        .isEqualTo(new SampledGaussianRenyi(2, 0.1).at(3));
  }

  @Test
  void largestOrder_sampledNoise_growsWithIt() {
    assertThat(RenyiCurves.largestOrder(new SampledGaussian(1, 1, 0.1))).isEqualTo(256);
    assertThat(RenyiCurves.largestOrder(new SampledGaussian(20, 4, 0.1))).isEqualTo(1000);
    assertThat(RenyiCurves.largestOrder(new Gaussian(1, 1))).isEqualTo(1e9);
  }
}
