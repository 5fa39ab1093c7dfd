package dev.retort.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** Wall-clock seconds by phase. Phases may repeat; not safe for use by several threads. */
final class PhaseClock {

  private final long start = System.nanoTime();
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long mark = start;

  /** Books the time since the last call, or since the start, to {@code phase}. */
  void book(String phase) {
    long now = System.nanoTime();
    seconds.merge(phase, (now - mark) / 1e9, Double::sum);
    mark = now;
  }

  /** As {@link #book}, unless {@code phase} has been booked before. */
  void bookOnce(String phase) {
    if (!seconds.containsKey(phase)) {
      book(phase);
    }
  }

  /** The phases so far, and {@code total}. */
  Map<String, Double> seconds() {
    Map<String, Double> all = new LinkedHashMap<>(seconds);
    all.put("total", (System.nanoTime() - start) / 1e9);
    all.replaceAll((phase, value) -> Math.round(value * 1000) / 1000.0);
    return all;
  }
}
