package dev.retort.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.EnsembleTraining;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkTraining;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * 250 teachers trained as {@link EnsembleTraining} does, against the same teachers one after the other, in turns.
 *
 * <p>The whole call counts for the ensemble; for a single training only the time after its first epoch, so that its
 * set-up does not flatter the comparison. The ensemble uses all threads; one by one is given the better of one thread and
 * all.
 */
public final class EnsembleThroughput {

  private static final int TEACHERS = 250;
  private static final int SHARD = 240;
  private static final int EPOCHS = 10;
  private static final int SINGLE = 25;
  private static final int ROUNDS = 5;

  private EnsembleThroughput() {}

  /**
   * Prints one line an architecture and batch size.
   *
   * @param args the count of threads
   */
  public static void main(String[] args) throws Exception {
    LearnEngine engine = LearnEngine.start(Integer.parseInt(args[0]));
    LabelledSamples data = SyntheticImages.labelled(TEACHERS * SHARD);
    for (String name : List.of("mlp-64", "mlp-128")) {
      for (int batch : new int[] {16, 32}) {
        compare(engine, Architecture.parse(name), data, batch);
      }
    }
    score(engine, Architecture.parse("mlp-128"), data);
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM")) {
        System.out.println("peak resident memory, with the images as floats: " + line);
      }
    }
  }

  private static void compare(
      LearnEngine engine, Architecture architecture, LabelledSamples data, int batch)
      throws InterruptedException {
    LearnEngine oneThread = LearnEngine.start(1);
    List<double[]> together = new ArrayList<>();
    List<double[]> alone = new ArrayList<>();
    List<double[]> aloneOnAll = new ArrayList<>();
    for (int round = 0; round <= ROUNDS; round++) {
      double[] ensemble = ensemble(engine, architecture, data, batch);
      double[] single = single(oneThread, architecture, data, batch);
      double[] singleOnAll = single(engine, architecture, data, batch);
      if (round > 0) {
        together.add(ensemble);
        alone.add(single);
        aloneOnAll.add(singleOnAll);
      }
    }
    String[] units = {"second", "processor second"};
    for (int unit = 0; unit < 2; unit++) {
      double best = Math.max(median(alone, unit), median(aloneOnAll, unit));
      System.out.printf(
          "%-8s batch %-3d samples per %s: ensemble %.0f, one by one %.0f (1 thread) %.0f (%d threads),"
              + " ratio to the better %.2f%n",
          architecture.name(),
          batch,
          units[unit],
          median(together, unit),
          median(alone, unit),
          median(aloneOnAll, unit),
          engine.threads(),
          median(together, unit) / best);
    }
  }

  /** Samples per second and per second of processor time. */
  private static double[] ensemble(
      LearnEngine engine, Architecture architecture, LabelledSamples data, int batch)
      throws InterruptedException {
    long start = System.nanoTime();
    long processor = processorTime();
    train(engine, architecture, data, new TrainingSettings(EPOCHS, batch, 1e-3, 1));
    double samples = 1e9 * TEACHERS * SHARD * EPOCHS;
    return new double[] {
      samples / (System.nanoTime() - start), samples / (processorTime() - processor)
    };
  }

  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static TrainedEnsemble train(
      LearnEngine engine,
      Architecture architecture,
      LabelledSamples data,
      TrainingSettings settings)
      throws InterruptedException {
    int[][] shards = new int[TEACHERS][SHARD];
    for (int row = 0; row < TEACHERS * SHARD; row++) {
      shards[row / SHARD][row % SHARD] = row;
    }
    return new EnsembleTraining(engine, ComputeDevice.cpu())
        .train(architecture, data, shards, settings, Progress.silent());
  }

  private static double[] single(
      LearnEngine engine, Architecture architecture, LabelledSamples data, int batch)
      throws InterruptedException {
    NetworkTraining training = new NetworkTraining(engine, ComputeDevice.cpu());
    long[] counted = new long[2];
    for (int teacher = 0; teacher < SINGLE; teacher++) {
      long[] start = new long[2];
      TrainingSettings settings = new TrainingSettings(EPOCHS, batch, 1e-3, 1);
      training.supervised(architecture, shard(data, teacher), settings, (done, total) -> {
        if (done == 1) {
          start[0] = System.nanoTime();
          start[1] = processorTime();
        } else if (done == total) {
          counted[0] += System.nanoTime() - start[0];
          counted[1] += processorTime() - start[1];
        }
      });
    }
    double samples = 1e9 * SINGLE * SHARD * (EPOCHS - 1);
    return new double[] {samples / counted[0], samples / counted[1]};
  }

  private static LabelledSamples shard(LabelledSamples data, int teacher) {
    int[] labels = new int[SHARD];
    for (int i = 0; i < SHARD; i++) {
      labels[i] = data.label(teacher * SHARD + i);
    }
    Samples samples = ((SyntheticImages) data.samples()).part(teacher * SHARD, SHARD);
    return new LabelledSamples(samples, labels, SyntheticImages.CLASSES);
  }

  private static void score(LearnEngine engine, Architecture architecture, LabelledSamples data)
      throws InterruptedException {
    TrainedEnsemble ensemble =
        train(engine, architecture, data, new TrainingSettings(1, 32, 1e-3, 1));
    int rows = 9000;
    List<double[]> rates = new ArrayList<>();
    float[] sink = new float[1];
    for (int round = 0; round <= ROUNDS; round++) {
      long start = System.nanoTime();
      ensemble.score(
          data.samples(), 0, rows, (member, first, count, logits) -> sink[0] += logits[0]);
      if (round > 0) {
        rates.add(new double[] {(double) TEACHERS * rows / ((System.nanoTime() - start) / 1e9)});
      }
    }
    System.out.printf(
        "%-8s scoring  %8.0f teacher-samples/s (check %b)%n",
        architecture.name(), median(rates, 0), Float.isFinite(sink[0]));
  }

  private static double median(List<double[]> values, int unit) {
    double[] sorted = values.stream().mapToDouble(value -> value[unit]).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
