package dev.retort.learn;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.Locale;

/**
 * Settings of the C library and of OpenMP that must be made before the tensor library is loaded. Linux with glibc only;
 * elsewhere nothing is done.
 *
 * <p>glibc gives blocks above a threshold straight back to the kernel, so that each training step faults its
 * temporaries in anew: up to 4,700 page faults a step, half the time of a small step. Higher thresholds keep them.
 * OpenMP threads that spin at a barrier take the processor from whoever they wait for when the machine is shared.
 */
final class NativeTuning {

  // Names and numbers from glibc's malloc.h.
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_TOP_PAD = -2;
  private static final int M_MMAP_THRESHOLD = -3;

  private NativeTuning() {}

  /** Makes the settings; an environment variable that the operator has set is left as it is. */
  static void apply() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")) {
      return;
    }
    try {
      NativeLibrary c = NativeLibrary.getInstance("c");
      c.getFunction("gnu_get_libc_version");
      Function mallopt = c.getFunction("mallopt");
      mallopt.invokeInt(new Object[] {M_MMAP_THRESHOLD, 32 << 20});
      mallopt.invokeInt(new Object[] {M_TRIM_THRESHOLD, 1 << 30});
      mallopt.invokeInt(new Object[] {M_TOP_PAD, 16 << 20});
      int keepExisting = 0;
      c.getFunction("setenv").invokeInt(new Object[] {"OMP_WAIT_POLICY", "PASSIVE", keepExisting});
      // A wait of some ten microseconds spans the gap between two operators; a longer one would
      // burn a
      // processor that others need.
      c.getFunction("setenv").invokeInt(new Object[] {"GOMP_SPINCOUNT", "10000", keepExisting});
    } catch (UnsatisfiedLinkError absent) {
      // Not glibc, or no native access: training is slower, not wrong.
    }
  }
}
