package dev.retort.learn;

import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

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
    int epochs = settings.warmUpEpochs() + settings.epochs();
    DistillationLoss loss = labelLoss(samples, targets, settings);
    return descend(
        initial,
        samples,
        targets,
        settings,
        1,
        epochs,
        each -> ofLabels(loss, settings, each),
        progress);
  }

  /**
   * Distils a fresh student that at every step also learns to say {@code hints} by a linear head on its last hidden layer,
   * which is thrown away after; else as {@link #distil}, and from the same initial weights.
   *
   * @throws IllegalArgumentException also if hints are not one a sample, or the architecture has no hidden layer
   */
  public Network distilWithHints(
      Architecture architecture,
      Samples samples,
      DistillationTargets targets,
      HintTargets hints,
      DistillationSettings settings,
      Progress progress)
      throws InterruptedException {
    int epochs = settings.warmUpEpochs() + settings.epochs();
    DistillationLoss loss = labelLoss(samples, targets, settings);
    HintLoss beside = hintLoss(samples, targets, hints, settings);
    Network distilled = descend(
        withHead(architecture, samples, targets, hints, settings),
        samples,
        targets,
        settings,
        1,
        epochs,
        each -> beside.beside(ofLabels(loss, settings, each)),
        progress);
    return ExtraOutputs.strip(distilled, targets.classes());
  }

  /**
   * Distils a fresh student whose warm-up learns to say {@code hints}, by a head as {@link #distilWithHints}, and nothing
   * else; the distillation follows without them, from there (Romero and others 2015, section 2.3).
   *
   * @param settings with at least one epoch of warm-up and one of distillation
   * @throws IllegalArgumentException as {@link #distilWithHints}
   */
  public Network distilAfterHints(
      Architecture architecture,
      Samples samples,
      DistillationTargets targets,
      HintTargets hints,
      DistillationSettings settings,
      Progress progress)
      throws InterruptedException {
    if (settings.warmUpEpochs() == 0 || settings.epochs() == 0) {
      throw new IllegalArgumentException("warmUpEpochs and epochs must be >= 1: "
          + settings.warmUpEpochs() + ", " + settings.epochs());
    }
    int warmUp = settings.warmUpEpochs();
    HintLoss alone = hintLoss(samples, targets, hints, settings);
    Network warm = descend(
        withHead(architecture, samples, targets, hints, settings),
        samples,
        targets,
        settings,
        1,
        warmUp,
        each -> alone::alone,
        progress);
    DistillationLoss loss = labelLoss(samples, targets, settings);
    return descend(
        ExtraOutputs.strip(warm, targets.classes()),
        samples,
        targets,
        settings,
        warmUp + 1,
        warmUp + settings.epochs(),
        each -> loss::distillation,
        progress);
  }

  private static DistillationLoss labelLoss(
      Samples samples, DistillationTargets targets, DistillationSettings settings) {
    return new DistillationLoss(
        targets,
        settings.temperature(),
        settings.alpha(),
        Math.min(settings.batchSize(), samples.count()));
  }

  private static NetworkLoop.Loss ofLabels(
      DistillationLoss loss, DistillationSettings settings, int epoch) {
    return epoch <= settings.warmUpEpochs() ? loss::warmUp : loss::distillation;
  }

  private static HintLoss hintLoss(
      Samples samples,
      DistillationTargets targets,
      HintTargets hints,
      DistillationSettings settings) {
    if (hints.count() != samples.count() || targets.count() != samples.count()) {
      throw new IllegalArgumentException("targets and hints must be one a sample: "
          + targets.count() + " targets, " + hints.count() + " hints, " + samples.count()
          + " samples");
    }
    return new HintLoss(hints, targets.classes(), Math.min(settings.batchSize(), samples.count()));
  }

  /** A fresh student with a head behind its classes, drawn as its last layer is. */
  private static Network withHead(
      Architecture architecture,
      Samples samples,
      DistillationTargets targets,
      HintTargets hints,
      DistillationSettings settings) {
    Network initial = Initialisation.draw(
        architecture, samples.shape(), targets.classes(), Seeds.stream(settings.seed(), 0));
    int width = ExtraOutputs.hiddenWidth(initial);
    double bound = Math.sqrt(1.0 / width);
    SplittableRandom random = Seeds.stream(settings.seed(), 4);
    float[] head = new float[Math.multiplyExact(hints.dimensions(), width)];
    for (int i = 0; i < head.length; i++) {
      head[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    return ExtraOutputs.append(initial, head);
  }

  /** Trains {@code initial} from epoch {@code first} to {@code last} of the settings' epochs, the first of which is 1. */
  private Network descend(
      Network initial,
      Samples samples,
      DistillationTargets targets,
      DistillationSettings settings,
      int first,
      int last,
      IntFunction<NetworkLoop.Loss> losses,
      Progress progress)
      throws InterruptedException {
    requireSamples(samples.count());
    int batchSize = Math.min(settings.batchSize(), samples.count());
    EpochOrder order =
        EpochOrder.ofAll(samples.count(), batchSize, Seeds.stream(settings.seed(), 1));
    SplittableRandom views = Seeds.stream(settings.seed(), 2);
    try (NetworkLoop loop =
        new NetworkLoop(device, engine.threads(), initial, samples, batchSize)) {
      boolean consistent = settings.consistency().isAsked();
      ConsistencyLoss consistency = new ConsistencyLoss(
          settings.consistency(),
          targets,
          samples.shape(),
          batchSize,
          Seeds.stream(settings.seed(), 3));
      int steps = EpochOrder.steps(samples.count(), batchSize, 1);
      int epochs = settings.warmUpEpochs() + settings.epochs();
      for (int epoch = first; epoch <= last; epoch++) {
        NetworkLoop.Loss each = losses.apply(epoch);
        for (int step = 0; step < steps; step++) {
          stopIfInterrupted();
          int length = order.advance();
          double done = (epoch - 1 + (double) step / steps) / epochs;
          double rate = settings.learningRate() * (1 + Math.cos(Math.PI * done)) / 2;
          int from = order.from(length);
          if (consistent && epoch > settings.warmUpEpochs()) {
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
