package dev.retort.learn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An ONNX model in the making: IR version 8, opset 17. Field numbers are those of onnx.proto. */
final class OnnxGraph {

  private static final int FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private final ProtoMessage graph = new ProtoMessage();
  private final List<ProtoMessage> weights = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** Adds a node; each attribute is a single number or a list. */
  OnnxGraph node(
      String operator, List<String> inputs, String output, Map<String, List<Integer>> attributes) {
    ProtoMessage node = new ProtoMessage();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, output).text(4, operator);
    attributes.forEach((name, values) -> node.message(5, attribute(name, values)));
    graph.message(1, node);
    return this;
  }

  private static ProtoMessage attribute(String name, List<Integer> values) {
    ProtoMessage attribute = new ProtoMessage().text(1, name);
    if (values.size() == 1) {
      return attribute.number(3, values.get(0)).number(20, ATTRIBUTE_INT);
    }
    values.forEach(value -> attribute.number(8, value));
    return attribute.number(20, ATTRIBUTE_INTS);
  }

  OnnxGraph weights(Tensor tensor) {
    ProtoMessage message = new ProtoMessage();
    tensor.dimensions().forEach(extent -> message.number(1, extent));
    message.number(2, FLOAT).text(8, tensor.name()).bytes(9, Safetensors.bytes(tensor));
    weights.add(message);
    return this;
  }

  OnnxGraph note(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** The model, with one input and several outputs, each of a free count of samples. */
  byte[] toBytes(String input, List<Integer> sample, List<String> outputs, int classes) {
    graph.text(2, "network");
    weights.forEach(tensor -> graph.message(5, tensor));
    graph.message(11, floats(input, sample));
    outputs.forEach(output -> graph.message(12, floats(output, List.of(classes))));
    ProtoMessage model = new ProtoMessage()
        .number(1, 8)
        .text(2, "retort")
        .message(7, graph)
        .message(8, new ProtoMessage().text(1, "").number(2, 17));
    metadata.forEach(
        (key, value) -> model.message(14, new ProtoMessage().text(1, key).text(2, value)));
    return model.toBytes();
  }

  private static ProtoMessage floats(String name, List<Integer> extents) {
    ProtoMessage shape = new ProtoMessage().message(1, new ProtoMessage().text(2, "N"));
    extents.forEach(extent -> shape.message(1, new ProtoMessage().number(1, extent)));
    ProtoMessage tensor = new ProtoMessage().number(1, FLOAT).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }
}
