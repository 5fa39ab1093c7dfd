package dev.retort.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.retort.data.LabelledSamples;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkTraining;
import dev.retort.learn.TrainingSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * Trains on command, so that a driver can take turns between programs: each line {@code ARCHITECTURE EPOCHS} on standard
 * input is one training, answered by its samples per second and per second of processor time. The first epoch is not counted.
 */
public final class TrainingWorker {

  private static final int SAMPLES = 6400;
  private static final int BATCH = 128;

  private TrainingWorker() {}

  /**
   * Runs until standard input ends.
   *
   * @param args the count of threads
   */
  public static void main(String[] args) throws Exception {
    LearnEngine engine = LearnEngine.start(Integer.parseInt(args[0]));
    NetworkTraining training = new NetworkTraining(engine, ComputeDevice.cpu());
    LabelledSamples data = SyntheticImages.labelled(SAMPLES);
    try (BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      serve(commands, training, data);
    }
  }

  private static void serve(BufferedReader commands, NetworkTraining training, LabelledSamples data)
      throws Exception {
    System.out.println("ready");
    for (String line = read(commands); !line.isEmpty(); line = read(commands)) {
      String[] words = line.split(" ");
      int epochs = Integer.parseInt(words[1]);
      Clock first = new Clock();
      Clock last = new Clock();
      training.supervised(
          Architecture.parse(words[0]),
          data,
          new TrainingSettings(epochs, BATCH, 1e-3, 1),
          (done, total) -> (done == 1 ? first : last).read());
      double counted = (epochs - 1) * (double) SAMPLES;
      System.out.println(counted * 1e9 / (last.wall - first.wall) + " "
          + counted * 1e9 / (last.processor - first.processor));
    }
  }

  private static String read(BufferedReader commands) throws IOException {
    String line = commands.readLine();
    return line == null ? "" : line;
  }

  /** A moment in nanoseconds, on the wall and in this process's use of processors. */
  private static final class Clock {

    private long wall;
    private long processor;

    void read() {
      wall = System.nanoTime();
      processor =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
  }
}
