package dev.retort.learn;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.util.cuda.CudaUtils;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The tensor library, started, and the count of threads that work on it may use. Immutable and safe for use by several
 * threads; several may exist, with different counts of threads, over the one library of the process.
 */
public final class LearnEngine {

  private static final String HELP =
      "; docs/gpu.md tells how to give a site CUDA libraries, or choose device: cpu";

  private static boolean started;

  private final int threads;

  private LearnEngine(int threads) {
    this.threads = threads;
  }

  /** Starts the library if it is not, to use as many threads as the machine has processors. */
  public static LearnEngine start() {
    return start(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Starts the library if it is not. May be called again, also with another count of threads. Downloads and telemetry
   * of the library are switched off, unless the system property {@code ai.djl.offline} says otherwise; libraries are
   * taken from the class path, or from where {@code PYTORCH_LIBRARY_PATH} points.
   *
   * @param threads used by each training or scoring, at least 1
   */
  public static LearnEngine start(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1: " + threads);
    }
    load();
    return new LearnEngine(threads);
  }

  private static synchronized void load() {
    if (started) {
      return;
    }
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    NativeTuning.apply();
    Engine.getEngine("PyTorch");
    started = true;
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** The count of threads that each training or scoring uses. */
  public int threads() {
    return threads;
  }

  /**
   * Finds the device of {@code choice}; {@link ComputeDevice#description} says what was chosen.
   *
   * @throws DeviceUnavailableException if a GPU is asked for and none is usable; the message says what is missing
   */
  public ComputeDevice resolve(DeviceChoice choice) throws DeviceUnavailableException {
    String cpu = "cpu, " + threads + (threads == 1 ? " thread" : " threads");
    if (choice instanceof DeviceChoice.Cpu) {
      return new ComputeDevice(-1, cpu);
    }
    boolean cuda = Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA);
    int gpus = cuda ? CudaUtils.getGpuCount() : 0;
    String missing = missing(cuda);
    if (choice instanceof DeviceChoice.Gpu gpu) {
      if (gpus == 0) {
        throw new DeviceUnavailableException(
            "device " + choice + " cannot be used: " + missing + HELP);
      }
      if (gpu.index() >= gpus) {
        throw new DeviceUnavailableException("device " + choice + " must be one of the " + gpus
            + " GPUs found, counted from 0" + HELP);
      }
      return new ComputeDevice(gpu.index(), choice.toString());
    }
    return gpus > 0
        ? new ComputeDevice(0, "gpu:0 (auto: the first of " + gpus + ")")
        : new ComputeDevice(-1, cpu + " (auto: " + missing + ")");
  }

  private static String missing(boolean cuda) {
    boolean driver = Files.exists(Path.of("/proc/driver/nvidia/version"));
    if (!cuda) {
      return "the loaded libtorch is built for the CPU only"
          + (driver ? "" : ", and no NVIDIA driver is loaded");
    }
    return driver ? "the CUDA runtime finds no GPU" : "no NVIDIA driver is loaded";
  }

  static Device djl(ComputeDevice device) {
    return device.isGpu() ? Device.gpu(device.gpu()) : Device.cpu();
  }
}
