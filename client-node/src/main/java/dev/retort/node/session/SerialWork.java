package dev.retort.node.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps one after another, in order, on a shared executor. Closing drops what waits and interrupts what runs. Safe
 * for use by several threads.
 */
final class SerialWork implements AutoCloseable {

  private record Step(String study, Runnable body) {}

  private final Executor executor;
  private final int mostWaiting;
  private final Deque<Step> waiting = new ArrayDeque<>();
  private @Nullable Thread running;
  private @Nullable Step current;
  private boolean scheduled;
  private boolean closed;

  SerialWork(Executor executor, int mostWaiting) {
    this.executor = executor;
    this.mostWaiting = mostWaiting;
  }

  /**
   * Queues a step; false, and nothing queued, if too many wait already. After closing, steps are dropped.
   *
   * @param study what the step belongs to, for {@link #cancel}
   */
  synchronized boolean offer(String study, Runnable step) {
    if (closed) {
      return true;
    }
    if (waiting.size() >= mostWaiting) {
      return false;
    }
    waiting.add(new Step(study, step));
    schedule();
    return true;
  }

  /** Drops what waits of a study and interrupts what runs of it. */
  synchronized void cancel(String study) {
    waiting.removeIf(step -> step.study().equals(study));
    Thread thread = running;
    Step step = current;
    if (thread != null && step != null && step.study().equals(study)) {
      thread.interrupt();
    }
  }

  private synchronized void schedule() {
    if (!scheduled && !closed && !waiting.isEmpty()) {
      scheduled = true;
      // One step a task, so that the sessions that share the executor take turns.
      executor.execute(this::runOne);
    }
  }

  private void runOne() {
    Step step;
    synchronized (this) {
      step = closed ? null : waiting.poll();
      current = step;
      running = step == null ? null : Thread.currentThread();
    }
    try {
      if (step != null) {
        step.body().run();
      }
    } finally {
      synchronized (this) {
        running = null;
        scheduled = false;
        current = null;
        // The thread belongs to others too: an interrupt meant for this step must not reach
        // theirs.
        Thread.interrupted();
        notifyAll();
      }
      schedule();
    }
  }

  /** Drops what waits, interrupts what runs, and returns once it has ended or the caller is interrupted. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
    Thread thread = running;
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    thread.interrupt();
    try {
      while (running != null) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
