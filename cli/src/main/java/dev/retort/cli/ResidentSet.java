package dev.retort.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The peak resident set of a process, as Linux keeps it. */
final class ResidentSet {

  private ResidentSet() {}

  /** The peak of process {@code pid} in bytes; 0 if the process has gone or the system does not say. */
  static long peakBytes(long pid) {
    return read(Path.of("/proc/" + pid + "/status"));
  }

  /** The peak of this process in bytes; 0 if the system does not say. */
  static long peakBytes() {
    return read(Path.of("/proc/self/status"));
  }

  private static long read(Path status) {
    try {
      for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("VmHWM:")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
    return 0;
  }
}
