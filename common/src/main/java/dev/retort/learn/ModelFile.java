package dev.retort.learn;

import dev.retort.data.SampleShape;
import dev.retort.label.LabelSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A network and its classes as two files: {@code model.safetensors} holds the weights, {@code architecture.json} all
 * that is needed to use them, and the SHA-256 digest of each tensor's bytes.
 *
 * @param network the network
 * @param labels the names of its classes
 */
public record ModelFile(Network network, LabelSpace labels) {

  /** The name of the file with the weights. */
  public static final String WEIGHTS = "model.safetensors";

  /** The name of the file with architecture, shapes, classes and digests. */
  public static final String DESCRIPTOR = "architecture.json";

  private static final String FORMAT = "retort-network/1";
  private static final int MOST_HEADER_BYTES = 1 << 20;
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
      .build();

  /** What {@code architecture.json} holds. */
  record Descriptor(
      String format,
      String architecture,
      List<Integer> inputShape,
      String inputScaling,
      List<String> classes,
      String weights,
      List<TensorDigest> tensors) {}

  /** One tensor of {@code architecture.json}. */
  record TensorDigest(String name, List<Integer> shape, String sha256) {}

  public ModelFile {
    if (network.classes() != labels.size()) {
      throw new IllegalArgumentException(
          "labels must be " + network.classes() + " classes: " + labels.size());
    }
  }

  /**
   * Writes both files into {@code directory}, each whole or not at all, the weights first.
   *
   * @throws IOException if the directory is missing or full; files that were there before are then left
   */
  public void write(Path directory) throws IOException {
    Descriptor descriptor = new Descriptor(
        FORMAT,
        network.architecture().name(),
        network.shape().dimensions(),
        network.shape().isImage()
            ? "channels first; bytes divided by 255, so that values are in [0, 1]"
            : "the numbers that the transfer set's schema makes of the columns that the student reads",
        labels.classes(),
        WEIGHTS,
        digests(network.tensors()));
    AtomicFile.write(directory.resolve(WEIGHTS), Safetensors.encode(network.tensors()));
    AtomicFile.write(directory.resolve(DESCRIPTOR), JSON.writeValueAsBytes(descriptor));
  }

  /**
   * Reads what {@link #write} wrote, bit for bit.
   *
   * @throws CorruptModelException if a file is damaged, or the two do not belong together
   * @throws IOException if a file is missing or cannot be read
   */
  public static ModelFile read(Path directory) throws IOException, CorruptModelException {
    Path file = directory.resolve(DESCRIPTOR);
    Path weights = directory.resolve(WEIGHTS);
    Descriptor descriptor = descriptor(file);
    Architecture architecture;
    SampleShape shape;
    LabelSpace labels;
    List<ParameterShape> parameters;
    long bytes;
    try {
      architecture = Architecture.parse(descriptor.architecture());
      shape = new SampleShape(descriptor.inputShape());
      labels = new LabelSpace(descriptor.classes());
      architecture.checkSuits(shape);
      parameters = architecture.parameters(shape, labels.size());
      bytes = architecture.parameterCount(shape, labels.size()) * Float.BYTES;
    } catch (UnknownArchitectureException
        | UnsuitableArchitectureException
        | IllegalArgumentException
        | ArithmeticException invalid) {
      throw new CorruptModelException(file, String.valueOf(invalid.getMessage()), invalid);
    }
    if (Files.size(weights) > bytes + MOST_HEADER_BYTES) {
      throw new CorruptModelException(
          weights,
          "must be at most " + (bytes + MOST_HEADER_BYTES) + " bytes: " + Files.size(weights));
    }
    List<Tensor> tensors = Safetensors.decode(weights, Files.readAllBytes(weights), parameters);
    List<TensorDigest> actual = digests(tensors);
    if (!actual.equals(descriptor.tensors())) {
      throw new CorruptModelException(
          weights,
          "tensors must have the digests that " + DESCRIPTOR + " states, " + descriptor.tensors()
              + ": " + actual);
    }
    return new ModelFile(new Network(architecture, shape, labels.size(), tensors), labels);
  }

  private static Descriptor descriptor(Path file) throws IOException, CorruptModelException {
    if (Files.size(file) > MOST_HEADER_BYTES) {
      throw new CorruptModelException(
          file, "must be at most " + MOST_HEADER_BYTES + " bytes: " + Files.size(file));
    }
    try {
      Descriptor descriptor = JSON.readValue(Files.readAllBytes(file), Descriptor.class);
      if (!descriptor.format().equals(FORMAT)) {
        throw new CorruptModelException(
            file, "format must be " + FORMAT + ": " + descriptor.format());
      }
      return descriptor;
    } catch (JacksonException malformed) {
      throw new CorruptModelException(file, malformed.getOriginalMessage(), malformed);
    }
  }

  private static List<TensorDigest> digests(List<Tensor> tensors) {
    List<TensorDigest> digests = new ArrayList<>();
    for (Tensor tensor : tensors) {
      digests.add(
          new TensorDigest(tensor.name(), tensor.dimensions(), sha256(Safetensors.bytes(tensor))));
    }
    return digests;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
