package dev.retort.learn;

import dev.retort.data.LabelledSamples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Trains the teachers of one node, one a shard. Safe for use by several threads.
 *
 * <p><b>Privacy.</b> A teacher is a function of its own shard and of public parameters only: the architecture, the
 * settings, the shapes, the count of shards and its own index among them. Its batches are drawn from its own shard by
 * its own generator; its steps are {@code epochs * ceil(rows / batchSize)} of its own rows; which teachers share a
 * batched computation depends on their indexes, not on the sizes of their shards; an empty shard is computed on zeros and
 * dropped. Changing one shard therefore leaves every other teacher the same, bit for bit, which is what the sensitivity
 * of the released labels rests on. A test holds this.
 *
 * <p>The same seed, data and device give the same teachers, bit for bit, with any count of threads.
 */
public final class EnsembleTraining {

  private final LearnEngine engine;
  private final ComputeDevice device;

  /** Trains with the threads of {@code engine} on {@code device}. */
  public EnsembleTraining(LearnEngine engine, ComputeDevice device) {
    this.engine = engine;
    this.device = device;
  }

  /**
   * Trains one teacher a shard; an empty shard gets none.
   *
   * @param architecture of every teacher
   * @param data the private records
   * @param shards the rows of each teacher: at least one shard, no row in two
   * @param settings of every teacher; each draws from its own stream of the seed. A batch size above that of a shard
   *     costs time and changes nothing
   * @param progress told after each teacher, empty shards too
   * @throws IllegalArgumentException if a row is not in the data or in two shards, or the architecture does not suit
   * @throws InterruptedException if the thread is interrupted; nothing is left behind
   */
  public TrainedEnsemble train(
      Architecture architecture,
      LabelledSamples data,
      int[][] shards,
      TrainingSettings settings,
      Progress progress)
      throws InterruptedException {
    requireDisjoint(shards, data.count());
    int chunk = chunk(architecture, data, shards, settings);
    return train(architecture, data, shards, settings, progress, chunk);
  }

  /**
   * The same, but that every teacher begins with the weights of {@code initial}. Their hidden units then stand for the
   * same things, as far as training leaves them where they were, and can be averaged unit by unit (McMahan and others
   * 2017, figure 1). The weights must be public, as they are every teacher's.
   *
   * @throws IllegalArgumentException also if {@code initial} does not read the records or has other classes
   */
  public TrainedEnsemble trainFrom(
      Network initial,
      LabelledSamples data,
      int[][] shards,
      TrainingSettings settings,
      Progress progress)
      throws InterruptedException {
    if (!initial.shape().equals(data.samples().shape()) || initial.classes() != data.classes()) {
      throw new IllegalArgumentException("initial must read " + data.samples().shape()
          + " and give " + data.classes() + " classes: " + initial);
    }
    requireDisjoint(shards, data.count());
    Architecture architecture = initial.architecture();
    int chunk = chunk(architecture, data, shards, settings);
    return train(architecture, random -> initial, data, shards, settings, progress, chunk);
  }

  private int chunk(
      Architecture architecture, LabelledSamples data, int[][] shards, TrainingSettings settings) {
    return architecture instanceof Architecture.SmallCnn
        ? 1
        : ChunkSize.forTraining(
            device,
            architecture,
            data.samples().shape(),
            data.classes(),
            settings.batchSize(),
            shards.length);
  }

  /** The same with {@code chunk} teachers computed together, for tests and benchmarks. */
  TrainedEnsemble train(
      Architecture architecture,
      LabelledSamples data,
      int[][] shards,
      TrainingSettings settings,
      Progress progress,
      int chunk)
      throws InterruptedException {
    return train(
        architecture,
        random -> Initialisation.draw(architecture, data.samples().shape(), data.classes(), random),
        data,
        shards,
        settings,
        progress,
        chunk);
  }

