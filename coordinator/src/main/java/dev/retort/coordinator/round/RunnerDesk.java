package dev.retort.coordinator.round;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which the runner decides. Safe for use by several threads. */
final class RunnerDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunnerDesk.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "study-runner"));

  /** A thread of its own for what takes long. */
  static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(task -> daemon(task, name));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread made = new Thread(task, name);
    made.setDaemon(true);
    return made;
  }

  /** Does something in its turn. */
  void execute(Runnable action) {
    try {
      thread.execute(() -> guarded(action));
    } catch (RejectedExecutionException e) {
      LOG.debug("the runner is closed", e);
    }
  }

  /** Does something in its turn, not before {@code delay} is over. */
  void later(Duration delay, Runnable action) {
    try {
      var unused = thread.schedule(() -> guarded(action), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the runner is closed", e);
    }
  }

  /** What {@code query} says in its turn. */
  <T> T call(Callable<T> query) {
    try {
      return thread.submit(query).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the runner could not answer", e.getCause());
    }
  }

  private static void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("an event could not be carried out", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
