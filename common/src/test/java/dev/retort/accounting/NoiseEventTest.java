package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.DiscreteGaussianOfLength;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NoiseEventTest {

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void constructors_noiseOutOfRange_areRefusedByName(double bad) {
    String rule = " must be > 0 and finite: " + bad;
    assertThatThrownBy(() -> new Gaussian(bad, 1)).hasMessage("sigma" + rule);
    assertThatThrownBy(() -> new Gaussian(1, bad)).hasMessage("l2-squared" + rule);
    assertThatThrownBy(() -> new DiscreteGaussian(bad, List.of(1L))).hasMessage("sigma" + rule);
    assertThatThrownBy(() -> new DiscreteGaussianOfLength(bad, 1)).hasMessage("sigma" + rule);
    assertThatThrownBy(() -> new DiscreteGaussianOfLength(1, bad)).hasMessage("l2-squared" + rule);
    assertThatThrownBy(() -> new Laplace(bad, List.of(1.0))).hasMessage("b" + rule);
    assertThatThrownBy(() -> new SampledGaussian(bad, 1, 0.1)).hasMessage("sigma" + rule);
    assertThatThrownBy(() -> new SampledGaussian(1, bad, 0.1)).hasMessage("l2-squared" + rule);
    assertThatThrownBy(() -> new AnswerChange(bad, 1, 1)).hasMessage("l1" + rule);
    assertThatThrownBy(() -> new AnswerChange(1, bad, 1)).hasMessage("l2Squared" + rule);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
  void sampledGaussian_rateOutOfRange_isRefused(double rate) {
    assertThatThrownBy(() -> new SampledGaussian(1, 1, rate))
        .hasMessage("q must be in (0, 1]: " + rate);
  }

  @Test
  void sampledGaussian_everyRecord_isAllowed() {
    assertThat(new SampledGaussian(6, 9, 1).noiseMultiplier()).isEqualTo(2);
  }

  @Test
  void discreteGaussian_change_keepsWhatMoves() {
    DiscreteGaussian event = new DiscreteGaussian(1, List.of(0L, 3L, 0L, -4L));
    assertThat(event.change()).containsExactly(3L, -4L);
    assertThat(event.l2Squared()).isEqualTo(25);
  }

  @Test
  void discreteGaussian_changeOfNothingOrTooMuch_isRefused() {
    assertThatThrownBy(() -> new DiscreteGaussian(1, List.of(0L, 0L)))
        .hasMessage("change must hold integers within +-16777216, one of them not 0: []");
    assertThatThrownBy(() -> new DiscreteGaussian(1, List.of(16_777_217L)))
        .hasMessage("change must hold integers within +-16777216, one of them not 0: [16777217]");
    assertThatThrownBy(() -> new DiscreteGaussian(1, List.of(1L, -16_777_217L)))
        .hasMessageEndingWith("[1, -16777217]");
    assertThat(new DiscreteGaussian(1, List.of(1L << 24, -1L << 24)).change()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 2.000001, 0x1p53, 1e300})
  void discreteGaussianOfLength_fraction_isRefused(double l2Squared) {
    assertThatThrownBy(() -> new DiscreteGaussianOfLength(1, l2Squared))
        .hasMessage(
            "l2-squared must be a whole number below 2^53 for discrete-gaussian: " + l2Squared);
  }

  @Test
  void discreteGaussianOfLength_onlyChange_isOnesWhereNoOtherIsThatLong() {
    assertThat(new DiscreteGaussianOfLength(2, 3).onlyChange())
        .contains(new DiscreteGaussian(2, List.of(1L, 1L, 1L)));
    assertThat(new DiscreteGaussianOfLength(2, 1).onlyChange())
        .contains(new DiscreteGaussian(2, List.of(1L)));
    // 4 is (1, 1, 1, 1) or (2).
    assertThat(new DiscreteGaussianOfLength(2, 4).onlyChange()).isEmpty();
  }

  @Test
  void laplace_change_keepsTheSizeOfWhatMoves() {
    assertThat(new Laplace(1, List.of(0.0, -2.5, 1.0)).change()).containsExactly(2.5, 1.0);
  }

  @Test
  void laplace_changeOfNothingOrNoNumber_isRefused() {
    assertThatThrownBy(() -> new Laplace(1, List.of(0.0, -0.0)))
        .hasMessage("change must not be all 0");
    assertThatThrownBy(() -> new Laplace(1, List.of(Double.NaN)))
        .hasMessage("change must be > 0 and finite: NaN");
    assertThatThrownBy(() -> new Laplace(1, List.of(1.0, Double.NEGATIVE_INFINITY)))
        .hasMessage("change must be > 0 and finite: Infinity");
  }

  @Test
  void answerChange_noCoordinates_isRefused() {
    assertThatThrownBy(() -> new AnswerChange(1, 1, 0)).hasMessage("coordinates must be >= 1: 0");
  }
}