  private TrainedEnsemble train(
      Architecture architecture,
      Function<SplittableRandom, Network> start,
      LabelledSamples data,
      int[][] shards,
      TrainingSettings settings,
      Progress progress,
      int chunk)
      throws InterruptedException {
    Run run = new Run(device, start, data, shards, settings, progress);
    List<Callable<List<@Nullable Network>>> tasks = new ArrayList<>();
    for (int first = 0; first < shards.length; first += chunk) {
      int begin = first;
      int end = Math.min(first + chunk, shards.length);
      tasks.add(() -> end == begin + 1 ? run.alone(begin) : run.together(begin, end));
    }
    List<@Nullable Network> networks = new ArrayList<>();
    try (Workers workers =
        new Workers(device.isGpu() ? 1 : Math.min(engine.threads(), tasks.size()))) {
      workers.run(tasks, networks::addAll);
    }
    return new TrainedEnsemble(
        engine, device, architecture, data.samples().shape(), data.classes(), networks);
  }

  private static void requireDisjoint(int[][] shards, int count) {
    if (shards.length == 0) {
      throw new IllegalArgumentException("shards must be at least one: 0");
    }
    BitSet taken = new BitSet(count);
    for (int[] shard : shards) {
      for (int row : shard) {
        if (row < 0 || row >= count || taken.get(row)) {
          // Which row is private.
          throw new IllegalArgumentException("shards must be disjoint and of rows of the data");
        }
        taken.set(row);
      }
    }
  }

  /** One call of {@link #train}, seen by all its threads. */
  private static final class Run {

    private final ComputeDevice device;
    private final Function<SplittableRandom, Network> start;
    private final LabelledSamples data;
    private final int[][] shards;
    private final TrainingSettings settings;
    private final Progress progress;
    private int done;

    Run(
        ComputeDevice device,
        Function<SplittableRandom, Network> start,
        LabelledSamples data,
        int[][] shards,
        TrainingSettings settings,
        Progress progress) {
      this.device = device;
      this.start = start;
      this.data = data;
      this.shards = shards;
      this.settings = settings;
      this.progress = progress;
    }

    /** Trains teachers [begin, end) in one batched computation, as long as the largest shard among them asks for. */
    List<@Nullable Network> together(int begin, int end) throws InterruptedException {
      List<Network> initial = new ArrayList<>();
      List<EpochOrder> orders = new ArrayList<>();
      int steps = 0;
      for (int member = begin; member < end; member++) {
        SplittableRandom random = Seeds.stream(settings.seed(), member);
        initial.add(start.apply(random));
        orders.add(new EpochOrder(shards[member], settings.batchSize(), random));
        steps = Math.max(steps, steps(member));
      }
      @Nullable Network[] trained = new Network[end - begin];
      markDone(begin, end, 0);
      try (BatchedLoop loop = new BatchedLoop(device, initial, data, settings.batchSize())) {
        for (int step = 1; step <= steps; step++) {
          stopIfInterrupted();
          loop.step(orders, settings.learningRate());
          for (int member = begin; member < end; member++) {
            if (steps(member) == step) {
              trained[member - begin] = loop.snapshot(member - begin);
            }
          }
          markDone(begin, end, step);
        }
      }
      return Collections.unmodifiableList(Arrays.asList(trained));
    }

    /** Trains one teacher. */
    List<@Nullable Network> alone(int member) throws InterruptedException {
      if (steps(member) == 0) {
        markDone(member, member + 1, 0);
        return Collections.singletonList(null);
      }
      SplittableRandom random = Seeds.stream(settings.seed(), member);
      Network initial = start.apply(random);
      int batchSize = Math.min(settings.batchSize(), shards[member].length);
      EpochOrder order = new EpochOrder(shards[member], batchSize, random);
      try (NetworkLoop loop = new NetworkLoop(device, 1, initial, data.samples(), batchSize)) {
        CrossEntropy loss = new CrossEntropy(data, batchSize);
        for (int step = 0; step < steps(member); step++) {
          stopIfInterrupted();
          int length = order.advance();
          loop.step(order.rows(), order.from(length), length, loss, settings.learningRate());
        }
        markDone(member, member + 1, steps(member));
        return List.of(loop.snapshot());
      }
    }

    private int steps(int member) {
      return EpochOrder.steps(shards[member].length, settings.batchSize(), settings.epochs());
    }

    /** Reports the teachers among [begin, end) whose last step was {@code step}. */
    private synchronized void markDone(int begin, int end, int step) {
      for (int member = begin; member < end; member++) {
        if (steps(member) == step) {
          done++;
          progress.advanced(done, shards.length);
        }
      }
    }

    private static void stopIfInterrupted() throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("training was interrupted");
      }
    }
  }
}
