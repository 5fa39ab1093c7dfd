package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.coordinator.student.Distiller.Gate;
import dev.retort.plan.SelfTraining;
import org.junit.jupiter.api.Test;

final class GateTest {

  @Test
  void of_largeNoiseAndClearLabels_opens() {
    assertThat(Gate.of(SelfTraining.AUTO, true, 0.034, 0.94))
        .isEqualTo(new Gate(
            true,
            "on: noise score 0.0340 is above 0.015, and 94 % of the samples stand clear of it"));
  }

  @Test
  void of_planThatSaysOff_staysShut() {
    assertThat(Gate.of(SelfTraining.OFF, true, 0.034, 0.94))
        .isEqualTo(new Gate(false, "off, as the plan says"));
  }

  @Test
  void of_tables_staysShut() {
    assertThat(Gate.of(SelfTraining.AUTO, false, 0.034, 0.94).open()).isFalse();
  }

  @Test
  void of_littleNoise_staysShut() {
    assertThat(Gate.of(SelfTraining.AUTO, true, Distiller.SELF_TRAINING_NOISE, 0.94))
        .isEqualTo(new Gate(false, "off: noise score 0.0150 is not above 0.015"));
  }

  @Test
  void of_overlappingClasses_staysShut() {
    assertThat(Gate.of(SelfTraining.AUTO, true, 0.046, 0.7))
        .isEqualTo(new Gate(
            false, "off: only 70 % of the samples stand clear of the noise, fewer than 75 %"));
  }
}
