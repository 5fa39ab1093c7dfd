package dev.retort.learn;

import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The teachers of one node. Immutable, on the Java heap; safe for use by several threads. */
public final class TrainedEnsemble {

  /** Bounds the scores that are held at a time. */
  private static final int BLOCK_ROWS = 8192;

  private final LearnEngine engine;
  private final ComputeDevice device;
  private final Architecture architecture;
  private final SampleShape shape;
  private final int classes;
  private final List<@Nullable Network> networks;

  TrainedEnsemble(
      LearnEngine engine,
      ComputeDevice device,
      Architecture architecture,
      SampleShape shape,
      int classes,
      List<@Nullable Network> networks) {
    this.engine = engine;
    this.device = device;
    this.architecture = architecture;
    this.shape = shape;
    this.classes = classes;
    this.networks = Collections.unmodifiableList(new ArrayList<>(networks));
  }

  /**
   * Teachers with freshly drawn weights, all present: they take as long to ask as trained ones, and say nothing.
   *
   * @param members how many, at least 1
   */
  public static TrainedEnsemble untrained(
      LearnEngine engine,
      ComputeDevice device,
      Architecture architecture,
      SampleShape shape,
      int classes,
      int members) {
    if (members < 1) {
      throw new IllegalArgumentException("members must be >= 1: " + members);
    }
    SplittableRandom random = Seeds.stream(0, 0);
    List<@Nullable Network> networks = new ArrayList<>();
    for (int member = 0; member < members; member++) {
      networks.add(Initialisation.draw(architecture, shape, classes, random));
    }
    return new TrainedEnsemble(engine, device, architecture, shape, classes, networks);
  }

  /** One teacher, of given weights. */
  public static TrainedEnsemble of(LearnEngine engine, ComputeDevice device, Network network) {
    return new TrainedEnsemble(
        engine,
        device,
        network.architecture(),
        network.shape(),
        network.classes(),
        Collections.singletonList(network));
  }

  /** The count of teachers, present or not. */
  public int members() {
    return networks.size();
  }

  /** The size of the label space. */
  public int classes() {
    return classes;
  }

  /** Whether teacher {@code member} had records to learn from. */
  public boolean isPresent(int member) {
    return networks.get(member) != null;
  }

  /**
   * The network of teacher {@code member}.
   *
   * @throws IllegalStateException if it is not present
   */
  public Network network(int member) {
    Network network = networks.get(member);
    if (network == null) {
      throw new IllegalStateException("member must be present: " + member);
    }
    return network;
  }

  /**
   * Hands the logits of samples [firstRow, firstRow + count) by every present teacher to {@code sink}. A teacher's
   * logits do not depend on the other teachers' records, nor on the count of threads, to the last bit; they may on how
   * the samples are cut into calls.
   *
   * @throws IllegalArgumentException if the samples have another shape than the teachers read
   * @throws IndexOutOfBoundsException if there are no such samples
   * @throws InterruptedException if the thread is interrupted
   */
  public void score(Samples samples, int firstRow, int count, LogitSink sink)
      throws InterruptedException {
    Rows.requireShape(shape, samples);
    Objects.checkFromIndexSize(firstRow, count, samples.count());
    boolean dense = !(architecture instanceof Architecture.SmallCnn);
    int chunk = dense
        ? ChunkSize.forScoring(
            device, architecture, shape, classes, WideScorer.BATCH, networks.size())
        : 1;
    try (Workers workers = new Workers(device.isGpu() ? 1 : engine.threads())) {
      for (int first = firstRow; first < firstRow + count; first += BLOCK_ROWS) {
        int from = first;
        int rows = Math.min(BLOCK_ROWS, firstRow + count - first);
        List<Callable<float[][]>> tasks = new ArrayList<>();
        for (int member = 0; member < networks.size(); member += chunk) {
          int begin = member;
          int end = Math.min(member + chunk, networks.size());
          tasks.add(() ->
              dense ? wide(begin, end, samples, from, rows) : alone(begin, samples, from, rows));
        }
        int[] next = {0};
        workers.run(tasks, scores -> {
          for (float[] logits : scores) {
            if (isPresent(next[0])) {
              sink.accept(next[0], from, rows, logits);
            }
            next[0]++;
          }
        });
      }
    }
  }

  /**
   * As {@link #score}, with each teacher's last hidden layer as {@code projection} sees it behind its logits: the sink
   * gets, of each sample, one number a class and then {@link HiddenProjection#dimensions} more.
   *
   * @throws IllegalArgumentException also if the teachers have no hidden layer of the projection's width
   */
  public void scoreWithHidden(
      HiddenProjection projection, Samples samples, int firstRow, int count, LogitSink sink)
      throws InterruptedException {
    int width = architecture.hiddenWidth().orElse(0);
    if (width != projection.width()) {
      throw new IllegalArgumentException(
          "projection must read " + width + " hidden units: " + projection.width());
    }
    // Both are linear in the hidden layer, so the projection is more rows of the last one.
    List<@Nullable Network> extended = new ArrayList<>();
    for (Network network : networks) {
      extended.add(network == null ? null : ExtraOutputs.append(network, projection.rows()));
    }
    new TrainedEnsemble(
            engine, device, architecture, shape, classes + projection.dimensions(), extended)
        .score(samples, firstRow, count, sink);
  }

  private float[][] wide(int begin, int end, Samples samples, int first, int rows) {
    List<@Nullable Network> members = networks.subList(begin, end);
    if (members.stream().allMatch(Objects::isNull)) {
      return new float[end - begin][0];
    }
    try (WideScorer scorer = new WideScorer(device, architecture, shape, classes, members)) {
      return scorer.logits(samples, first, rows);
    }
  }

  private float[][] alone(int member, Samples samples, int first, int rows) {
    Network network = networks.get(member);
    if (network == null) {
      return new float[1][0];
    }
    try (NetworkScorer scorer = NetworkScorer.onOneThread(device, network)) {
      return new float[][] {scorer.logits(samples, first, rows)};
    }
  }
}
