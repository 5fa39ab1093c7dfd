package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.Samples;
import dev.retort.encode.ClassSumSpace;
import dev.retort.encode.DenseMatrix;
import dev.retort.learn.Architecture;
import dev.retort.learn.Augmentation;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.DistillationSettings;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Network;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.NetworkTraining;
import dev.retort.learn.Progress;
import dev.retort.learn.UnknownArchitectureException;
import dev.retort.learn.UnsuitableArchitectureException;
import dev.retort.plan.MechanismKind;
import dev.retort.plan.SelfTraining;
import dev.retort.plan.StudyPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Distils the student of a study. All of it is post-processing of released labels and public samples.
 *
 * <p>The noise is known, so labels are first smoothed over the public samples as far as it demands, and no further; the
 * student then learns the smoothed labels, each with its own confidence.
 */
public final class Distiller {

  /**
   * Above this noise score self-training is worth its bias. Measured over epsilon 0.5 to 8, it gains MNIST labels 1 to 16
   * points of accuracy, and moves Fashion-MNIST labels, whose classes overlap, by -1 to +3.
   */
  static final double SELF_TRAINING_NOISE = 0.015;

  /**
   * Below this share of samples whose leading class stands clear of the noise, classes overlap, and making groups of
   * neighbours alike costs accuracy. Measured at epsilon 0.5 to 3 on votes of 1,000 teachers: on MNIST nine tenths stand
   * clear, on Fashion-MNIST half to seven tenths, where self-training costs the student nothing at epsilon 0.5 and two
   * points at 1 and 3.
   */
  static final double SELF_TRAINING_CLEAR_SHARE = 0.75;

  /** Views of samples whose groups are clear: two pixels, a tenth and ten degrees either way on a digit. */
  private static final Augmentation VIEWS = new Augmentation.Warp(0.07, 0.1, 0.17);

  private static final int SCORED_ROWS = 1024;

  private final LearnEngine engine;
  private final ComputeDevice device;

  /** Trains with {@code engine} on {@code device}. */
  public Distiller(LearnEngine engine, ComputeDevice device) {
    this.engine = engine;
    this.device = device;
  }

  /**
   * Distils a student from what the sites released.
   *
   * @param labels the folded labels of {@code transfer}'s first {@code labels.samples()} samples, at least one answered
   * @param transfer the public samples; those without labels still shape the features
   * @param progress told after each epoch of all students together
   * @throws IllegalArgumentException if labels are for more samples than there are, or none is answered
   * @throws UnknownArchitectureException if the plan's student architecture is none
   * @throws UnsuitableArchitectureException if it cannot read the transfer samples
   */
  public Distillation distil(
      AggregatedLabels labels, Samples transfer, StudyPlan plan, Progress progress)
      throws InterruptedException, UnknownArchitectureException, UnsuitableArchitectureException {
    if (plan.privacy().mechanism() == MechanismKind.CLASS_SUMS) {
      return distilSums(labels, transfer, plan, progress);
    }
    if (labels.samples() > transfer.count()) {
      throw new IllegalArgumentException(
          "labels must be of at most " + transfer.count() + " samples: " + labels.samples());
    }
    if (labels.answered() == 0) {
      throw new IllegalArgumentException("labels must have at least one answered sample: 0");
    }
    Architecture architecture = Architecture.parse(plan.student().architecture());
    architecture.checkSuits(transfer.shape());
    LabelPosterior posterior = LabelPosterior.of(labels, PublicBasis.of(transfer));
    double noise = rootMeanVariance(labels);
    double score = noise * Math.sqrt(posterior.dimensions() / labels.answered());
    StudentTargets plain = StudentTargets.of(posterior, false);
    Gate gate = Gate.of(
        plan.student().selfTraining(),
        transfer.shape().isImage() && posterior.basis().isGraph(),
        score,
        (double) plain.trusted() / transfer.count());
    StudentTargets targets = gate.open() ? StudentTargets.of(posterior, true) : plain;
    List<DistillationReport.Stage> curve = new ArrayList<>();
    curve.add(new DistillationReport.Stage("denoiser", squaredError(labels, posterior.mean())));
    Network student = new NetworkTraining(engine, device)
        .distil(architecture, transfer, targets.toTraining(), settings(plan, gate), progress);
    curve.add(new DistillationReport.Stage(
        "student", squaredError(labels, probabilities(student, transfer))));
    return new Distillation(
        student,
        new DistillationReport(
            transfer.count(),
            labels.answered(),
            labels.classes(),
            noise,
            score,
            posterior.basis().name(),
            posterior.dimensions(),
            posterior.residualVariance(),
            targets.trusted(),
            gate.reason(),
            curve));
  }

