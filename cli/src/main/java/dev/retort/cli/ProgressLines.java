package dev.retort.cli;

import dev.retort.data.EncodingProgress;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Progress bars on stderr, one line a task. On a terminal the lines are redrawn in place; elsewhere a line is printed
 * when a task passes a quarter, so that a log stays short. Thread-safe.
 */
final class ProgressLines {

  private static final int BAR = 28;
  private static final Duration REDRAW = Duration.ofMillis(100);

  private final PrintStream out;
  private final boolean terminal;
  private final InstantSource clock;
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private Instant drawn = Instant.EPOCH;
  private int lines;

  private record Task(long done, long total, String note, int quarter) {}

  ProgressLines(PrintStream out, boolean terminal, InstantSource clock) {
    this.out = out;
    this.terminal = terminal;
    this.clock = clock;
  }

  /** Bars on this process's stderr; the launcher says whether that is a terminal. */
  static ProgressLines onStderr() {
    return new ProgressLines(
        System.err, Boolean.getBoolean("retort.terminal"), InstantSource.system());
  }

  /** Task {@code name} has done {@code done} of {@code total}, which is below 0 if it is not known: then there is no bar. */
  synchronized void update(String name, long done, long total) {
    update(name, done, total, "");
  }

  /** As {@link #update(String, long, long)}, with a word at the end of the line. */
  synchronized void update(String name, long done, long total, String note) {
    Task before = tasks.get(name);
    if (before != null && before.done() == done && before.note().equals(note)) {
      return;
    }
    int quarter = total <= 0 ? 0 : (int) (4 * done / total);
    Task now = new Task(done, total, note, quarter);
    tasks.put(name, now);
    if (terminal) {
      Instant time = clock.instant();
      if ((total >= 0 && done >= total) || Duration.between(drawn, time).compareTo(REDRAW) >= 0) {
        redraw();
        drawn = time;
      }
    } else if (quarter > 0
        && (before == null || before.quarter() < quarter || !before.note().equals(note))) {
      out.println(line(name, now));
    }
  }

  /** A line that counts the texts and images of {@code table} that are encoded. */
  EncodingProgress texts(Path table) {
    return cells -> update("texts and images of " + table.getFileName(), 0, -1, cells + " encoded");
  }

  /** Prints a line above the bars. */
  synchronized void say(String text) {
    if (terminal) {
      erase();
      out.println(text);
      redraw();
    } else {
      out.println(text);
    }
  }

  /** Leaves the bars as they stand and starts afresh below. */
  synchronized void finish() {
    if (terminal) {
      redraw();
    }
    lines = 0;
    tasks.clear();
  }

  /** Takes the bars away and starts afresh. */
  synchronized void clear() {
    if (terminal) {
      erase();
      out.flush();
    }
    lines = 0;
    tasks.clear();
  }

  private void redraw() {
    erase();
    tasks.forEach((name, task) -> out.println(line(name, task)));
    lines = tasks.size();
    out.flush();
  }

  private void erase() {
    if (lines > 0) {
      out.print("\033[" + lines + "A\033[J");
      lines = 0;
    }
  }

  private static String line(String name, Task task) {
    if (task.total() < 0) {
      return String.format("  %-24s %s", name, task.note()).stripTrailing();
    }
    int filled = task.total() == 0 ? 0 : (int) Math.min(BAR, BAR * task.done() / task.total());
    return String.format(
            "  %-24s [%s%s] %s/%s %s",
            name,
            "#".repeat(filled),
            "-".repeat(BAR - filled),
            task.done(),
            task.total(),
            task.note())
        .stripTrailing();
  }
}
