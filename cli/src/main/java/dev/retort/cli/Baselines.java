package dev.retort.cli;

import dev.retort.data.LabelledSamples;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.EnsembleTraining;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Network;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.NetworkTraining;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a student is measured against: its architecture trained on each site's own records, and on all records pooled
 * without privacy. Every baseline sees each record equally often, about {@value #PASSES} passes in all over small data
 * and at least {@value #LEAST_EPOCHS} over large.
 */
record Baselines(LearnEngine engine, ComputeDevice device, Architecture architecture, long seed) {

  private static final int PASSES = 90_000;
  private static final int LEAST_EPOCHS = 3;
  private static final int MOST_EPOCHS = 40;
  private static final int BATCH = 64;
  private static final double LEARNING_RATE = 1e-3;

  /** How well a network trained on all of {@code records} does on {@code test}. */
  Score ceiling(LabelledSamples records, LabelledSamples test, Progress progress)
      throws InterruptedException {
    Network network = new NetworkTraining(engine, device)
        .supervised(architecture, records, settings(records.count()), progress);
    return score(network, test);
  }

  /** Test accuracy of a network trained on each site's rows of {@code records}. */
  List<Double> sites(LabelledSamples records, int[][] rows, LabelledSamples test, Progress progress)
      throws InterruptedException {
    TrainedEnsemble alone = new EnsembleTraining(engine, device)
        .train(architecture, records, rows, settings(records.count()), progress);
    List<Double> accuracies = new ArrayList<>();
    for (int site = 0; site < rows.length; site++) {
      accuracies.add(score(alone.network(site), test).accuracy());
    }
    return accuracies;
  }

  /** How well a network does on {@code test}. */
  Score score(Network network, LabelledSamples test) {
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, network)) {
      double accuracy = scorer.accuracy(test);
      if (test.classes() != 2) {
        return new Score(accuracy, null);
      }
      float[] logits = scorer.logits(test.samples(), 0, test.count());
      return new Score(
          accuracy, RocArea.of(test, row -> (double) logits[2 * row + 1] - logits[2 * row]));
    }
  }

  /**
   * How well a network does.
   *
   * @param accuracy share of the records that it names rightly
   * @param auc the area under the curve, see {@link RocArea}; null where it is not defined
   */
  record Score(double accuracy, @Nullable Double auc) {}

  private TrainingSettings settings(int records) {
    int epochs = Math.max(LEAST_EPOCHS, Math.min(MOST_EPOCHS, PASSES / Math.max(1, records)));
    return new TrainingSettings(epochs, BATCH, LEARNING_RATE, seed);
  }
}
