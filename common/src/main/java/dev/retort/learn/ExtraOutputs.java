package dev.retort.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Linear readouts of a network's last hidden layer, as further rows of its last layer behind those of the classes. */
final class ExtraOutputs {

  private ExtraOutputs() {}

  /**
   * {@code network} with outputs behind its classes, without biases.
   *
   * @param weights rows that read the last hidden layer, one after another
   */
  static Network append(Network network, float[] weights) {
    int width = hiddenWidth(network);
    if (weights.length == 0 || weights.length % width != 0) {
      throw new IllegalArgumentException(
          "weights must be whole rows of " + width + ": " + weights.length);
    }
    int more = weights.length / width;
    return withLastLayer(
        network,
        network.classes() + more,
        joined(last(network, 2).array(), weights),
        joined(last(network, 1).array(), new float[more]));
  }

  /** {@code network} with its first {@code classes} outputs alone. */
  static Network strip(Network network, int classes) {
    return withLastLayer(
        network,
        classes,
        Arrays.copyOf(last(network, 2).array(), classes * hiddenWidth(network)),
        Arrays.copyOf(last(network, 1).array(), classes));
  }

  /** The width of the last hidden layer of {@code network}, which must have one. */
  static int hiddenWidth(Network network) {
    return network
        .architecture()
        .hiddenWidth()
        .orElseThrow(() -> new IllegalArgumentException(
            "architecture must have a hidden layer: " + network.architecture().name()));
  }

  private static Network withLastLayer(
      Network network, int outputs, float[] weights, float[] biases) {
    List<Tensor> tensors =
        new ArrayList<>(network.tensors().subList(0, network.tensors().size() - 2));
    tensors.add(
        new Tensor(last(network, 2).name(), List.of(outputs, weights.length / outputs), weights));
    tensors.add(new Tensor(last(network, 1).name(), List.of(outputs), biases));
    return new Network(network.architecture(), network.shape(), outputs, tensors);
  }

  private static Tensor last(Network network, int fromTheEnd) {
    return network.tensors().get(network.tensors().size() - fromTheEnd);
  }

  private static float[] joined(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
