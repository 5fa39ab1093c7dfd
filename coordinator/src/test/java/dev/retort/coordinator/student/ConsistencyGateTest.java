package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.plan.AutoSwitch;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConsistencyGateTest {

  private static final double NOISY = 0.034;

  private static ConsistencyGate.Comparison plainGains(double gain) {
    return () -> new HeldOutGain(gain, 0.001, 1800);
  }

  private static HeldOutGain unasked() {
    throw new AssertionError("no students are compared");
  }

  @Test
  void of_largeNoiseAndNoHarm_opens() throws Exception {
    ConsistencyGate gate = ConsistencyGate.of(AutoSwitch.AUTO, true, NOISY, plainGains(-0.003));
    assertThat(gate.open()).isTrue();
    assertThat(gate.reason())
        .isEqualTo(
            "on: noise score 0.0340 is above 0.015, and on labels held out a student without it is ahead by"
                + " -3.0 standard errors, not more than 2.0");
    assertThat(gate.trials())
        .containsExactly(new DistillationReport.Trial(
            "without consistency", "with consistency", -0.003, 0.001, 1800, "left"));
  }

  @Test
  void of_clearHarmOnLabelsHeldOut_staysShut() throws Exception {
    ConsistencyGate gate = ConsistencyGate.of(AutoSwitch.AUTO, true, NOISY, plainGains(0.0048));
    assertThat(gate.open()).isFalse();
    assertThat(gate.reason())
        .isEqualTo(
            "off: noise score 0.0340 is above 0.015, but on labels held out a student without it is ahead by"
                + " 4.8 standard errors, more than 2.0");
    assertThat(gate.trials())
        .extracting(DistillationReport.Trial::outcome)
        .containsExactly("taken");
  }

  @Test
  void of_littleNoise_staysShutWithoutAStudent() throws Exception {
    assertThat(ConsistencyGate.of(AutoSwitch.AUTO, true, Gate.NOISE, ConsistencyGateTest::unasked))
        .isEqualTo(
            new ConsistencyGate(false, "off: noise score 0.0150 is not above 0.015", List.of()));
  }

  @Test
  void of_planThatSaysSo_obeysWithoutAStudent() throws Exception {
    assertThat(ConsistencyGate.of(AutoSwitch.OFF, true, NOISY, ConsistencyGateTest::unasked))
        .isEqualTo(new ConsistencyGate(false, "off, as the plan says", List.of()));
    assertThat(ConsistencyGate.of(AutoSwitch.ON, true, 0, ConsistencyGateTest::unasked))
        .isEqualTo(new ConsistencyGate(true, "on, as the plan says", List.of()));
  }

  @Test
  void of_oneLabel_staysShutWithoutAStudent() throws Exception {
    assertThat(ConsistencyGate.of(AutoSwitch.AUTO, false, NOISY, ConsistencyGateTest::unasked)
            .reason())
        .isEqualTo("off: no label can be held out of one");
  }

  @Test
  void ofClassSums_auto_staysShut() {
    assertThat(ConsistencyGate.ofClassSums(AutoSwitch.AUTO).reason())
        .isEqualTo("off: class sums label no sample");
    assertThat(ConsistencyGate.ofClassSums(AutoSwitch.ON).open()).isTrue();
  }
}
