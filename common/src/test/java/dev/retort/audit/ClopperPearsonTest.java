package dev.retort.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClopperPearsonTest {

  // The upper ends of two-sided 95 % intervals, as printed in tables.
  @ParameterizedTest
  @CsvSource({"5, 10, 0.8129", "0, 10, 0.3085", "1, 20, 0.2487", "10, 100, 0.1762"})
  void upper_knownIntervals_areThoseOfTheTables(long events, long trials, double expected) {
    assertThat(ClopperPearson.upper(events, trials, 0.025)).isCloseTo(expected, within(6e-5));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 1_000, 10_000_000})
  void upper_noEvent_isTheClosedForm(long trials) {
    double closed = -Math.expm1(Math.log(1e-9) / trials);
    assertThat(ClopperPearson.upper(0, trials, 1e-9)).isCloseTo(closed, within(1e-9 * closed));
  }

  @Test
  void upper_everyTrialAnEvent_isOne() {
    assertThat(ClopperPearson.upper(3, 3, 0.5)).isEqualTo(1);
  }

  /** Exact coverage, by summing the binomial, of every count of trials to 40 and many probabilities. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.025, 1e-6})
  void upper_anyProbability_failsNoMoreOftenThanSaid(double failure) {
    for (int trials = 1; trials <= 40; trials++) {
      for (double p = 0.003; p < 1; p += 0.0171) {
        double missed = 0;
        double mass = Math.pow(1 - p, trials);
        for (int events = 0; events <= trials; events++) {
          if (ClopperPearson.upper(events, trials, failure) < p) {
            missed += mass;
          }
          mass *= (trials - events) * p / ((events + 1) * (1 - p));
        }
        assertThat(missed).as("%d trials at %f", trials, p).isLessThanOrEqualTo(failure * 1.000001);
      }
    }
  }

  @Test
  void upper_nonsense_isRefused() {
    assertThatThrownBy(() -> ClopperPearson.upper(4, 3, 0.1)).hasMessageContaining("events");
    assertThatThrownBy(() -> ClopperPearson.upper(0, 0, 0.1)).hasMessageContaining("trials");
    assertThatThrownBy(() -> ClopperPearson.upper(0, 1, 0)).hasMessageContaining("failure");
  }
}
