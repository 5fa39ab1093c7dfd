package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import dev.retort.learn.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Students trained in turn, each of one architecture and from fresh weights (born-again networks: Furlanello and others
 * 2018, section 3), the first on the labels' targets, each later one on these mixed with what the last student says.
 * With views, the last student saw each sample as it is and the next learns its answer from a warped view, which makes
 * it a noisy student (Xie and others 2020, section 2).
 */
final class Generations {

  private Generations() {}

  /**
   * One student of the chain.
   *
   * @param student the network
   * @param probabilities what it says of every transfer sample
   * @param squaredError an estimate of its mean squared distance to the noise-free mean labels, see {@link
   *     DistillationReport.Stage}
   */
  record Generation(Network student, DenseMatrix probabilities, double squaredError) {}

  /** Trains {@code recipe.generations()} students on {@code targets} of {@code labels}, first to last. */
  static List<Generation> train(
      StudentTrainer trainer, LabelEstimate labels, StudentTargets targets, Recipe recipe)
      throws InterruptedException {
    return train(trainer, said -> squaredError(labels, said), targets, recipe);
  }

  /**
   * The same, where something else than labels says how far off a student is.
   *
   * @param error the mean squared distance of what a student says to the truth, as far as it is known
   */
  static List<Generation> train(
      StudentTrainer trainer,
      ToDoubleFunction<DenseMatrix> error,
      StudentTargets targets,
      Recipe recipe)
      throws InterruptedException {
    List<Generation> chain = new ArrayList<>();
    StudentTargets learnt = targets;
    for (int generation = 1; generation <= recipe.generations(); generation++) {
      Network student = trainer.train(learnt, recipe, generation);
      DenseMatrix probabilities = trainer.probabilities(student);
      double distance = error.applyAsDouble(probabilities);
      chain.add(new Generation(student, probabilities, distance));
      learnt = targets.mixedWith(probabilities, distance / probabilities.columns());
    }
    return chain;
  }

  /** The mean squared distance to the released means, less what the noise alone contributes. */
  static double squaredError(LabelEstimate labels, DenseMatrix estimate) {
    double sum = 0;
    for (int row = 0; row < labels.samples(); row++) {
      if (labels.isAnswered(row)) {
        for (int c = 0; c < labels.classes(); c++) {
          double difference = labels.mean(row, c) - estimate.get(row, c);
          sum += difference * difference - labels.variance(row);
        }
      }
    }
    return sum / labels.answered();
  }
}