  private Distillation distilSums(
      AggregatedLabels sums, Samples transfer, StudyPlan plan, Progress progress)
      throws InterruptedException, UnknownArchitectureException, UnsuitableArchitectureException {
    if (sums.answered() == 0) {
      throw new IllegalArgumentException("sums must be answered");
    }
    Architecture architecture = Architecture.parse(plan.student().architecture());
    architecture.checkSuits(transfer.shape());
    ClassSumSpace space = new ClassSumSpace(transfer, plan.classSums().features());
    ClassSumClassifier classifier =
        ClassSumClassifier.fit(sums, space, transfer, plan.labelSpace().size(), plan.seed());
    StudentTargets targets = StudentTargets.of(classifier);
    Gate gate = new Gate(false, "off: class sums label no sample");
    Network student = new NetworkTraining(engine, device)
        .distil(architecture, transfer, targets.toTraining(), settings(plan, gate), progress);
    return new Distillation(
        student,
        new DistillationReport(
            transfer.count(),
            0,
            plan.labelSpace().size(),
            classifier.noise(),
            classifier.noise() * Math.sqrt(classifier.dimensions()),
            "softmax regression on class sums, shrinkage " + classifier.shrinkage(),
            classifier.dimensions(),
            0,
            targets.trusted(),
            gate.reason(),
            List.of()));
  }

  /**
   * Whether the labels are made alike among neighbours once more, decided from public numbers.
   *
   * @param open whether they are
   * @param reason why, for the report
   */
  record Gate(boolean open, String reason) {

    /**
     * Decides.
     *
     * @param graph whether the labels were smoothed over a graph of images
     * @param score the noise that the denoiser lets through, see {@link DistillationReport#noiseScore}
     * @param clear the share of samples whose leading class stands clear of the noise, in [0, 1]
     */
    static Gate of(SelfTraining asked, boolean graph, double score, double clear) {
      if (asked == SelfTraining.OFF) {
        return new Gate(false, "off, as the plan says");
      }
      if (!graph) {
        return new Gate(false, "off: not shown to help but on a graph of images");
      }
      if (score <= SELF_TRAINING_NOISE) {
        return new Gate(
            false,
            String.format(
                Locale.ROOT,
                "off: noise score %.4f is not above %.3f",
                score,
                SELF_TRAINING_NOISE));
      }
      if (clear < SELF_TRAINING_CLEAR_SHARE) {
        return new Gate(
            false,
            String.format(
                Locale.ROOT,
                "off: only %.0f %% of the samples stand clear of the noise, fewer than %.0f %%",
                100 * clear,
                100 * SELF_TRAINING_CLEAR_SHARE));
      }
      return new Gate(
          true,
          String.format(
              Locale.ROOT,
              "on: noise score %.4f is above %.3f, and %.0f %% of the samples stand clear of it",
              score,
              SELF_TRAINING_NOISE,
              100 * clear));
    }
  }

  private static DistillationSettings settings(StudyPlan plan, Gate gate) {
    StudyPlan.Student student = plan.student();
    return new DistillationSettings(
        student.temperature(),
        student.alpha(),
        student.warmUpEpochs(),
        student.epochs(),
        student.batchSize(),
        student.learningRate(),
        gate.open() ? VIEWS : new Augmentation.None(),
        plan.seed());
  }

  private DenseMatrix probabilities(Network student, Samples samples) {
    DenseMatrix probabilities = new DenseMatrix(samples.count(), student.classes());
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, student)) {
      for (int first = 0; first < samples.count(); first += SCORED_ROWS) {
        int rows = Math.min(SCORED_ROWS, samples.count() - first);
        float[] logits = scorer.logits(samples, first, rows);
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

  private static double rootMeanVariance(AggregatedLabels labels) {
    double sum = 0;
    for (int row = 0; row < labels.samples(); row++) {
      sum += labels.isAnswered(row) ? labels.variance(row) : 0;
    }
    return Math.sqrt(sum / labels.answered());
  }

  /** The mean squared distance to the released means, less what the noise alone contributes. */
  private static double squaredError(AggregatedLabels labels, DenseMatrix estimate) {
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
