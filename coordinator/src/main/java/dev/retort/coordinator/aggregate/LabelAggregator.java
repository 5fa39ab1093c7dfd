package dev.retort.coordinator.aggregate;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;

/**
 * Adds up the sites' noised label blocks. Integers throughout, so the result is the same in whatever order blocks come
 * and however often each is repeated. Safe for use by several threads.
 */
public final class LabelAggregator {

  private record Contribution(int count, String digest) {}

  private final int samples;
  private final int classes;
  private final long[] sums;
  private final long[] units;
  private final long[] noiseVariance;
  private final Map<ContributionKey, Contribution> folded = new HashMap<>();

  /**
   * Begins with nothing answered.
   *
   * @param samples queries of the study, at least 1
   * @param classes entries a sample, at least 2
   */
  public LabelAggregator(int samples, int classes) {
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be >= 1: " + samples);
    }
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2: " + classes);
    }
    this.samples = samples;
    this.classes = classes;
    this.sums = new long[Math.multiplyExact(samples, classes)];
    this.units = new long[samples];
    this.noiseVariance = new long[samples];
  }

  /**
   * Counts a block, unless the site answered any of its samples before.
   *
   * @param key the site and the block's first sample
   * @param block the noised sum of the labels of all the site's teachers
   * @param teachers how many labels were summed, at least 1
   * @param grid what each label sums to
   * @param sigma standard deviation of the noise on each entry, in grid units, at least 1
   * @throws IllegalArgumentException if the block is not of this study's shape or not at the key's place
   * @throws ArithmeticException if a total leaves the range of a long; nothing is counted then
   */
  public synchronized FoldOutcome fold(
      ContributionKey key, LabelBlock block, int teachers, LabelGrid grid, int sigma) {
    requireFits(key, block);
    if (teachers < 1) {
      throw new IllegalArgumentException("teachers must be >= 1: " + teachers);
    }
    if (sigma < 1) {
      throw new IllegalArgumentException("sigma must be >= 1: " + sigma);
    }
    Contribution offered = new Contribution(
        block.count(), block.digest() + "/" + teachers + "/" + grid.size() + "/" + sigma);
    for (Map.Entry<ContributionKey, Contribution> entry : folded.entrySet()) {
      ContributionKey held = entry.getKey();
      if (held.equals(key) && entry.getValue().equals(offered)) {
        return new FoldOutcome.Duplicate();
      }
      if (held.node().equals(key.node())
          && held.firstSample() < key.firstSample() + block.count()
          && key.firstSample() < held.firstSample() + entry.getValue().count()) {
        return new FoldOutcome.Conflict(held, entry.getValue().digest(), offered.digest());
      }
    }
    int[] values = block.values();
    add(
        Math.toIntExact(block.firstSample()),
        block.count(),
        i -> values[i],
        Math.multiplyExact((long) teachers, grid.size()),
        Math.multiplyExact((long) sigma, sigma));
    folded.put(key, offered);
    return new FoldOutcome.Folded();
  }

  /**
   * Counts a sum over several sites.
   *
   * @param firstSample the first sample's index
   * @param sum all classes of each sample, sample-major
   * @param labels how many labels were summed, at least 1
   * @param grid what each label sums to
   * @param variance of the noise on each entry, in grid units squared
   * @throws ArithmeticException if a total leaves the range of a long; nothing is counted then
   */
  public synchronized void foldSum(
      long firstSample, long[] sum, int labels, LabelGrid grid, long variance) {
    if (labels < 1 || variance < 1) {
      throw new IllegalArgumentException(
          "labels and variance must be >= 1: " + labels + ", " + variance);
    }
    if (sum.length % classes != 0 || firstSample + sum.length / classes > samples) {
      throw new IllegalArgumentException("sum must lie within " + samples + " samples of " + classes
          + " classes: " + sum.length + " entries from sample " + firstSample);
    }
    add(
        Math.toIntExact(firstSample),
        sum.length / classes,
        i -> sum[i],
        Math.multiplyExact((long) labels, grid.size()),
        variance);
  }

  /** What has been folded so far, as a copy that later folds do not change. */
  public synchronized AggregatedLabels result() {
    return new AggregatedLabels(classes, sums.clone(), units.clone(), noiseVariance.clone());
  }

  private void requireFits(ContributionKey key, LabelBlock block) {
    if (block.firstSample() != key.firstSample()) {
      throw new IllegalArgumentException(
          "block must be at " + key.firstSample() + ": " + block.firstSample());
    }
    if (block.classes() != classes) {
      throw new IllegalArgumentException(
          "block must have " + classes + " classes: " + block.classes());
    }
    if (block.firstSample() + block.count() > samples) {
      throw new IllegalArgumentException("block must lie within " + samples + " samples: " + block);
    }
  }

  private void add(int first, int count, IntToLongFunction values, long added, long variance) {
    // Checked in full before anything is written, so that an overflow leaves the totals as they
    // were.
    for (int i = 0; i < count * classes; i++) {
      Math.addExact(sums[first * classes + i], values.applyAsLong(i));
    }
    for (int row = first; row < first + count; row++) {
      Math.addExact(units[row], added);
      Math.addExact(noiseVariance[row], variance);
    }
    for (int i = 0; i < count * classes; i++) {
      sums[first * classes + i] += values.applyAsLong(i);
    }
    for (int row = first; row < first + count; row++) {
      units[row] += added;
      noiseVariance[row] += variance;
    }
  }
}
