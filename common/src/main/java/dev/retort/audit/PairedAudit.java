package dev.retort.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Runs a release many times on two neighbouring inputs and certifies a lower bound on its epsilon.
 *
 * <p>The first quarter of the runs teaches the statistics that learn, the second quarter chooses statistics and
 * thresholds, the other half certifies the two tests so chosen and nothing else; so neither choice weakens the
 * certificate. The probability of failure is split evenly over the two bounds, and in each over its two error rates.
 *
 * <p>Trials share releases: one block of histograms holds many of them, and a trial's rows lie in two releases where it
 * has more than one row, so that noise used twice, within a release or across releases, shows in a trial.
 */
public final class PairedAudit {

  /** The fewest runs on each input. */
  public static final int LEAST_RUNS = 8;

  // Of many thresholds, the luckiest looks best. Choosing with a smaller probability of failure
  // than
  // certifying holds back those in the tails; measured, these give the largest bounds.
  private static final double DIRECT_CAUTION = 1e-2;
  private static final double GAUSSIAN_CAUTION = 1e-4;

  private static final int MOST_TRIALS = 4096;
  private static final int MOST_ENTRIES = 1 << 18;

  private final NeighbouringInputs inputs;
  private final int runs;
  private final double delta;
  private final double confidence;

  /**
   * An audit.
   *
   * @param inputs what each trial releases
   * @param runs trials on each input, at least {@value #LEAST_RUNS}
   * @param delta in (0, 1)
   * @param confidence in (0, 1)
   */
  public PairedAudit(NeighbouringInputs inputs, int runs, double delta, double confidence) {
    if (runs < LEAST_RUNS) {
      throw new IllegalArgumentException("runs must be >= " + LEAST_RUNS + ": " + runs);
    }
    if (!(delta > 0) || !(delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1): " + delta);
    }
    if (!(confidence > 0) || !(confidence < 1)) {
      throw new IllegalArgumentException("confidence must be in (0, 1): " + confidence);
    }
    this.inputs = inputs;
    this.runs = runs;
    this.delta = delta;
    this.confidence = confidence;
  }

  /** The rows of each release that a trial of {@code rows} rows is a part of: what one trial is charged for. */
  public static List<Integer> releaseRows(int rows) {
    int first = (rows + 1) / 2;
    return first == rows ? List.of(rows) : List.of(first, rows - first);
  }

  /**
   * Runs it.
   *
   * @param done told how many trials on each input are done
   * @throws UnreleasedException if the release gives no answer
   */
  public AuditBound run(AuditedRelease release, IntConsumer done) throws UnreleasedException {
    double failure = (1 - confidence) / 2;
    int learning = runs / 4;
    int choosing = runs / 4;

    List<OutputStatistic> statistics = OutputStatistic.all(inputs);
    trials(release, 0, learning, done, (trial, changed, output, from) -> {
      statistics.forEach(statistic -> statistic.learn(output, from, changed));
    });

    List<double[]> without = new ArrayList<>();
    List<double[]> with = new ArrayList<>();
    for (int i = 0; i < statistics.size(); i++) {
      without.add(new double[choosing]);
      with.add(new double[choosing]);
    }
    trials(release, learning, choosing, done, (trial, changed, output, from) -> {
      for (int i = 0; i < statistics.size(); i++) {
        (changed ? with : without).get(i)[trial] = statistics.get(i).score(output, from);
      }
    });
    FixedTest direct =
        FixedTest.best(without, with, errors -> errors.direct(delta, DIRECT_CAUTION * failure));
    FixedTest gaussian =
        FixedTest.best(without, with, errors -> errors.gaussianMu(GAUSSIAN_CAUTION * failure));

    int certifying = runs - learning - choosing;
    Judge directJudge = new Judge(statistics.get(direct.statistic()), direct.threshold());
    Judge gaussianJudge = new Judge(statistics.get(gaussian.statistic()), gaussian.threshold());
    trials(release, learning + choosing, certifying, done, (trial, changed, output, from) -> {
      directJudge.accept(changed, output, from);
      gaussianJudge.accept(changed, output, from);
    });
    ErrorCounts directErrors = directJudge.errors(certifying);
    ErrorCounts gaussianErrors = gaussianJudge.errors(certifying);
    return new AuditBound(
        runs,
        delta,
        confidence,
        Math.max(0, directErrors.direct(delta, failure)),
        gaussianErrors.gaussian(delta, failure),
        directJudge.statistic.name(),
        gaussianJudge.statistic.name(),
        directErrors,
        gaussianErrors);
  }

  /** Shown each trial's output, which begins at {@code from} and lasts until the call returns. */
  @FunctionalInterface
  private interface TrialSink {
    void accept(int trial, boolean changed, int[] output, int from);
  }

  /** Counts one test's errors. */
  private static final class Judge {

    private final OutputStatistic statistic;
    private final double threshold;
    private long falsePositives;
    private long falseNegatives;

    Judge(OutputStatistic statistic, double threshold) {
      this.statistic = statistic;
      this.threshold = threshold;
    }

    void accept(boolean changed, int[] output, int from) {
      boolean claimed = statistic.score(output, from) >= threshold;
      if (claimed && !changed) {
        falsePositives++;
      } else if (!claimed && changed) {
        falseNegatives++;
      }
    }

    ErrorCounts errors(int trials) {
      return new ErrorCounts(falsePositives, trials, falseNegatives, trials);
    }
  }

  private void trials(
      AuditedRelease release, int before, int count, IntConsumer done, TrialSink sink)
      throws UnreleasedException {
    int most = Math.max(1, Math.min(MOST_TRIALS, MOST_ENTRIES / inputs.entries()));
    for (int first = 0; first < count; first += most) {
      int block = Math.min(most, count - first);
      for (boolean changed : new boolean[] {false, true}) {
        int[] output = release(release, block, changed);
        for (int trial = 0; trial < block; trial++) {
          sink.accept(first + trial, changed, output, trial * inputs.entries());
        }
      }
      done.accept(before + first + block);
    }
  }

  /** The outputs of {@code trials} trials, one after another. */
  private int[] release(AuditedRelease release, int trials, boolean changed)
      throws UnreleasedException {
    int entries = inputs.entries();
    int[] output = new int[trials * entries];
    int from = 0;
    for (int rows : releaseRows(inputs.rows())) {
      int length = rows * inputs.classes();
      int[] histograms = new int[trials * length];
      for (int i = 0; i < histograms.length; i++) {
        int entry = from + i % length;
        histograms[i] = changed ? inputs.with(entry) : inputs.without(entry);
      }
      int[] answer = release.release(histograms);
      if (answer.length != histograms.length) {
        throw new UnreleasedException("release must answer every histogram: " + answer.length
            + " entries for " + histograms.length);
      }
      for (int trial = 0; trial < trials; trial++) {
        System.arraycopy(answer, trial * length, output, trial * entries + from, length);
      }
      from += length;
    }
    return output;
  }
}
