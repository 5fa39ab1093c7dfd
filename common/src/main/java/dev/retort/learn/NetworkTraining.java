package dev.retort.learn;

import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import java.util.SplittableRandom;

/**
 * Trains one network at a time. Safe for use by several threads, each training its own.
 *
 * <p>The same seed, data, device and count of threads give the same weights, bit for bit, on one machine, as long as
 * nothing else in the process trains meanwhile: a part of the library has one count of threads for all.
 */
public final class NetworkTraining {

  private final LearnEngine engine;
  private final ComputeDevice device;

  /** Trains with the threads of {@code engine} on {@code device}. */
  public NetworkTraining(LearnEngine engine, ComputeDevice device) {
    this.engine = engine;
    this.device = device;
  }

  /**
   * Trains a fresh network on labelled samples.
   *
   * @param progress told after each epoch
   * @throws IllegalArgumentException if there is no sample, or the architecture does not suit their shape
   * @throws InterruptedException if the thread is interrupted; nothing is left behind
   */
  public Network supervised(
      Architecture architecture, LabelledSamples data, TrainingSettings settings, Progress progress)
      throws InterruptedException {
    requireSamples(data.count());
    int batchSize = Math.min(settings.batchSize(), data.count());
    SplittableRandom random = Seeds.stream(settings.seed(), 0);
    Network initial =
        Initialisation.draw(architecture, data.samples().shape(), data.classes(), random);
    EpochOrder order = EpochOrder.ofAll(data.count(), batchSize, random);
    try (NetworkLoop loop =
        new NetworkLoop(device, engine.threads(), initial, data.samples(), batchSize)) {
      CrossEntropy loss = new CrossEntropy(data, batchSize);
      int steps = EpochOrder.steps(data.count(), batchSize, 1);
      for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
        pass(loop, order, steps, loss, settings.learningRate());
        progress.advanced(epoch, settings.epochs());
      }
      return loop.snapshot();
    }
  }

  /**
   * Distils a fresh student.
   *
   * @param samples the public samples, in the order of {@code targets}
   * @param progress told after each epoch, those of the warm-up counted too
   * @throws IllegalArgumentException if there is no sample, the counts disagree, or the architecture does not suit
   * @throws InterruptedException if the thread is interrupted; nothing is left behind
   */
  public Network distil(
      Architecture architecture,
      Samples samples,
      DistillationTargets targets,
      DistillationSettings settings,
      Progress progress)
      throws InterruptedException {
    SplittableRandom random = Seeds.stream(settings.seed(), 0);
    Network initial = Initialisation.draw(architecture, samples.shape(), targets.classes(), random);
    return distilFrom(initial, samples, targets, settings, progress);
  }

  /**
   * Distils into a student that begins with the weights of {@code initial}; else as {@link #distil}.
   *
   * @throws IllegalArgumentException also if the shape or classes of {@code initial} are not those of the samples
   */
  public Network distilFrom(
      Network initial,
      Samples samples,
      DistillationTargets targets,
      DistillationSettings settings,
      Progress progress)
      throws InterruptedException {
    requireSamples(samples.count());
    if (targets.count() != samples.count()) {
      throw new IllegalArgumentException("targets must be one a sample: " + targets.count()
          + " targets, " + samples.count() + " samples");
    }
    if (!initial.shape().equals(samples.shape()) || initial.classes() != targets.classes()) {
      throw new IllegalArgumentException("initial must read " + samples.shape() + " and give "
          + targets.classes() + " classes: " + initial);
    }
    int batchSize = Math.min(settings.batchSize(), samples.count());
    EpochOrder order =
        EpochOrder.ofAll(samples.count(), batchSize, Seeds.stream(settings.seed(), 1));
    SplittableRandom views = Seeds.stream(settings.seed(), 2);
    try (NetworkLoop loop =
        new NetworkLoop(device, engine.threads(), initial, samples, batchSize)) {
      DistillationLoss loss =
          new DistillationLoss(targets, settings.temperature(), settings.alpha(), batchSize);
      boolean consistent = settings.consistency().isAsked();
      ConsistencyLoss consistency = new ConsistencyLoss(
          settings.consistency(),
          targets,
          samples.shape(),
          batchSize,
          Seeds.stream(settings.seed(), 3));
      int steps = EpochOrder.steps(samples.count(), batchSize, 1);
      int epochs = settings.warmUpEpochs() + settings.epochs();
      for (int epoch = 1; epoch <= epochs; epoch++) {
        boolean warmingUp = epoch <= settings.warmUpEpochs();
        NetworkLoop.Loss each = warmingUp ? loss::warmUp : loss::distillation;
        for (int step = 0; step < steps; step++) {
          stopIfInterrupted();
          int length = order.advance();
          double done = (epoch - 1 + (double) step / steps) / epochs;
          double rate = settings.learningRate() * (1 + Math.cos(Math.PI * done)) / 2;
          int from = order.from(length);
          if (consistent && !warmingUp) {
            loop.step(
                order.rows(),
                from,
                length,
                each,
                rate,
                settings.augmentation(),
                views,
                consistency);
          } else {
            loop.step(order.rows(), from, length, each, rate, settings.augmentation(), views);
          }
        }
        progress.advanced(epoch, epochs);
      }
      return loop.snapshot();
    }
  }

  private static void pass(
      NetworkLoop loop, EpochOrder order, int steps, NetworkLoop.Loss loss, double learningRate)
      throws InterruptedException {
    for (int step = 0; step < steps; step++) {
      stopIfInterrupted();
      int length = order.advance();
      loop.step(order.rows(), order.from(length), length, loss, learningRate);
    }
  }

  private static void stopIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("training was interrupted");
    }
  }

  private static void requireSamples(int count) {
    if (count == 0) {
      throw new IllegalArgumentException("samples must be at least one: 0");
    }
  }
}
