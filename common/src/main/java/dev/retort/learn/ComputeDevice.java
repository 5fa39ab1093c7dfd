package dev.retort.learn;

/**
 * A device that is there: the answer of {@link LearnEngine#resolve}.
 *
 * @param gpu the index of the GPU, or -1 for the CPU
 * @param description what was chosen and why, for logs and reports
 */
public record ComputeDevice(int gpu, String description) {

  public ComputeDevice {
    if (gpu < -1) {
      throw new IllegalArgumentException("gpu must be >= -1: " + gpu);
    }
  }

  /** The CPU, asked for by name. */
  public static ComputeDevice cpu() {
    return new ComputeDevice(-1, "cpu");
  }

  /** Whether this is a GPU. */
  public boolean isGpu() {
    return gpu >= 0;
  }
}
