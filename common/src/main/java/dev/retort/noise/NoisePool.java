package dev.retort.noise;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The noise of releases to come, drawn before they are asked for, so that answering them holds no sampling time: that
 * time depends on the samples drawn, and so would tell about the noise.
 *
 * <p>Pooled or not, the noise of one release is the same integers, for it is a function of the noise key, the charge's
 * sequence number and the query. A release that was not foreseen, or is asked for before its noise is ready, draws it
 * then. Noise that is taken is gone from the pool and wiped; so is noise no longer foreseen. Safe for use by several
 * threads.
 */
public final class NoisePool implements AutoCloseable {

  private final NoiseKey key;
  private final int mostSamples;
  private final Executor filler;

  private final Set<ReleaseNoise> foreseen = new LinkedHashSet<>();
  private final Map<ReleaseNoise, int[]> ready = new HashMap<>();
  private int samples;
  private @Nullable ReleaseNoise drawing;
  private boolean filling;
  private boolean closed;

  /**
   * An empty pool.
   *
   * @param key the node's noise key
   * @param mostSamples how many integers the pool may hold, at least 0; a larger release is never pooled
   * @param filler draws noise, one release at a time; not shut down by this pool
   */
  public NoisePool(NoiseKey key, int mostSamples, Executor filler) {
    if (mostSamples < 0) {
      throw new IllegalArgumentException("mostSamples must be >= 0: " + mostSamples);
    }
    this.key = key;
    this.mostSamples = mostSamples;
    this.filler = filler;
  }

  /** A pool that holds nothing, and draws what is asked for. */
  public static NoisePool none(NoiseKey key) {
    return new NoisePool(key, 0, Runnable::run);
  }

  /** How many integers the pool may hold. */
  public int mostSamples() {
    return mostSamples;
  }

  /** The key from which all noise here derives. */
  public NoiseKey key() {
    return key;
  }

  /**
   * Says which releases are expected, in the order in which they are. This takes the place of what was said before: noise
   * for a release that is not among these is wiped.
   */
  public void foresee(List<ReleaseNoise> releases) {
    synchronized (this) {
      Set<ReleaseNoise> wanted = new LinkedHashSet<>(releases);
      ready.entrySet().removeIf(each -> {
        boolean stale = !wanted.contains(each.getKey());
        if (stale) {
          discard(each.getValue());
        }
        return stale;
      });
      if (drawing != null && !wanted.contains(drawing)) {
        drawing = null;
      }
      foreseen.clear();
      for (ReleaseNoise each : wanted) {
        if (each.count() <= mostSamples && !ready.containsKey(each) && !each.equals(drawing)) {
          foreseen.add(each);
        }
      }
    }
    fill();
  }

  /**
   * Adds the noise of a release to its exact values, one integer an entry.
   *
   * @param values as many as the release has; overwritten
   * @throws ArithmeticException if a sum leaves the range of an int; some entries have then changed, and the caller must
   *     drop them all
   */
  public void addTo(int[] values, ReleaseNoise release) {
    if (values.length != release.count()) {
      throw new IllegalArgumentException(
          "values must be " + release.count() + " integers: " + values.length);
    }
    int[] drawn = take(release);
    if (drawn == null) {
      release.drawInto(values, key);
      return;
    }
    try {
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.addExact(values[i], drawn[i]);
      }
    } finally {
      Arrays.fill(drawn, 0);
      // Only now, when there is room for more: filling while an answer is computed would compete
      // with it.
      fill();
    }
  }

  /** Wipes the pool. It holds nothing from then on, and draws what is asked for. */
  @Override
  public synchronized void close() {
    closed = true;
    foreseen.clear();
    drawing = null;
    ready.values().forEach(this::discard);
    ready.clear();
  }

  /** How many integers are ready. */
  public synchronized int samples() {
    return samples;
  }

  private synchronized int @Nullable [] take(ReleaseNoise release) {
    foreseen.remove(release);
    if (release.equals(drawing)) {
      drawing = null;
    }
    int[] drawn = ready.remove(release);
    if (drawn != null) {
      samples -= drawn.length;
    }
    return drawn;
  }

  private void discard(int[] drawn) {
    samples -= drawn.length;
    Arrays.fill(drawn, 0);
  }

  private void fill() {
    synchronized (this) {
      if (filling || closed || foreseen.isEmpty()) {
        return;
      }
      filling = true;
    }
    try {
      filler.execute(this::drawAll);
    } catch (RejectedExecutionException e) {
      // The node is being shut down; what is still asked for is drawn then.
      rest();
    }
  }

  private void drawAll() {
    for (ReleaseNoise next = next(); next != null; next = next()) {
      int[] drawn = next.draw(key);
      if (!keep(next, drawn)) {
        Arrays.fill(drawn, 0);
      }
    }
  }

  private synchronized void rest() {
    filling = false;
    drawing = null;
  }

  /** The next release to draw for, or null, and the filler rests, if there is none or no room for it. */
  private synchronized @Nullable ReleaseNoise next() {
    Iterator<ReleaseNoise> next = foreseen.iterator();
    ReleaseNoise first = next.hasNext() ? next.next() : null;
    if (first == null || first.count() > mostSamples - samples) {
      rest();
      return null;
    }
    next.remove();
    drawing = first;
    return first;
  }

  /** False if nobody wants it any more: it was asked for, and drawn, in the meantime, or it is foreseen no longer. */
  private synchronized boolean keep(ReleaseNoise release, int[] drawn) {
    if (!release.equals(drawing)) {
      return false;
    }
    drawing = null;
    ready.put(release, drawn);
    samples += drawn.length;
    return true;
  }
}
