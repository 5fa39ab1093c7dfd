package dev.retort.learn;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;

/** Scores samples with one network. Holds native memory until closed; for one thread at a time. */
public final class NetworkScorer implements AutoCloseable {

  private static final int BATCH = 512;

  private final int threads;
  private final TensorScope scope;
  private final Network network;
  private final DeviceNetwork weights;
  private final HostBuffer buffer;

  private NetworkScorer(ComputeDevice device, int threads, Network network) {
    this.threads = threads;
    this.network = network;
    scope = new TensorScope(device);
    weights = new DeviceNetwork(scope, network);
    buffer = HostBuffer.floats(Math.multiplyExact(BATCH, network.shape().size()));
    scope.seal();
  }

  /** Loads the weights of {@code network} onto {@code device}. */
  public static NetworkScorer open(LearnEngine engine, ComputeDevice device, Network network) {
    return new NetworkScorer(device, engine.threads(), network);
  }

  /** For callers that are themselves one of several threads. */
  static NetworkScorer onOneThread(ComputeDevice device, Network network) {
    return new NetworkScorer(device, 1, network);
  }

  /**
   * The logits of samples [firstRow, firstRow + count), row-major: count * classes numbers.
   *
   * @throws IllegalArgumentException if the samples have another shape than the network reads
   * @throws IndexOutOfBoundsException if there are no such samples
   */
  public float[] logits(Samples samples, int firstRow, int count) {
    Rows.requireShape(network.shape(), samples);
    int[] rows = Rows.range(samples, firstRow, count);
    int classes = network.classes();
    float[] logits = new float[Math.multiplyExact(count, classes)];
    boolean before = TensorScope.enter(threads, false);
    try {
      for (int from = 0; from < count; from += BATCH) {
        int length = Math.min(BATCH, count - from);
        samples.gather(rows, from, length, buffer.asFloats());
        try (PtNDManager step = scope.step()) {
          weights.lendTo(step);
          PtNDArray batch = buffer.floatArray(step, weights.batchShape(length));
          float[] scores = weights.logits(batch, weights.arrays()).toFloatArray();
          System.arraycopy(scores, 0, logits, from * classes, scores.length);
        }
      }
    } finally {
      TensorScope.leave(before);
    }
    return logits;
  }

  /** The share of samples whose largest logit is that of their label, in [0, 1]; the lowest class wins ties. */
  public double accuracy(LabelledSamples data) {
    return Rows.accuracy(data, network.classes(), this::logits);
  }

  @Override
  public void close() {
    scope.close();
  }
}
