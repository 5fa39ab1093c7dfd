package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {

  private static final LabelSpace LABELS =
      new LabelSpace(List.of("benign", "malignant", "\u00fcnclear"));

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path directory;

  private static Network network(String architecture) {
    return Initialisation.draw(
        Toy.architecture(architecture), Toy.IMAGE, 3, new SplittableRandom(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-7", "mlp-7-5", "cnn-small"})
  void read_whatWasWritten_isTheSameToTheBit(String architecture)
      throws IOException, CorruptModelException {
    ModelFile model = new ModelFile(network(architecture), LABELS);
    model.write(directory);
    assertThat(ModelFile.read(directory)).isEqualTo(model);
  }

  @Test
  void write_unusualFloats_keepsTheirBits() throws IOException, CorruptModelException {
    Network linear = network("linear");
    float[] weights = linear.tensor("fc1.weight").array().clone();
    weights[0] = -0f;
    weights[1] = Float.MIN_VALUE;
    weights[2] = Float.NaN;
    Network network = new Network(
        linear.architecture(),
        linear.shape(),
        3,
        List.of(Tensor.of("fc1.weight", List.of(3, 64), weights), linear.tensor("fc1.bias")));
    new ModelFile(network, LABELS).write(directory);
    assertThat(ModelFile.read(directory).network()).isEqualTo(network);
  }

  @Test
  void write_weights_areLaidOutAsSafetensorsAsks() throws IOException {
    new ModelFile(network("linear"), LABELS).write(directory);
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(directory.resolve(ModelFile.WEIGHTS)))
        .order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) file.getLong();
    assertThat(length % 8).isZero();
    byte[] header = new byte[length];
    file.get(header);
    assertThat(new String(header, StandardCharsets.UTF_8).strip())
        .isEqualTo("{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"fc1.weight\":{\"dtype\":\"F32\",\"shape\":[3,64],\"data_offsets\":[0,768]},"
            + "\"fc1.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[768,780]}}");
    assertThat(file.remaining()).isEqualTo(780);
  }

  @Test
  void read_flippedBit_isRefusedByDigest() throws IOException {
    new ModelFile(network("mlp-7"), LABELS).write(directory);
    Path weights = directory.resolve(ModelFile.WEIGHTS);
    byte[] content = Files.readAllBytes(weights);
    content[content.length - 9] ^= 1;
    Files.write(weights, content);
    assertThatThrownBy(() -> ModelFile.read(directory))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("digests");
  }

  @Test
  void read_fileCutShort_isRefused() throws IOException {
    new ModelFile(network("mlp-7"), LABELS).write(directory);
    Path weights = directory.resolve(ModelFile.WEIGHTS);
    byte[] content = Files.readAllBytes(weights);
    for (int length : new int[] {0, 5, 8, 20, 400, content.length - 1}) {
      Files.write(weights, java.util.Arrays.copyOf(content, length));
      assertThatThrownBy(() -> ModelFile.read(directory))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining(ModelFile.WEIGHTS);
    }
  }

  @Test
  void read_weightsOfAnotherModel_areRefused() throws IOException {
    new ModelFile(network("mlp-7"), LABELS).write(directory);
    byte[] other = Files.readAllBytes(directory.resolve(ModelFile.WEIGHTS));
    new ModelFile(network("mlp-8"), LABELS).write(directory);
    Files.write(directory.resolve(ModelFile.WEIGHTS), other);
    assertThatThrownBy(() -> ModelFile.read(directory))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("fc1.weight");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"mlp-7\"->\"resnet\"",
        "\"mlp-7\"->null",
        "retort-network/1->retort-network/2",
        "\"benign\"->\"malignant\"",
        "\"benign\"->\"\"",
        "[ 1, 8, 8 ]->[ 1, 8 ]",
        "[ 1, 8, 8 ]->[ 99999, 99999, 99999 ]",
        "\"format\"->\"formats\"",
        "{->["
      })
  void read_damagedDescriptor_isRefused(String change) throws IOException {
    new ModelFile(network("mlp-7"), LABELS).write(directory);
    Path file = directory.resolve(ModelFile.DESCRIPTOR);
    String text = Files.readString(file);
    String[] sides = change.split("->", 2);
    assertThat(text).contains(sides[0]);
    Files.writeString(file, text.replace(sides[0], sides[1]));
    assertThatThrownBy(() -> ModelFile.read(directory))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining(ModelFile.DESCRIPTOR);
  }

  @Test
  void read_nothingThere_saysWhichFile() {
    assertThatThrownBy(() -> ModelFile.read(directory))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(ModelFile.DESCRIPTOR);
  }

  @Test
  void write_missingDirectory_leavesNothing() {
    assertThatThrownBy(
            () -> new ModelFile(network("linear"), LABELS).write(directory.resolve("none")))
        .isInstanceOf(IOException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void new_labelsOfAnotherCount_areRefused() {
    assertThatThrownBy(() -> new ModelFile(network("linear"), new LabelSpace(List.of("a", "b"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels must be 3 classes: 2");
  }
}
