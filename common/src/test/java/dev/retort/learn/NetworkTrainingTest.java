package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTrainingTest {

  private static final int CLASSES = 4;
  private static final TrainingSettings SETTINGS = new TrainingSettings(4, 16, 3e-3, 7);

  private final LearnEngine engine = LearnEngine.start(2);
  private final ComputeDevice device = ComputeDevice.cpu();
  private final NetworkTraining training = new NetworkTraining(engine, device);
  private final LabelledSamples data = Toy.blobs(Toy.IMAGE, CLASSES, 500, 1);
  private final LabelledSamples fresh = Toy.blobs(Toy.IMAGE, CLASSES, 300, 2);

  private double accuracy(Network network) {
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, network)) {
      return scorer.accuracy(fresh);
    }
  }

  private DistillationTargets targets(float meanOfTruth, float meanOfOthers) {
    int count = data.count();
    float[] means = new float[count * CLASSES];
    float[] probabilities = new float[count * CLASSES];
    int[] labels = new int[count];
    float[] ones = new float[count];
    for (int row = 0; row < count; row++) {
      labels[row] = data.label(row);
      ones[row] = 1;
      for (int c = 0; c < CLASSES; c++) {
        means[row * CLASSES + c] = c == labels[row] ? meanOfTruth : meanOfOthers;
        probabilities[row * CLASSES + c] = c == labels[row] ? 0.7f : 0.1f;
      }
    }
    return new DistillationTargets(CLASSES, means, probabilities, labels, ones, ones);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-16", "mlp-16-8", "cnn-small"})
  void supervised_separableClasses_learnsThem(String architecture) throws InterruptedException {
    List<Integer> epochs = new ArrayList<>();
    Network network = training.supervised(
        Toy.architecture(architecture),
        data,
        SETTINGS,
        (done, total) -> epochs.add(done * 10 + total));
    assertThat(accuracy(network)).isGreaterThan(0.95);
    assertThat(epochs).containsExactly(14, 24, 34, 44);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp-16", "cnn-small"})
  void supervised_sameSeed_givesTheSameBits(String name) throws InterruptedException {
    Architecture architecture = Toy.architecture(name);
    Network network = training.supervised(architecture, data, SETTINGS, Progress.silent());
    assertThat(training.supervised(architecture, data, SETTINGS, Progress.silent()))
        .isEqualTo(network);
    assertThat(training.supervised(architecture, data, SETTINGS.withSeed(8), Progress.silent()))
        .isNotEqualTo(network);
  }

  @Test
  void distil_warmUpAlone_learnsFromMeansOutsideTheSimplex() throws InterruptedException {
    Network student = training.distil(
        Toy.architecture("mlp-16"),
        data.samples(),
        targets(1.4f, -0.3f),
        settings(2, 0.7, 6, 0, 16, 3e-3),
        Progress.silent());
    assertThat(accuracy(student)).isGreaterThan(0.95);
  }

  @Test
  void distil_warmUpAndDistillation_learnsAndCountsBoth() throws InterruptedException {
    List<Integer> epochs = new ArrayList<>();
    Network student = training.distil(
        Toy.architecture("cnn-small"),
        data.samples(),
        targets(1.1f, 0),
        settings(2, 0.7, 1, 4, 16, 2e-3),
        (done, total) -> epochs.add(done));
    assertThat(accuracy(student)).isGreaterThan(0.95);
    assertThat(epochs).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void distil_views_areReproducibleAndChangeTheStudent() throws InterruptedException {
    Network first = onViews(new Augmentation.Warp(0.1, 0.1, 0.2));
    assertThat(onViews(new Augmentation.Warp(0.1, 0.1, 0.2))).isEqualTo(first);
    assertThat(onViews(new Augmentation.Warp(0, 0, 0))).isNotEqualTo(first);
  }

  @Test
  void distil_viewsThatChangeNothing_giveTheStudentOfTheSamples() throws InterruptedException {
    Network unmoved = onViews(new Augmentation.Warp(0, 0, 0));
    Network plain = onViews(new Augmentation.None());
    for (int i = 0; i < plain.tensors().size(); i++) {
      assertThat(unmoved.tensors().get(i).array())
          .containsExactly(plain.tensors().get(i).array(), within(1e-3f));
    }
  }

  @Test
  void distil_consistency_isReproducibleAndChangesTheStudent() throws InterruptedException {
    Network first = consistent(1, 1);
    assertThat(consistent(1, 1)).isEqualTo(first);
    assertThat(consistent(0, 1)).isNotEqualTo(first);
  }

  @Test
  void distil_consistencyInTheWarmUp_waitsUntilItIsOver() throws InterruptedException {
    assertThat(consistent(1, 0)).isEqualTo(consistent(0, 0));
  }

  private Network consistent(double weight, int epochs) throws InterruptedException {
    return training.distil(
        Toy.architecture("mlp-16"),
        data.samples(),
        targets(1, 0),
        new DistillationSettings(
            2,
            0.7,
            1,
            epochs,
            64,
            1e-3,
            new Augmentation.None(),
            new Consistency(weight, 0.3, new Augmentation.Warp(0.1, 0.1, 0.2)),
            1),
        Progress.silent());
  }

  private Network onViews(Augmentation augmentation) throws InterruptedException {
    return training.distil(
        Toy.architecture("mlp-16"),
        data.samples(),
        targets(1, 0),
        new DistillationSettings(2, 0.7, 0, 1, 64, 1e-3, augmentation, Consistency.none(), 1),
        Progress.silent());
  }

  @Test
  void distilFrom_trainedNetwork_beginsWithItsWeights() throws InterruptedException {
    Network teacher =
        training.supervised(Toy.architecture("linear"), data, SETTINGS, Progress.silent());
    Network student = training.distilFrom(
        teacher,
        data.samples(),
        targets(1, 0),
        settings(2, 0.7, 0, 1, 500, 1e-9),
        Progress.silent());
    assertThat(student.tensor("fc1.weight").array())
        .usingComparatorWithPrecision(1e-7f)
        .containsExactly(teacher.tensor("fc1.weight").array());
  }

  @Test
  void distilFrom_networkOfOtherClasses_isRefused() throws InterruptedException {
    LabelledSamples other = Toy.blobs(Toy.IMAGE, 3, 20, 1);
    Network teacher =
        training.supervised(Toy.architecture("linear"), other, SETTINGS, Progress.silent());
    assertThatThrownBy(() -> training.distilFrom(
            teacher,
            data.samples(),
            targets(1, 0),
            settings(2, 0.7, 0, 1, 16, 1e-3),
            Progress.silent()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 classes");
  }

  @Test
  void supervised_colourImages_areReadChannelsFirst() throws InterruptedException {
    SampleShape shape = SampleShape.image(3, 5, 9);
    LabelledSamples colours = Toy.blobs(shape, CLASSES, 300, 1);
    Network network =
        training.supervised(Toy.architecture("cnn-small"), colours, SETTINGS, Progress.silent());
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, network)) {
      assertThat(scorer.accuracy(Toy.blobs(shape, CLASSES, 200, 5))).isGreaterThan(0.9);
    }
  }

  @Test
  void supervised_interrupted_stops() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() ->
            training.supervised(Toy.architecture("linear"), data, SETTINGS, Progress.silent()))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void supervised_thousandsOfSteps_keepsMemoryFlat() throws InterruptedException, IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/statm")), "resident memory is read from /proc");
    Architecture architecture = Toy.architecture("mlp-16");
    TrainingSettings settings = new TrainingSettings(50, 16, 1e-3, 1);
    training.supervised(architecture, data, settings, Progress.silent());
    long before = residentBytes();
    training.supervised(architecture, data, settings, Progress.silent());
    training.supervised(architecture, data, settings, Progress.silent());
    // 3,200 steps: one leaked batch each would be 13 MB, with its activations over 20; the heap may
    // grow too.
    assertThat(residentBytes() - before).isLessThan(64L << 20);
  }

  private static long residentBytes() throws IOException {
    String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
    return Long.parseLong(pages[1]) * 4096;
  }

  private static DistillationSettings settings(
      double temperature,
      double alpha,
      int warmUpEpochs,
      int epochs,
      int batchSize,
      double learningRate) {
    return new DistillationSettings(
        temperature,
        alpha,
        warmUpEpochs,
        epochs,
        batchSize,
        learningRate,
        new Augmentation.None(),
        Consistency.none(),
        1);
  }
}
