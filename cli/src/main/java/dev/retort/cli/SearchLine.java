package dev.retort.cli;

import dev.retort.accounting.CampaignPlanner;

/** Says on a terminal, while slow accounting goes on, what was tried last. Leaves nothing behind. */
final class SearchLine implements CampaignPlanner.Watcher, AutoCloseable {

  private static final long UNKNOWN = -1;

  private final ProgressLines lines;
  private final String task;
  private int tries;

  private SearchLine(ProgressLines lines, String task) {
    this.lines = lines;
    this.task = task;
    lines.update(task, 0, UNKNOWN, "this may take some seconds");
  }

  /** The line of a task, such as {@code searching sigma}, on this process's stderr. */
  static SearchLine onStderr(String task) {
    return new SearchLine(ProgressLines.onStderr(), task);
  }

  @Override
  public void tried(double quantity, double epsilon) {
    tries++;
    lines.update(
        task,
        tries,
        UNKNOWN,
        String.format("%d tried, last %.7g: epsilon %.7g", tries, quantity, epsilon));
  }

  @Override
  public void close() {
    lines.clear();
  }
}
