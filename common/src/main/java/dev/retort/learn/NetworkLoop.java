package dev.retort.learn;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** The training steps of one network. For the thread that made it; holds native memory until closed. */
final class NetworkLoop implements AutoCloseable {

  /** What a batch is scored against. */
  interface Loss {

    /** The scalar to minimise on the batch at {@code rows[from .. from + length)}, made in {@code step}. */
    PtNDArray of(PtNDArray logits, PtNDManager step, int[] rows, int from, int length);
  }

  private final TensorScope scope;
  private final Samples samples;
  private final DeviceNetwork network;
  private final FusedAdam adam;
  private final HostBuffer batch;
  private final PtNDArray one;
  private final boolean gradientsBefore;

  NetworkLoop(ComputeDevice device, int threads, Network initial, Samples samples, int batchSize) {
    this.samples = samples;
    gradientsBefore = TensorScope.enter(threads, true);
    scope = new TensorScope(device);
    network = new DeviceNetwork(scope, initial);
    adam = new FusedAdam(scope, network.arrays());
    batch = HostBuffer.floats(Math.multiplyExact(batchSize, samples.shape().size()));
    one = scope.floats(new float[] {1}, new Shape());
    scope.seal();
  }

  /** One step on the batch at {@code rows[from .. from + length)}. */
  void step(int[] rows, int from, int length, Loss loss, double learningRate) {
    samples.gather(rows, from, length, batch.asFloats());
    descend(rows, from, length, loss, learningRate);
  }

  /** One step on views of the batch at {@code rows[from .. from + length)}. */
  void step(
      int[] rows,
      int from,
      int length,
      Loss loss,
      double learningRate,
      Augmentation augmentation,
      SplittableRandom random) {
    float[] views = new float[length * samples.shape().size()];
    samples.gather(rows, from, length, FloatBuffer.wrap(views));
    augmentation.vary(views, length, samples.shape(), random);
    batch.asFloats().put(views);
    descend(rows, from, length, loss, learningRate);
  }

  /**
   * One step on views of the batch at {@code rows[from .. from + length)}, and on strong variations of the same samples
   * against what is said of the views.
   */
  void step(
      int[] rows,
      int from,
      int length,
      Loss loss,
      double learningRate,
      Augmentation augmentation,
      SplittableRandom random,
      ConsistencyLoss consistency) {
    float[] views = new float[length * samples.shape().size()];
    samples.gather(rows, from, length, FloatBuffer.wrap(views));
    HostBuffer varied = consistency.varied(views.clone(), length);
    augmentation.vary(views, length, samples.shape(), random);
    batch.asFloats().put(views);
    try (PtNDManager step = scope.step()) {
      PtNDArray[] leaves = adam.leaves(step);
      Shape shape = network.batchShape(length);
      PtNDArray weak = network.logits(batch.floatArray(step, shape), leaves);
      PtNDArray strong = network.logits(varied.floatArray(step, shape), leaves);
      PtNDArray value =
          JniUtils.add(loss.of(weak, step, rows, from, length), consistency.of(weak, strong, step));
      JniUtils.backward(value, one, false, false);
      adam.step(leaves, learningRate);
    }
  }

  private void descend(int[] rows, int from, int length, Loss loss, double learningRate) {
    try (PtNDManager step = scope.step()) {
      PtNDArray[] leaves = adam.leaves(step);
      PtNDArray logits = network.logits(batch.floatArray(step, network.batchShape(length)), leaves);
      JniUtils.backward(loss.of(logits, step, rows, from, length), one, false, false);
      adam.step(leaves, learningRate);
    }
  }

  /** The weights as they are now. */
  Network snapshot() {
    return network.snapshot();
  }

  @Override
  public void close() {
    adam.close();
    scope.close();
    TensorScope.leave(gradientsBefore);
  }
}
