package dev.retort.learn;

import java.util.regex.Pattern;

/** Where a plan or an operator wants networks trained. Pure; {@link LearnEngine#resolve} finds the device. */
public sealed interface DeviceChoice {

  /** The first GPU if one is usable, else the CPU. */
  record Auto() implements DeviceChoice {
    @Override
    public String toString() {
      return "auto";
    }
  }

  /** The CPU. */
  record Cpu() implements DeviceChoice {
    @Override
    public String toString() {
      return "cpu";
    }
  }

  /**
   * One GPU, and nothing else.
   *
   * @param index from 0, as CUDA counts
   */
  record Gpu(int index) implements DeviceChoice {

    public Gpu {
      if (index < 0) {
        throw new IllegalArgumentException("index must be >= 0: " + index);
      }
    }

    @Override
    public String toString() {
      return "gpu:" + index;
    }
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code gpu} (the same as {@code gpu:0}) or {@code gpu:N}.
   *
   * @throws UnknownDeviceException if {@code name} is none of these
   */
  static DeviceChoice parse(String name) throws UnknownDeviceException {
    if (name.equals("auto")) {
      return new Auto();
    }
    if (name.equals("cpu")) {
      return new Cpu();
    }
    if (name.equals("gpu")) {
      return new Gpu(0);
    }
    if (Pattern.matches("gpu:(0|[1-9][0-9]{0,2})", name)) {
      return new Gpu(Integer.parseInt(name.substring("gpu:".length())));
    }
    throw new UnknownDeviceException(name);
  }
}
