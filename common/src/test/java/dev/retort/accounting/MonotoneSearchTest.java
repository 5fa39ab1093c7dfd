package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MonotoneSearchTest {

  @ParameterizedTest
  @ValueSource(doubles = {1e-250, 1e-9, 0.3, 1, 7, 1e6, 3.3e200, 0.9e300})
  void smallest_anyThreshold_isFoundToTheLastBit(double threshold) {
    assertThat(MonotoneSearch.smallest(x -> x >= threshold, 0, 1)).isEqualTo(threshold);
    assertThat(MonotoneSearch.largest(x -> x <= threshold, 0, 1)).isEqualTo(threshold);
    assertThat(MonotoneSearch.smallest(x -> x > threshold, 0, 1)).isEqualTo(Math.nextUp(threshold));
    assertThat(MonotoneSearch.largest(x -> x < threshold, 0, 1))
        .isEqualTo(Math.nextDown(threshold));
  }

  @Test
  void smallest_holdsFromTheStart_isTheStart() {
    assertThat(MonotoneSearch.smallest(x -> true, 3, 5)).isEqualTo(3);
    assertThat(MonotoneSearch.largest(x -> false, 3, 5)).isEqualTo(3);
  }

  @Test
  void smallest_startAboveTheGuess_isStillFound() {
    assertThat(MonotoneSearch.smallest(x -> x >= 8, 5, 5)).isEqualTo(8);
  }

  @Test
  void smallest_holdsNowhere_isInfinite() {
    assertThat(MonotoneSearch.smallest(x -> false, 0, 1)).isInfinite();
    assertThat(MonotoneSearch.largest(x -> true, 0, 1)).isInfinite();
  }

  @Test
  void smallest_farFromTheGuess_takesFewSteps() {
    AtomicInteger steps = new AtomicInteger();
    MonotoneSearch.smallest(
        x -> {
          steps.incrementAndGet();
          return x >= 1e-270;
        },
        0,
        1);
    // 90 thousandths down, 10 halvings of the exponent, 53 of the bits.
    assertThat(steps).hasValueLessThan(170);
  }
}
