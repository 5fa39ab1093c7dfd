package dev.retort.learn;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.retort.data.SampleShape;
import java.util.ArrayList;
import java.util.List;

/** One network's weights on a device, and its forward pass. Belongs to the scope it was made in, and to its thread. */
final class DeviceNetwork {

  private static final Shape ONE = new Shape(1, 1);
  private static final Shape TWO = new Shape(2, 2);
  private static final Shape NONE = new Shape(0, 0);
  private static final long[] TO_OUTSIDE = {0, 3, 1, 2};
  private static final long[] TO_LAST = {0, 2, 3, 1};

  private final Architecture architecture;
  private final SampleShape shape;
  private final int classes;
  private final List<ParameterShape> parameters;
  private final List<Layout> layouts;
  private final PtNDArray[] arrays;

  DeviceNetwork(TensorScope scope, Network network) {
    architecture = network.architecture();
    shape = network.shape();
    classes = network.classes();
    parameters = architecture.parameters(shape, classes);
    layouts = new ArrayList<>();
    arrays = new PtNDArray[parameters.size()];
    for (int i = 0; i < arrays.length; i++) {
      Layout layout = Layout.of(architecture, Architecture.SmallCnn.CONV2, parameters.get(i));
      layouts.add(layout);
      arrays[i] = scope.floats(layout.toDevice(network.tensors().get(i).array()), layout.shape());
    }
  }

  PtNDArray[] arrays() {
    return arrays;
  }

  int classes() {
    return classes;
  }

  /** The extents of a batch as the forward pass wants it. */
  Shape batchShape(int count) {
    if (!(architecture instanceof Architecture.SmallCnn)) {
      return new Shape(count, shape.size());
    }
    List<Integer> image = shape.dimensions();
    return new Shape(count, image.get(0), image.get(1), image.get(2));
  }

  /** The logits of {@code batch}, read through {@code weights}, which may be the arrays or leaves over them. */
  PtNDArray logits(PtNDArray batch, PtNDArray[] weights) {
    if (!(architecture instanceof Architecture.SmallCnn)) {
      return dense(batch, weights, 0);
    }
    PtNDArray first = convolve(batch, weights[0], weights[1]);
    PtNDArray second = convolve(first, weights[2], weights[3]);
    PtNDArray flat = JniUtils.flatten(JniUtils.permute(second, TO_LAST), 1, -1);
    return dense(flat, weights, 4);
  }

  private static PtNDArray convolve(PtNDArray input, PtNDArray weight, PtNDArray bias) {
    // A view with the usual extents over memory with channels last: the kernels follow the memory.
    PtNDArray view = JniUtils.permute(weight, TO_OUTSIDE);
    PtNDArray active = JniUtils.relu(JniUtils.convolution(input, view, bias, ONE, ONE, ONE, 1));
    return JniUtils.maxPool(active, TWO, TWO, NONE, false);
  }

  private static PtNDArray dense(PtNDArray input, PtNDArray[] weights, int first) {
    PtNDArray hidden = input;
    for (int i = first; i < weights.length; i += 2) {
      PtNDArray sums = JniUtils.linear(hidden, weights[i], weights[i + 1]);
      hidden = i + 2 < weights.length ? JniUtils.relu(sums) : sums;
    }
    return hidden;
  }

  /** Lends the weights to {@code step}, so that views of them belong to it. */
  void lendTo(PtNDManager step) {
    for (PtNDArray array : arrays) {
      array.tempAttach(step);
    }
  }

  /** The weights as they are now. */
  Network snapshot() {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < arrays.length; i++) {
      float[] values = layouts.get(i).fromDevice(arrays[i].toFloatArray());
      tensors.add(new Tensor(parameters.get(i).name(), parameters.get(i).dimensions(), values));
    }
    return new Network(architecture, shape, classes, tensors);
  }
}
