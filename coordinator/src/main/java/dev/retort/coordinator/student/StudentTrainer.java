package dev.retort.coordinator.student;

import dev.retort.data.Samples;
import dev.retort.encode.DenseMatrix;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.DistillationSettings;
import dev.retort.learn.DistillationTargets;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Network;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.NetworkTraining;
import dev.retort.learn.Progress;
import dev.retort.plan.StudyPlan;

/** Trains the students of one study on its transfer samples, and counts the epochs of all of them together. */
final class StudentTrainer {

  /** How one student is trained. */
  @FunctionalInterface
  interface Lesson {
    Network train(
        NetworkTraining training,
        Architecture architecture,
        Samples samples,
        DistillationTargets labels,
        DistillationSettings settings,
        Progress progress)
        throws InterruptedException;
  }

  /** From labels and nothing else. */
  static final Lesson LABELS_ALONE = NetworkTraining::distil;

  private static final int SCORED_ROWS = 1024;

  private final LearnEngine engine;
  private final ComputeDevice device;
  private final Architecture architecture;
  private final Samples transfer;
  private final StudyPlan plan;
  private final Lesson lesson;
  private final Progress progress;
  private final int epochs;
  private final int students;
  private int trained;

  /** For at most {@code students} trainings, of which {@code progress} is told. */
  StudentTrainer(
      LearnEngine engine,
      ComputeDevice device,
      Architecture architecture,
      Samples transfer,
      StudyPlan plan,
      int students,
      Lesson lesson,
      Progress progress) {
    this.engine = engine;
    this.device = device;
    this.architecture = architecture;
    this.transfer = transfer;
    this.plan = plan;
    this.students = students;
    this.lesson = lesson;
    this.progress = progress;
    this.epochs = plan.student().warmUpEpochs() + plan.student().epochs();
  }

  /** The public samples. */
  Samples transfer() {
    return transfer;
  }

  /**
   * Trains a fresh student.
   *
   * @param generation from 1: each begins with other weights
   */
  Network train(StudentTargets targets, Recipe recipe, int generation) throws InterruptedException {
    StudyPlan.Student student = plan.student();
    int before = trained * epochs;
    Network network = lesson.train(
        new NetworkTraining(engine, device),
        architecture,
        transfer,
        targets.toTraining(student.dynamic()),
        new DistillationSettings(
            recipe.temperature(),
            recipe.alpha(),
            student.warmUpEpochs(),
            student.epochs(),
            student.batchSize(),
            student.learningRate(),
            recipe.views(),
            recipe.consistency(),
            plan.seed() + generation - 1),
        (done, total) -> progress.advanced(before + done, students * epochs));
    trained++;
    return network;
  }

  /** What {@code student} says of every transfer sample, samples by classes. */
  DenseMatrix probabilities(Network student) {
    DenseMatrix probabilities = new DenseMatrix(transfer.count(), student.classes());
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, student)) {
      for (int first = 0; first < transfer.count(); first += SCORED_ROWS) {
        int rows = Math.min(SCORED_ROWS, transfer.count() - first);
        float[] logits = scorer.logits(transfer, first, rows);
        for (int row = 0; row < rows; row++) {
          double[] own = new double[student.classes()];
          for (int c = 0; c < own.length; c++) {
            own[c] = logits[row * own.length + c];
          }
          probabilities.setSoftmax(first + row, own, 1);
        }
      }
    }
    return probabilities;
  }

  /** Tells the progress that what is left of the trainings is not needed. */
  void finish() {
    if (trained < students) {
      progress.advanced(students * epochs, students * epochs);
    }
  }
}
