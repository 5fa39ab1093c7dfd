package dev.retort.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The Java threads of one training or scoring of an ensemble; each uses one thread of the library. */
final class Workers implements AutoCloseable {

  /** Takes the result of a task. */
  interface Sink<T> {
    void accept(T result);
  }

  private final ExecutorService threads;

  Workers(int count) {
    threads = Executors.newFixedThreadPool(count, work -> {
      Thread thread = new Thread(work, "retort-learn");
      thread.setDaemon(true);
      return thread;
    });
  }

  /**
   * Runs all tasks and hands their results to {@code sink}, in the order of the tasks, on the calling thread.
   *
   * @throws InterruptedException if the calling thread is interrupted; tasks that run are interrupted then too
   */
  <T> void run(List<Callable<T>> tasks, Sink<T> sink) throws InterruptedException {
    List<Future<T>> results = new ArrayList<>();
    for (Callable<T> task : tasks) {
      results.add(threads.submit(task));
    }
    for (int i = 0; i < results.size(); i++) {
      try {
        sink.accept(results.set(i, null).get());
      } catch (ExecutionException failure) {
        if (failure.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        if (failure.getCause() instanceof Error cause) {
          throw cause;
        }
        throw new IllegalStateException("a learning thread failed", failure.getCause());
      }
    }
  }

  /** Interrupts what still runs and waits until it has freed its native memory. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
