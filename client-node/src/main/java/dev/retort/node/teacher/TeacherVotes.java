package dev.retort.node.teacher;

import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import dev.retort.label.IntegerLabel;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.EnsembleTraining;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import dev.retort.node.shard.ShardAssignment;

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

  /**
   * Adds up the labels of the first {@code limit} samples. An absent teacher, and one that answers no finite numbers,
   * says the public uniform label.
   *
   * @param limit how many samples, at least 1 and at most the transfer set's
   */
  public static AnswerTable count(
      TrainedEnsemble ensemble, LabelGrid grid, Samples transfer, int limit)
      throws InterruptedException {
    if (limit < 1 || limit > transfer.count()) {
      throw new IllegalArgumentException(
          "limit must be in [1, " + transfer.count() + "]: " + limit);
    }
    int classes = ensemble.classes();
    int[] sums = new int[Math.multiplyExact(limit, classes)];
    for (int member = 0; member < ensemble.members(); member++) {
      if (!ensemble.isPresent(member)) {
        for (int row = 0; row < limit; row++) {
          add(sums, row, IntegerLabel.uniform(grid, classes, row));
        }
      }
    }
    // The ensemble cuts this into blocks, always the same ones: its logits, not the transfer set's,
    // are in memory.
    ensemble.score(transfer, 0, limit, (member, firstRow, rows, logits) -> {
      for (int row = 0; row < rows; row++) {
        int sample = firstRow + row;
        add(sums, sample, IntegerLabel.fromLogits(grid, logits, row * classes, classes, sample));
      }
    });
    return AnswerTable.ofLabels(ensemble.members(), grid, classes, sums);
  }

  private static void add(int[] sums, int row, int[] label) {
    for (int c = 0; c < label.length; c++) {
      sums[row * label.length + c] += label[c];
    }
  }
}
