package dev.retort.learn;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores samples with several dense networks at once: the first layers of all as one wide matrix product, the further
 * ones batched. For one thread; holds native memory until closed. A place without a network is computed with zeros, so
 * that what stands in the other places does not depend on which are taken.
 */
final class WideScorer implements AutoCloseable {

  static final int BATCH = 512;

  private static final long[] MEMBERS_FIRST = {1, 0, 2};

  private final SampleShape shape;
  private final int classes;
  private final int members;
  private final TensorScope scope;
  private final PtNDArray[] arrays;
  private final HostBuffer buffer;

  WideScorer(
      ComputeDevice device,
      Architecture architecture,
      SampleShape shape,
      int classes,
      List<@Nullable Network> networks) {
    this.shape = shape;
    this.classes = classes;
    members = networks.size();
    scope = new TensorScope(device);
    List<ParameterShape> parameters = architecture.parameters(shape, classes);
    arrays = new PtNDArray[parameters.size()];
    for (int i = 0; i < arrays.length; i++) {
      ParameterShape parameter = parameters.get(i);
      int size = parameter.size();
      int out = parameter.dimensions().get(0);
      boolean first = i < 2;
      float[] stacked = new float[Math.multiplyExact(members, size)];
      for (int member = 0; member < members; member++) {
        Network network = networks.get(member);
        if (network != null) {
          float[] values = network.tensors().get(i).array();
          float[] placed = first ? values : Layout.transpose(values, 1, out, size / out);
          System.arraycopy(placed, 0, stacked, member * size, size);
        }
      }
      Shape wide =
          i == 0 ? new Shape((long) members * out, size / out) : new Shape((long) members * out);
      arrays[i] = scope.floats(stacked, first ? wide : new Shape(members, size / out, out));
    }
    buffer = HostBuffer.floats(Math.multiplyExact(BATCH, shape.size()));
    scope.seal();
  }

  /** The logits of samples [firstRow, firstRow + count): for each member, row-major. */
  float[][] logits(Samples samples, int firstRow, int count) {
    int[] rows = Rows.range(samples, firstRow, count);
    float[][] result = new float[members][Math.multiplyExact(count, classes)];
    boolean before = TensorScope.enter(1, false);
    try {
      for (int from = 0; from < count; from += BATCH) {
        int length = Math.min(BATCH, count - from);
        samples.gather(rows, from, length, buffer.asFloats());
        float[] scores = batch(length);
        int size = length * classes;
        for (int member = 0; member < members; member++) {
          System.arraycopy(scores, member * size, result[member], from * classes, size);
        }
      }
    } finally {
      TensorScope.leave(before);
    }
    return result;
  }

  private float[] batch(int length) {
    try (PtNDManager step = scope.step()) {
      for (PtNDArray array : arrays) {
        array.tempAttach(step);
      }
      PtNDArray wide = JniUtils.linear(
          buffer.floatArray(step, new Shape(length, shape.size())), arrays[0], arrays[1]);
      PtNDArray hidden =
          JniUtils.permute(JniUtils.reshape(wide, new long[] {length, members, -1}), MEMBERS_FIRST);
      for (int i = 2; i < arrays.length; i += 2) {
        hidden = JniUtils.add(JniUtils.bmm(JniUtils.relu(hidden), arrays[i]), arrays[i + 1]);
      }
      return hidden.toFloatArray();
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
