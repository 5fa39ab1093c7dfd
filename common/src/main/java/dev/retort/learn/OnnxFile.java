package dev.retort.learn;

import dev.retort.label.LabelSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes networks as ONNX, for scoring with ONNX Runtime or anything else that reads it. */
public final class OnnxFile {

  static final String INPUT = "input";
  static final String LOGITS = "logits";
  static final String PROBABILITIES = "probabilities";

  private static final Map<String, List<Integer>> CONVOLUTION =
      Map.of("kernel_shape", List.of(3, 3), "pads", List.of(1, 1, 1, 1));
  private static final Map<String, List<Integer>> POOLING =
      Map.of("kernel_shape", List.of(2, 2), "strides", List.of(2, 2));

  private OnnxFile() {}

  /**
   * Writes {@code network} as ONNX with input {@code input} of [N, ...shape] and outputs {@code logits} and {@code
   * probabilities} of [N, classes], for any N; the names of the classes stand in the metadata as a JSON list. The file
   * is written whole or not at all.
   *
   * @throws IllegalArgumentException if {@code labels} are not the classes of the network
   * @throws IOException if the file cannot be written
   */
  public static void write(Network network, LabelSpace labels, Path file) throws IOException {
    if (network.classes() != labels.size()) {
      throw new IllegalArgumentException(
          "labels must be " + network.classes() + " classes: " + labels.size());
    }
    AtomicFile.write(file, encode(network, labels));
  }

  static byte[] encode(Network network, LabelSpace labels) {
    OnnxGraph graph = new OnnxGraph();
    network.tensors().forEach(graph::weights);
    String last = INPUT;
    int layer = 1;
    if (network.architecture() instanceof Architecture.SmallCnn) {
      last = convolution(graph, last, "conv1");
      last = convolution(graph, last, "conv2");
      layer = 5;
    }
    if (network.shape().isImage()) {
      graph.node("Flatten", List.of(last), "flat", Map.of("axis", List.of(1)));
      last = "flat";
    }
    int dense = (network.tensors().size() - layer + 1) / 2;
    for (int i = 1; i <= dense; i++) {
      String name = "fc" + i;
      String sums = i == dense ? LOGITS : name;
      graph.node(
          "Gemm",
          List.of(last, name + ".weight", name + ".bias"),
          sums,
          Map.of("transB", List.of(1)));
      if (i < dense) {
        graph.node("Relu", List.of(sums), name + ".relu", Map.of());
        last = name + ".relu";
      }
    }
    graph.node("Softmax", List.of(LOGITS), PROBABILITIES, Map.of("axis", List.of(1)));
    return graph
        .note("architecture", network.architecture().name())
        .note("classes", new JsonMapper().writeValueAsString(labels.classes()))
        .toBytes(
            INPUT, network.shape().dimensions(), List.of(LOGITS, PROBABILITIES), network.classes());
  }

  private static String convolution(OnnxGraph graph, String input, String name) {
    graph.node("Conv", List.of(input, name + ".weight", name + ".bias"), name, CONVOLUTION);
    graph.node("Relu", List.of(name), name + ".relu", Map.of());
    graph.node("MaxPool", List.of(name + ".relu"), name + ".pool", POOLING);
    return name + ".pool";
  }
}
