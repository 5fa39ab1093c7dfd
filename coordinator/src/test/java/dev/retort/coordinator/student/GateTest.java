package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.plan.SelfTraining;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class GateTest {

  private static final double NOISY = 0.034;

  private static Supplier<HeldOutGain> plainGains(double gain) {
    return () -> new HeldOutGain(gain, 0.001, 1800);
  }

  private static HeldOutGain unasked() {
    throw new AssertionError("no trial is needed");
  }

  @Test
  void of_largeNoiseAndNoHarm_opens() {
    Gate gate = Gate.of(SelfTraining.AUTO, true, NOISY, plainGains(0.0019));
    assertThat(gate.open()).isTrue();
    assertThat(gate.reason())
        .isEqualTo(
            "on: noise score 0.0340 is above 0.015, and on labels held out plain targets are ahead by 1.9"
                + " standard errors, not more than 2.0");
    assertThat(gate.trials())
        .containsExactly(new DistillationReport.Trial(
            "plain targets", "self-training", 0.0019, 0.001, 1800, "left"));
  }

  @Test
  void of_clearHarmOnLabelsHeldOut_staysShut() {
    Gate gate = Gate.of(SelfTraining.AUTO, true, NOISY, plainGains(0.0048));
    assertThat(gate.open()).isFalse();
    assertThat(gate.reason())
        .isEqualTo(
            "off: noise score 0.0340 is above 0.015, but on labels held out plain targets are ahead by 4.8"
                + " standard errors, more than 2.0");
    assertThat(gate.trials())
        .extracting(DistillationReport.Trial::outcome)
        .containsExactly("taken");
  }

  @Test
  void of_planThatSaysSo_obeysWithoutATrial() {
    assertThat(Gate.of(SelfTraining.OFF, true, NOISY, GateTest::unasked))
        .isEqualTo(new Gate(false, "off, as the plan says", List.of()));
    assertThat(Gate.of(SelfTraining.ON, false, 0, GateTest::unasked))
        .isEqualTo(new Gate(true, "on, as the plan says", List.of()));
  }

  @Test
  void of_tables_staysShut() {
    assertThat(Gate.of(SelfTraining.AUTO, false, NOISY, GateTest::unasked).open())
        .isFalse();
  }

  @Test
  void of_littleNoise_staysShut() {
    assertThat(Gate.of(SelfTraining.AUTO, true, Gate.NOISE, GateTest::unasked).reason())
        .isEqualTo("off: noise score 0.0150 is not above 0.015");
  }
}
