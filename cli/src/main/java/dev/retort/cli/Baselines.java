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

  /** Test accuracy of a network trained on all of {@code records}. */
  double ceiling(LabelledSamples records, LabelledSamples test, Progress progress)
      throws InterruptedException {
    Network network = new NetworkTraining(engine, device)
        .supervised(architecture, records, settings(records.count()), progress);
    return accuracy(network, test);
  }

  /** Test accuracy of a network trained on each site's rows of {@code records}. */
  List<Double> sites(LabelledSamples records, int[][] rows, LabelledSamples test, Progress progress)
      throws InterruptedException {
    TrainedEnsemble alone = new EnsembleTraining(engine, device)
        .train(architecture, records, rows, settings(records.count()), progress);
    List<Double> accuracies = new ArrayList<>();
    for (int site = 0; site < rows.length; site++) {
      accuracies.add(accuracy(alone.network(site), test));
    }
    return accuracies;
  }

  /** Test accuracy of a network. */
  double accuracy(Network network, LabelledSamples test) {
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, network)) {
      return scorer.accuracy(test);
    }
  }

  private TrainingSettings settings(int records) {
    int epochs = Math.max(LEAST_EPOCHS, Math.min(MOST_EPOCHS, PASSES / Math.max(1, records)));
    return new TrainingSettings(epochs, BATCH, LEARNING_RATE, seed);
  }
}
