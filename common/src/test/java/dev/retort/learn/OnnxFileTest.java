package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.label.LabelSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFileTest {

  private static final SampleShape MNIST = SampleShape.image(1, 28, 28);
  private static final LabelSpace DIGITS =
      new LabelSpace(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path directory;

  private Path write(String architecture, SampleShape shape) throws IOException {
    Path file = directory.resolve("model.onnx");
    OnnxFile.write(network(architecture, shape), DIGITS, file);
    return file;
  }

  private static Network network(String architecture, SampleShape shape) {
    return Initialisation.draw(Toy.architecture(architecture), shape, 10, new SplittableRandom(1));
  }

  private void assertAgrees(String architecture, SampleShape shape)
      throws IOException, CorruptModelException {
    Samples samples = Toy.noise(shape, 700, 3);
    Path file = write(architecture, shape);
    try (OnnxScorer onnx = OnnxScorer.open(file, 2);
        NetworkScorer scorer = NetworkScorer.open(
            LearnEngine.start(2), ComputeDevice.cpu(), network(architecture, shape))) {
      assertThat(onnx.logits(samples, 10, 690))
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(scorer.logits(samples, 10, 690));
      assertThat(onnx.shape()).isEqualTo(shape);
      assertThat(onnx.classes()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-128", "mlp-64-32", "cnn-small"})
  void write_everyArchitectureOnImages_scoresAsTheNetwork(String architecture)
      throws IOException, CorruptModelException {
    assertAgrees(architecture, MNIST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-16"})
  void write_onTables_scoresAsTheNetwork(String architecture)
      throws IOException, CorruptModelException {
    assertAgrees(architecture, SampleShape.row(13));
  }

  @Test
  void write_oddColourImages_scoresAsTheNetwork() throws IOException, CorruptModelException {
    assertAgrees("cnn-small", SampleShape.image(3, 13, 7));
  }

  @Test
  void write_probabilities_sumToOneAndClassesStandInTheMetadata() throws IOException, OrtException {
    Path file = write("mlp-16", MNIST);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    float[][][][] images = new float[2][1][28][28];
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(file.toString(), options);
        OnnxTensor input = OnnxTensor.createTensor(environment, images);
        OrtSession.Result result = session.run(Map.of("input", input))) {
      float[][] probabilities =
          (float[][]) result.get("probabilities").orElseThrow().getValue();
      for (float[] row : probabilities) {
        double sum = 0;
        for (float p : row) {
          sum += p;
        }
        assertThat(sum).isBetween(0.99999, 1.00001);
      }
      assertThat(session.getMetadata().getCustomMetadata())
          .containsEntry("classes", "[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]")
          .containsEntry("architecture", "mlp-16");
    }
  }

  @Test
  void accuracy_trainedNetwork_isThatOfTheNetwork()
      throws IOException, CorruptModelException, InterruptedException {
    LearnEngine engine = LearnEngine.start(1);
    LabelledSamples data = Toy.blobs(Toy.IMAGE, 10, 400, 1);
    Network network = new NetworkTraining(engine, ComputeDevice.cpu())
        .supervised(
            Toy.architecture("linear"),
            data,
            new TrainingSettings(2, 16, 1e-2, 1),
            Progress.silent());
    Path file = directory.resolve("model.onnx");
    OnnxFile.write(network, DIGITS, file);
    try (OnnxScorer onnx = OnnxScorer.open(file, 1);
        NetworkScorer scorer = NetworkScorer.open(engine, ComputeDevice.cpu(), network)) {
      assertThat(onnx.accuracy(data)).isEqualTo(scorer.accuracy(data)).isGreaterThan(0.5);
    }
  }

  @Test
  void open_notAnOnnxFile_isRefused() throws IOException {
    Path file = directory.resolve("broken.onnx");
    assertThatThrownBy(() -> OnnxScorer.open(file, 1))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("broken.onnx");
    byte[] content = Files.readAllBytes(write("linear", MNIST));
    Files.write(file, java.util.Arrays.copyOf(content, content.length / 2));
    assertThatThrownBy(() -> OnnxScorer.open(file, 1))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("broken.onnx");
  }

  @Test
  void logits_samplesOfAnotherShape_areRefused() throws IOException, CorruptModelException {
    try (OnnxScorer onnx = OnnxScorer.open(write("linear", MNIST), 1)) {
      assertThatThrownBy(() -> onnx.logits(Toy.noise(Toy.IMAGE, 3, 1), 0, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("samples must be of shape 1x28x28: 1x8x8");
    }
  }
}
