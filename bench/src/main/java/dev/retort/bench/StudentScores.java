package dev.retort.bench;

import dev.retort.coordinator.student.Distillation;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkScorer;
import dev.retort.plan.StudyPlan;
import java.util.ArrayList;
import java.util.List;

/** Scores the students of one epsilon and prints a line for each, and one for all. */
final class StudentScores {

  private final LearnEngine engine;
  private final ImageSplit split;
  private final String epsilon;
  private final List<Double> evaluation = new ArrayList<>();
  private final List<Double> onPublic = new ArrayList<>();

  StudentScores(LearnEngine engine, ImageSplit split, String epsilon) {
    this.engine = engine;
    this.split = split;
    this.epsilon = epsilon;
  }

  /**
   * Scores one more.
   *
   * @param start the {@code nanoTime} at which its study began
   */
  void add(int seed, StudyPlan plan, Distillation distillation, long start) throws Exception {
    double seconds = (System.nanoTime() - start) / 1e9;
    try (NetworkScorer scorer =
        NetworkScorer.open(engine, ComputeDevice.cpu(), distillation.student())) {
      evaluation.add(100 * scorer.accuracy(split.evaluation()));
      onPublic.add(100 * scorer.accuracy(split.transfer()));
    }
    System.out.printf(
        "  epsilon %s sigma %d seed %d: evaluation %.2f %%, public %.2f %%, %.0f s; %s%n",
        epsilon,
        plan.privacy().sigma(),
        seed,
        evaluation.get(evaluation.size() - 1),
        onPublic.get(onPublic.size() - 1),
        seconds,
        distillation.report());
  }

  void summarize() {
    System.out.printf(
        "epsilon %s: evaluation %s; public %s%n", epsilon, summary(evaluation), summary(onPublic));
  }

  private static String summary(List<Double> values) {
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return String.format(
        "mean %.2f %%, deviation %.2f over %d seeds",
        mean, Math.sqrt(squares / Math.max(1, values.size() - 1)), values.size());
  }
}
