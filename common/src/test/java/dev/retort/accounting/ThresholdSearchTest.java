package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ThresholdSearchTest {

  @Test
  void fits_costAtTheLimit_does() throws Exception {
    ThresholdSearch search = new ThresholdSearch(x -> x, 2);
    assertThat(search.fits(2)).isTrue();
    assertThat(search.fits(Math.nextUp(2.0))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1e-3", "1e-6", "1e-13"})
  void refine_fallingCost_fitsAndIsWithinTheTolerance(double tolerance) throws Exception {
    // Costs fall with noise: 5 at a scale of 1.7.
    ThresholdSearch search = new ThresholdSearch(scale -> 5 * Math.pow(scale / 1.7, -1.1), 5);
    double found = search.refine(64, 0.5, tolerance);
    assertThat(search.fits(found)).isTrue();
    assertThat(search.fits(found * (1 - 2 * tolerance))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1e-3", "1e-6", "1e-13"})
  void refine_risingCost_fitsAndIsWithinTheTolerance(double tolerance) throws Exception {
    ThresholdSearch search = new ThresholdSearch(x -> x * x + Math.sqrt(x), 12);
    double found = search.refine(0.1, 1000, tolerance);
    assertThat(search.fits(found)).isTrue();
    assertThat(search.fits(found * (1 + 2 * tolerance))).isFalse();
  }

  /** The logarithms of 0.063 and of the next double are the same. */
  @Test
  void refine_costAnUlpAboveTheLimit_doesNotFit() throws Exception {
    assertThat(Math.log(Math.nextUp(0.063))).isEqualTo(Math.log(0.063));
    ThresholdSearch search = new ThresholdSearch(x -> x > 41.5 ? Math.nextUp(0.063) : 0.01, 0.063);
    assertThat(search.refine(1, 1000, -1)).isEqualTo(41);
  }

  @ParameterizedTest
  @ValueSource(doubles = {7, 8, 99, 100, 101, 1_234_567, 7.5e8})
  void refine_wholeNumbers_areBroughtNextToEachOther(double last) throws Exception {
    ThresholdSearch rising = new ThresholdSearch(x -> x, last + 0.5);
    assertThat(rising.refine(1, 4e9, -1)).isEqualTo(last);
    ThresholdSearch falling = new ThresholdSearch(x -> 1 / x, 1 / (last - 0.5));
    assertThat(falling.refine(4e9, 1, -1)).isEqualTo(last);
  }

  @Test
  void refine_costsThatJump_areStillBracketed() throws Exception {
    ThresholdSearch infinite =
        new ThresholdSearch(x -> x > 77.7 ? Double.POSITIVE_INFINITY : x / 1000, 1);
    assertThat(infinite.refine(1, 1e6, -1)).isEqualTo(77);
    ThresholdSearch nothing = new ThresholdSearch(x -> x > 77.7 ? 5 : 0, 1);
    assertThat(nothing.refine(1, 1e6, -1)).isEqualTo(77);
    ThresholdSearch atTheLimit = new ThresholdSearch(x -> x > 77.7 ? 5 : 1, 1);
    assertThat(atTheLimit.refine(1, 1e6, -1)).isEqualTo(77);
  }

  @Test
  void refine_nextToEachOther_asksNothingMore() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ThresholdSearch search = new ThresholdSearch(
        x -> {
          asked.incrementAndGet();
          return x;
        },
        5.5);
    assertThat(search.refine(5, 6, -1)).isEqualTo(5);
    // The costs of both ends.
    assertThat(asked).hasValue(2);
  }

  // Bisection alone would take 50 to 60.
  @ParameterizedTest
  @CsvSource({
    "0.6, 0, 100, 1, 1e6, 1e-9, 5",
    "1, 0.3, 7, 0.1, 1000, 1e-12, 12",
    "1, 0.3, 10000000.5, 1, 1e9, -1, 6"
  })
  void refine_closeToAPower_takesFewSteps(
      double power,
      double square,
      double limit,
      double low,
      double high,
      double tolerance,
      int most)
      throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ThresholdSearch search = new ThresholdSearch(
        x -> {
          asked.incrementAndGet();
          return (power == 1 ? 1 : 3) * Math.pow(x, power) + square * x * x;
        },
        limit);
    search.refine(low, high, tolerance);
    assertThat(asked).hasValueLessThanOrEqualTo(most);
  }

  @Test
  void refine_farFromAPower_takesNoMoreStepsThanBisection() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ThresholdSearch search = new ThresholdSearch(
        x -> {
          asked.incrementAndGet();
          return Math.exp(x);
        },
        50);
    search.refine(0.001, 500, 1e-9);
    assertThat(asked).hasValueLessThanOrEqualTo(35);
  }
}
