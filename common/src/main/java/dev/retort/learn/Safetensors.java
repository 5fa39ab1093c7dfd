package dev.retort.learn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The safetensors format, for 32-bit floats: the length of a header as 8 little-endian bytes, the header as JSON (name
 * to type, shape and offsets), then the values, little-endian, without gaps.
 */
final class Safetensors {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String METADATA = "__metadata__";

  private Safetensors() {}

  static byte[] encode(List<Tensor> tensors) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put(METADATA, Map.of("format", "pt"));
    long end = 0;
    for (Tensor tensor : tensors) {
      long begin = end;
      end += (long) tensor.size() * Float.BYTES;
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", "F32");
      entry.put("shape", tensor.dimensions());
      entry.put("data_offsets", List.of(begin, end));
      header.put(tensor.name(), entry);
    }
    byte[] json = JSON.writeValueAsBytes(header);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer file =
        ByteBuffer.allocate(Math.toIntExact(8 + padded + end)).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(padded)
        .put(json)
        .put(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII));
    for (Tensor tensor : tensors) {
      file.put(bytes(tensor));
    }
    return file.array();
  }

  /** The values as the file holds them. */
  static byte[] bytes(Tensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(tensor.values());
    return bytes.array();
  }

  /**
   * The tensors of {@code content}, which must be exactly those of {@code expected}.
   *
   * @throws CorruptModelException if they are not, naming {@code file} and what differs
   */
  static List<Tensor> decode(Path file, byte[] content, List<ParameterShape> expected)
      throws CorruptModelException {
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    long length = content.length < 8 ? -1 : bytes.getLong();
    if (length < 2 || length > content.length - 8) {
      throw new CorruptModelException(
          file, "header length must be in [2, " + (content.length - 8) + "]: " + length);
    }
    JsonNode header = header(file, content, (int) length);
    ByteBuffer values = bytes
        .slice(8 + (int) length, content.length - 8 - (int) length)
        .order(ByteOrder.LITTLE_ENDIAN);
    List<Tensor> tensors = new ArrayList<>();
    long total = 0;
    for (ParameterShape parameter : expected) {
      tensors.add(tensor(file, header.path(parameter.name()), parameter, values));
      total += (long) parameter.size() * Float.BYTES;
    }
    int entries = header.size() - (header.has(METADATA) ? 1 : 0);
    if (entries != expected.size() || total != values.capacity()) {
      throw new CorruptModelException(
          file,
          "must hold " + expected.size() + " tensors of " + total + " bytes in all: " + entries
              + " of " + values.capacity());
    }
    return tensors;
  }

  private static JsonNode header(Path file, byte[] content, int length)
      throws CorruptModelException {
    try {
      JsonNode header = JSON.readTree(content, 8, length);
      if (header.isObject()) {
        return header;
      }
    } catch (JacksonException malformed) {
      throw new CorruptModelException(
          file, "header must be JSON: " + malformed.getOriginalMessage(), malformed);
    }
    throw new CorruptModelException(file, "header must be a JSON object");
  }

  private static Tensor tensor(
      Path file, JsonNode entry, ParameterShape parameter, ByteBuffer values)
      throws CorruptModelException {
    int bytes = parameter.size() * Float.BYTES;
    List<Integer> shape = new ArrayList<>();
    entry.path("shape").forEach(extent -> shape.add(extent.asInt(-1)));
    long begin = entry.path("data_offsets").path(0).asLong(-1);
    long end = entry.path("data_offsets").path(1).asLong(-1);
    boolean inside = begin >= 0 && end == begin + bytes && end <= values.capacity();
    if (!entry.path("dtype").asString("").equals("F32")
        || !shape.equals(parameter.dimensions())
        || !inside) {
      throw new CorruptModelException(
          file,
          "tensor " + parameter.name() + " must be F32 of shape " + parameter.dimensions()
              + " with " + bytes + " bytes in the file: " + entry);
    }
    float[] array = new float[parameter.size()];
    values
        .slice((int) begin, bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(array);
    return new Tensor(parameter.name(), parameter.dimensions(), array);
  }
}
