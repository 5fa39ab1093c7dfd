package dev.retort.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.forecast.ArgMaxError.Rival;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.numbers.gamma.Erfc;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgMaxErrorTest {

  /** The difference of two noises is normal with twice the variance. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 1, 3, 10, 40})
  void probability_oneRival_isTheNormalTailOfTheDifference(double lead) {
    double exact = 0.5 * Erfc.value(lead / 2);
    assertThat(ArgMaxError.probability(List.of(new Rival(lead * 7, 1)), 7))
        .isCloseTo(exact, Percentage.withPercentage(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 99, 999})
  void probability_allLevel_isThatOfAnyOtherClass(int rivals) {
    assertThat(ArgMaxError.probability(List.of(new Rival(0, rivals)), 5))
        .isCloseTo(rivals / (rivals + 1.0), within(1e-12));
  }

  /** Three level classes and one far behind, against the three alone. */
  @Test
  void probability_rivalFarBehind_addsNothing() {
    assertThat(ArgMaxError.probability(List.of(new Rival(0, 2), new Rival(1000, 1)), 5))
        .isCloseTo(2 / 3.0, within(1e-12));
  }

  /** The largest of three with means 1, 0, 0 and unit noise: P(error) = 0.5 + ... is between one rival and the union. */
  @Property
  void probability_severalRivals_isBetweenOneAndTheirUnion(
      @ForAll @DoubleRange(max = 12) double lead,
      @ForAll @IntRange(min = 1, max = 1000) int count) {
    double one = ArgMaxError.probability(List.of(new Rival(lead, 1)), 1);
    double all = ArgMaxError.probability(List.of(new Rival(lead, count)), 1);
    assertThat(all).isBetween(one * (1 - 1e-12), Math.min(1, count * one * (1 + 1e-12)));
  }

  @Property
  void probability_moreNoiseOrLessLead_isNoSmaller(
      @ForAll @DoubleRange(max = 12) double lead, @ForAll @IntRange(min = 1, max = 100) int count) {
    double here = ArgMaxError.probability(List.of(new Rival(lead, count)), 1);
    assertThat(ArgMaxError.probability(List.of(new Rival(lead, count)), 1.1))
        .isGreaterThanOrEqualTo(here * (1 - 1e-12));
    assertThat(ArgMaxError.probability(List.of(new Rival(lead * 0.9, count)), 1))
        .isGreaterThanOrEqualTo(here * (1 - 1e-12));
  }

  @Test
  void badArguments_areRefusedByName() {
    assertThatThrownBy(() -> new Rival(-1, 1)).hasMessageStartingWith("lead must be >= 0");
    assertThatThrownBy(() -> ArgMaxError.probability(List.of(), 0))
        .hasMessage("sigma must be > 0: 0.0");
  }
}
