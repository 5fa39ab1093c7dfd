package dev.retort.learn;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.retort.data.LabelledSamples;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The training steps of several dense networks of one architecture at once, by batched matrix products. For the thread
 * that made it; holds native memory until closed.
 *
 * <p>Implementation note. Weights are stacked: [member, in, out]. The loss is the sum over members of each one's mean
 * over its own batch; no operator mixes members, so each gets the gradient, and by Adam's being element-wise the step,
 * that it would get alone. A batch with fewer samples than the widest is filled up with zero samples of weight 0.
 */
final class BatchedLoop implements AutoCloseable {

  private final LabelledSamples data;
  private final int members;
  private final int batchSize;
  private final int sampleSize;
  private final Architecture architecture;
  private final List<ParameterShape> parameters;
  private final TensorScope scope;
  private final PtNDArray[] arrays;
  private final FusedAdam adam;
  private final HostBuffer batch;
  private final HostBuffer labels;
  private final HostBuffer weights;
  private final float[] zeros;
  private final PtNDArray minusOne;
  private final boolean gradientsBefore;

  /** Stacks {@code initial}, which are networks of one architecture that read samples of {@code data}. */
  BatchedLoop(ComputeDevice device, List<Network> initial, LabelledSamples data, int batchSize) {
    this.data = data;
    this.batchSize = batchSize;
    members = initial.size();
    sampleSize = data.samples().shape().size();
    architecture = initial.get(0).architecture();
    parameters = architecture.parameters(data.samples().shape(), data.classes());
    gradientsBefore = TensorScope.enter(1, true);
    scope = new TensorScope(device);
    arrays = new PtNDArray[parameters.size()];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = stack(i, initial);
    }
    adam = new FusedAdam(scope, arrays);
    batch = HostBuffer.floats(Math.multiplyExact(members * batchSize, sampleSize));
    labels = HostBuffer.longs(members * batchSize);
    weights = HostBuffer.floats(members * batchSize);
    zeros = new float[batchSize * sampleSize];
    minusOne = scope.floats(new float[] {-1}, new Shape());
    scope.seal();
  }

  private PtNDArray stack(int parameter, List<Network> networks) {
    ParameterShape shape = parameters.get(parameter);
    float[] stacked = new float[Math.multiplyExact(members, shape.size())];
    for (int member = 0; member < members; member++) {
      float[] values = networks.get(member).tensors().get(parameter).array();
      int out = shape.dimensions().get(0);
      System.arraycopy(
          Layout.transpose(values, 1, out, shape.size() / out),
          0,
          stacked,
          member * shape.size(),
          shape.size());
    }
    int out = shape.dimensions().get(0);
    return scope.floats(stacked, new Shape(members, shape.size() / out, out));
  }

  /** One step of every member, each on its own next batch; members without rows get weight 0. */
  void step(List<EpochOrder> orders, double learningRate) {
    fill(orders);
    try (PtNDManager step = scope.step()) {
      PtNDArray[] leaves = adam.leaves(step);
      PtNDArray hidden = batch.floatArray(step, new Shape(members, batchSize, sampleSize));
      for (int i = 0; i < leaves.length; i += 2) {
        PtNDArray sums = JniUtils.add(JniUtils.bmm(hidden, leaves[i]), leaves[i + 1]);
        hidden = i + 2 < leaves.length ? JniUtils.relu(sums) : sums;
      }
      Shape perSample = new Shape(members, batchSize, 1);
      PtNDArray truth = labels.longArray(step, perSample);
      PtNDArray cross = JniUtils.gather(hidden.logSoftmax(2), truth, 2);
      PtNDArray weighted = JniUtils.mul(cross, weights.floatArray(step, perSample));
      JniUtils.backward(JniUtils.sum(weighted), minusOne, false, false);
      adam.step(leaves, learningRate);
    }
  }

  private void fill(List<EpochOrder> orders) {
    FloatBuffer sample = batch.asFloats();
    LongBuffer label = labels.asLongs();
    FloatBuffer weight = weights.asFloats();
    for (EpochOrder order : orders) {
      int length = order.rows().length == 0 ? 0 : order.advance();
      int from = order.from(length);
      data.samples().gather(order.rows(), from, length, sample);
      sample.put(zeros, 0, (batchSize - length) * sampleSize);
      for (int i = 0; i < batchSize; i++) {
        label.put(i < length ? data.label(order.rows()[from + i]) : 0);
        weight.put(i < length ? 1f / length : 0f);
      }
    }
  }

  /** The weights of {@code member} as they are now. */
  Network snapshot(int member) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < arrays.length; i++) {
      ParameterShape shape = parameters.get(i);
      int out = shape.dimensions().get(0);
      try (PtNDManager step = scope.step()) {
        arrays[i].tempAttach(step);
        float[] values = JniUtils.slice(arrays[i], 0, member, member + 1, 1).toFloatArray();
        tensors.add(new Tensor(
            shape.name(),
            shape.dimensions(),
            Layout.transpose(values, 1, shape.size() / out, out)));
      }
    }
    return new Network(architecture, data.samples().shape(), data.classes(), tensors);
  }

  @Override
  public void close() {
    adam.close();
    scope.close();
    TensorScope.leave(gradientsBefore);
  }
}
