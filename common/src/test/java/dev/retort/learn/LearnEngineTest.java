package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnEngineTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "cuda", "gpu:", "gpu:-1", "gpu:x", "gpu:1000", "CPU"})
  void parse_unknownDevice_namesTheKnownOnes(String name) {
    assertThatThrownBy(() -> DeviceChoice.parse(name))
        .isInstanceOf(UnknownDeviceException.class)
        .hasMessageContaining("auto, cpu, gpu, gpu:N")
        .hasMessageEndingWith(": " + name);
  }

  @Test
  void parse_knownDevice_readsIt() throws UnknownDeviceException {
    assertThat(DeviceChoice.parse("auto")).isEqualTo(new DeviceChoice.Auto());
    assertThat(DeviceChoice.parse("cpu")).isEqualTo(new DeviceChoice.Cpu());
    assertThat(DeviceChoice.parse("gpu")).isEqualTo(new DeviceChoice.Gpu(0));
    assertThat(DeviceChoice.parse("gpu:3")).isEqualTo(new DeviceChoice.Gpu(3));
  }

  @Test
  void start_again_isAllowedWithAnotherCountOfThreads() {
    assertThat(LearnEngine.start(1).threads()).isEqualTo(1);
    assertThat(LearnEngine.start(2).threads()).isEqualTo(2);
    assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
  }

  @Test
  void resolve_cpu_isTheCpu() throws DeviceUnavailableException {
    ComputeDevice device = LearnEngine.start(1).resolve(new DeviceChoice.Cpu());
    assertThat(device.isGpu()).isFalse();
    assertThat(device.description()).isEqualTo("cpu, 1 thread");
  }

  @Test
  void resolve_auto_saysWhatItChose() throws DeviceUnavailableException {
    ComputeDevice device = LearnEngine.start(1).resolve(new DeviceChoice.Auto());
    assertThat(device.description()).contains("auto").containsAnyOf("cpu", "gpu:0");
  }

  @Test
  void resolve_gpuWithoutOne_saysWhatIsMissing() throws DeviceUnavailableException {
    LearnEngine engine = LearnEngine.start(1);
    assumeTrue(!engine.resolve(new DeviceChoice.Auto()).isGpu(), "this machine has a usable GPU");
    assertThatThrownBy(() -> engine.resolve(new DeviceChoice.Gpu(1)))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageStartingWith("device gpu:1 cannot be used: ")
        .hasMessageMatching("(?s).*(built for the CPU only|no NVIDIA driver|finds no GPU).*")
        .hasMessageContaining("docs/gpu.md");
  }
}
