package dev.retort.node.teacher;

import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import dev.retort.label.IntegerLabel;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.EnsembleTraining;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Network;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.privacy.DiscreteGaussianHints;

/**
 * Trains one teacher a shard and adds up what they say of the transfer samples. Each teacher depends on its own shard
 * and on public numbers alone; each answer becomes an integer label inside its teacher, before any sum.
 */
public final class TeacherVotes {

  private final EnsembleTraining training;

  /** Trains with {@code engine} on {@code device}. */
  public TeacherVotes(LearnEngine engine, ComputeDevice device) {
    this.training = new EnsembleTraining(engine, device);
  }

  /** Trains the teachers; a shard without records gets none. */
  public TrainedEnsemble train(
      Architecture architecture,
      LabelledSamples records,
      ShardAssignment shards,
      TrainingSettings settings,
      Progress progress)
      throws InterruptedException {
    return training.train(architecture, records, shards.rows(), settings, progress);
  }

  /** The same, where every teacher begins with the weights of {@code initial}, which are public. */
  public TrainedEnsemble trainFrom(
      Network initial,
      LabelledSamples records,
      ShardAssignment shards,
      TrainingSettings settings,
      Progress progress)
      throws InterruptedException {
    return training.trainFrom(initial, records, shards.rows(), settings, progress);
  }

  /**
   * Adds up the labels and hints of the first {@code limit} samples: of each sample its classes, every label times the
   * mechanism's weight, and then its hint. An absent teacher says the public uniform label and the zero hint; one that answers
   * no finite numbers says the same in the part that is not finite.
   *
   * @param limit how many samples, at least 1 and at most the transfer set's
   */
  public static AnswerTable countWithHints(
      TrainedEnsemble ensemble,
      DiscreteGaussianHints mechanism,
      TeacherHints hints,
      Samples transfer,
      int limit)
      throws InterruptedException {
    requireLimit(transfer, limit);
    LabelGrid grid = mechanism.grid();
    int classes = ensemble.classes();
    int width = mechanism.width();
    int[] sums = new int[Math.multiplyExact(limit, width)];
    for (int member = 0; member < ensemble.members(); member++) {
      if (!ensemble.isPresent(member)) {
        for (int row = 0; row < limit; row++) {
          int[] uniform = IntegerLabel.uniform(grid, classes, row);
          add(sums, row * width, mechanism.weight(), uniform);
        }
      }
    }
    ensemble.scoreWithHidden(
        hints.projection(), transfer, 0, limit, (member, firstRow, rows, answers) -> {
          for (int row = 0; row < rows; row++) {
            int sample = firstRow + row;
            int[] label = IntegerLabel.fromLogits(grid, answers, row * width, classes, sample);
            add(sums, sample * width, mechanism.weight(), label);
            add(
                sums,
                sample * width + classes,
                1,
                hints.of(answers, row * width + classes, sample));
          }
        });
    return new AnswerTable(mechanism, ensemble.members(), sums);
  }

  /**
   * Adds up the labels of the first {@code limit} samples. An absent teacher, and one that answers no finite numbers,
   * says the public uniform label.
   *
   * @param limit how many samples, at least 1 and at most the transfer set's
   */
  public static AnswerTable count(
      TrainedEnsemble ensemble, LabelGrid grid, Samples transfer, int limit)
      throws InterruptedException {
    requireLimit(transfer, limit);
    int classes = ensemble.classes();
    int[] sums = new int[Math.multiplyExact(limit, classes)];
    for (int member = 0; member < ensemble.members(); member++) {
      if (!ensemble.isPresent(member)) {
        for (int row = 0; row < limit; row++) {
          add(sums, row * classes, 1, IntegerLabel.uniform(grid, classes, row));
        }
      }
    }
    // The ensemble cuts this into blocks, always the same ones: its logits, not the transfer set's,
    // are in memory.
    ensemble.score(transfer, 0, limit, (member, firstRow, rows, logits) -> {
      for (int row = 0; row < rows; row++) {
        int sample = firstRow + row;
        int[] label = IntegerLabel.fromLogits(grid, logits, row * classes, classes, sample);
        add(sums, sample * classes, 1, label);
      }
    });
    return AnswerTable.ofLabels(ensemble.members(), grid, classes, sums);
  }

  private static void requireLimit(Samples transfer, int limit) {
    if (limit < 1 || limit > transfer.count()) {
      throw new IllegalArgumentException(
          "limit must be in [1, " + transfer.count() + "]: " + limit);
    }
  }

  private static void add(int[] sums, int from, int times, int[] row) {
    for (int i = 0; i < row.length; i++) {
      sums[from + i] += times * row[i];
    }
  }
}
