package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hidden layers as teachers show them and as a student learns them. */
class HintsTest {

  private static final int CLASSES = 4;
  private static final int DIMENSIONS = 3;

  private final LearnEngine engine = LearnEngine.start(1);
  private final ComputeDevice device = ComputeDevice.cpu();
  private final LabelledSamples data = Toy.blobs(Toy.IMAGE, CLASSES, 300, 1);

  @Test
  void draw_sameSeed_givesTheSameOrthonormalRows() {
    float[] rows = HiddenProjection.draw(20, 20, 5).rows();
    assertThat(rows).isEqualTo(HiddenProjection.draw(20, 20, 5).rows());
    assertThat(rows).isNotEqualTo(HiddenProjection.draw(20, 20, 6).rows());
    for (int a = 0; a < 20; a++) {
      for (int b = 0; b < 20; b++) {
        double dot = 0;
        for (int i = 0; i < 20; i++) {
          dot += (double) rows[a * 20 + i] * rows[b * 20 + i];
        }
        assertThat(dot).isCloseTo(a == b ? 1 : 0, within(1e-6));
      }
    }
    assertThatThrownBy(() -> HiddenProjection.draw(20, 21, 5))
        .hasMessage("dimensions must be in [1, 20]: 21");
  }

  @Test
  void scoreWithHidden_oneHiddenLayer_isItsProjectionBehindTheLogits() throws Exception {
    SampleShape row = SampleShape.row(2);
    Network network = Network.untrained(new Architecture.Mlp(List.of(5)), row, CLASSES, 3);
    HiddenProjection projection = HiddenProjection.draw(5, DIMENSIONS, 4);
    float[] sample = {0.7f, -1.2f};
    List<float[]> seen = new ArrayList<>();
    TrainedEnsemble.of(engine, device, network)
        .scoreWithHidden(
            projection,
            Toy.samples(row, sample),
            0,
            1,
            (member, first, rows, answers) -> seen.add(answers.clone()));
    double[] hidden = new double[5];
    for (int unit = 0; unit < 5; unit++) {
      double sum = network.tensor("fc1.bias").array()[unit];
      for (int i = 0; i < 2; i++) {
        sum += (double) network.tensor("fc1.weight").array()[unit * 2 + i] * sample[i];
      }
      hidden[unit] = Math.max(0, sum);
    }
    float[] answers = seen.get(0);
    assertThat(answers).hasSize(CLASSES + DIMENSIONS);
    for (int c = 0; c < CLASSES + DIMENSIONS; c++) {
      float[] weights = c < CLASSES ? network.tensor("fc2.weight").array() : projection.rows();
      double expected = c < CLASSES ? network.tensor("fc2.bias").array()[c] : 0;
      for (int unit = 0; unit < 5; unit++) {
        expected += hidden[unit] * weights[(c < CLASSES ? c : c - CLASSES) * 5 + unit];
      }
      assertThat((double) answers[c]).isCloseTo(expected, within(1e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp-12", "mlp-12-9", "cnn-small"})
  void trainFrom_oneStart_everyTeacherBeginsThereAndShowsItsLayer(String name) throws Exception {
    Architecture architecture = Architecture.parse(name);
    Network initial = Network.untrained(architecture, Toy.IMAGE, CLASSES, 8);
    int[][] shards = {range(0, 40), new int[0], range(40, 90)};
    TrainedEnsemble ensemble = new EnsembleTraining(engine, device)
        .trainFrom(initial, data, shards, new TrainingSettings(1, 64, 1e-9, 42), Progress.silent());
    // One step of a tiny rate leaves them where they began.
    for (int member : new int[] {0, 2}) {
      float[] weights = ensemble.network(member).tensors().get(0).array();
      float[] before = initial.tensors().get(0).array();
      for (int i = 0; i < before.length; i++) {
        assertThat(weights[i]).isCloseTo(before[i], within(1e-6f));
      }
    }
    assertThat(ensemble.isPresent(1)).isFalse();
    HiddenProjection projection =
        HiddenProjection.draw(architecture.hiddenWidth().orElseThrow(), DIMENSIONS, 4);
    List<Integer> members = new ArrayList<>();
    ensemble.scoreWithHidden(projection, data.samples(), 5, 7, (member, first, rows, answers) -> {
      members.add(member);
      assertThat(answers).hasSize(7 * (CLASSES + DIMENSIONS));
    });
    assertThat(members).containsExactly(0, 2);
  }

  @Test
  void scoreWithHidden_noHiddenLayer_isRefused() {
    Network linear = Network.untrained(new Architecture.Linear(), Toy.IMAGE, CLASSES, 3);
    assertThatThrownBy(() -> TrainedEnsemble.of(engine, device, linear)
            .scoreWithHidden(
                HiddenProjection.draw(5, 2, 4), data.samples(), 0, 1, (m, f, r, a) -> {}))
        .hasMessage("projection must read 0 hidden units: 5");
  }

  @Test
  void hintLoss_besideAndAlone_haveTheValueAndGradientOfDoubleArithmetic() {
    int count = 5;
    int[] rows = {4, 0, 2};
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[count * DIMENSIONS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] weights = {0.5f, 1, 2, 1, 0.25f};
    HintTargets targets = new HintTargets(DIMENSIONS, values, weights, 0.8);
    float[] outputs = new float[rows.length * (CLASSES + DIMENSIONS)];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = (float) random.nextGaussian();
    }
    for (boolean beside : new boolean[] {false, true}) {
      double expected = 0;
      double[] slope = new double[outputs.length];
      for (int i = 0; i < outputs.length; i++) {
        int row = i / (CLASSES + DIMENSIONS);
        int column = i % (CLASSES + DIMENSIONS);
        if (column >= CLASSES) {
          double scale = 0.8 * weights[rows[row]] / DIMENSIONS / rows.length;
          double error = outputs[i] - values[rows[row] * DIMENSIONS + column - CLASSES];
          expected += scale * error * error;
          slope[i] = 2 * scale * error;
        } else if (beside) {
          expected += outputs[i];
          slope[i] = 1;
        }
      }
      boolean before = TensorScope.enter(1, true);
      try (TensorScope scope = new TensorScope(device);
          PtNDManager step = scope.step()) {
        PtNDArray leaf = scope.floats(outputs, new Shape(rows.length, CLASSES + DIMENSIONS));
        leaf.attach(step);
        leaf.setRequiresGradient(true);
        PtNDArray one = scope.floats(new float[] {1}, new Shape());
        scope.seal();
        HintLoss loss = new HintLoss(targets, CLASSES, 8);
        NetworkLoop.Loss sum = (logits, manager, of, from, length) -> JniUtils.sum(logits);
        NetworkLoop.Loss tried = beside ? loss.beside(sum) : loss::alone;
        PtNDArray value = tried.of(leaf, step, rows, 0, rows.length);
        JniUtils.backward(value, one, false, false);
        assertThat((double) value.getFloat()).isCloseTo(expected, within(1e-5));
        float[] gradient = JniUtils.getGradient(leaf).toFloatArray();
        for (int i = 0; i < slope.length; i++) {
          assertThat((double) gradient[i]).isCloseTo(slope[i], within(1e-6));
        }
      } finally {
        TensorScope.leave(before);
      }
    }
  }

  /** Hints that say the class, in numbers a label does not hold. */
  private HintTargets hints() {
    float[] values = new float[data.count() * DIMENSIONS];
    float[] ones = new float[data.count()];
    Arrays.fill(ones, 1);
    for (int row = 0; row < data.count(); row++) {
      for (int d = 0; d < DIMENSIONS; d++) {
        values[row * DIMENSIONS + d] = (data.label(row) >> d & 1) == 1 ? 1 : -1;
      }
    }
    return new HintTargets(DIMENSIONS, values, ones, 1);
  }

  /** Targets that know {@code known} samples and of the rest nothing. */
  private DistillationTargets targets(int known) {
    int count = data.count();
    float[] probabilities = new float[count * CLASSES];
    float[] weights = new float[count];
    for (int row = 0; row < count; row++) {
      weights[row] = row < known ? 1 : 0;
      for (int c = 0; c < CLASSES; c++) {
        probabilities[row * CLASSES + c] =
            row >= known ? 0.25f : c == data.label(row) ? 0.7f : 0.1f;
      }
    }
    return new DistillationTargets(
        CLASSES, probabilities, probabilities, data.labels(), weights, weights);
  }

  private double accuracy(Network network) {
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, network)) {
      return scorer.accuracy(Toy.blobs(Toy.IMAGE, CLASSES, 300, 2));
    }
  }

  private static DistillationSettings settings(int warmUp, int epochs) {
    return new DistillationSettings(
        2, 0.7, warmUp, epochs, 32, 3e-3, new Augmentation.None(), Consistency.none(), 1);
  }

  @Test
  void distilWithHints_besideConsistency_learnsFromTheClassesAlone() throws Exception {
    DistillationSettings both = new DistillationSettings(
        2,
        0.7,
        1,
        5,
        32,
        3e-3,
        new Augmentation.None(),
        new Consistency(1, 0.8, new Augmentation.Warp(0.07, 0.1, 0.17)),
        1);
    Network student = new NetworkTraining(engine, device)
        .distilWithHints(
            Architecture.parse("cnn-small"),
            data.samples(),
            targets(300),
            hints(),
            both,
            Progress.silent());
    assertThat(student.classes()).isEqualTo(CLASSES);
    assertThat(accuracy(student)).isGreaterThan(0.8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp-24", "cnn-small"})
  void distilWithHints_learnsAndLeavesNoHeadBehind(String name) throws Exception {
    List<Integer> told = new ArrayList<>();
    Network student = new NetworkTraining(engine, device)
        .distilWithHints(
            Architecture.parse(name),
            data.samples(),
            targets(300),
            hints(),
            settings(1, 5),
            (done, total) -> told.add(10 * done + total));
    assertThat(student.classes()).isEqualTo(CLASSES);
    assertThat(accuracy(student)).isGreaterThan(0.9);
    assertThat(told).containsExactly(16, 26, 36, 46, 56, 66);
  }

  @Test
  void distilAfterHints_fewLabels_beginsWithWhatTheHintsTaught() throws Exception {
    Architecture architecture = Architecture.parse("mlp-24");
    List<Integer> told = new ArrayList<>();
    NetworkTraining training = new NetworkTraining(engine, device);
    Network hinted = training.distilAfterHints(
        architecture,
        data.samples(),
        targets(4),
        hints(),
        settings(6, 2),
        (done, total) -> told.add(10 * done + total));
    Network plain = training.distil(
        architecture, data.samples(), targets(4), settings(6, 2), Progress.silent());
    assertThat(hinted.classes()).isEqualTo(CLASSES);
    assertThat(hinted).isNotEqualTo(plain);
    assertThat(told).containsExactly(18, 28, 38, 48, 58, 68, 78, 88);
    assertThat(hinted)
        .isEqualTo(training.distilAfterHints(
            architecture, data.samples(), targets(4), hints(), settings(6, 2), Progress.silent()));
  }

  @Test
  void distil_hintsThatDoNotFit_areRefused() {
    NetworkTraining training = new NetworkTraining(engine, device);
    HintTargets one = new HintTargets(1, new float[1], new float[1], 1);
    assertThatThrownBy(() -> training.distilWithHints(
            Architecture.parse("mlp-8"),
            data.samples(),
            targets(4),
            one,
            settings(1, 1),
            Progress.silent()))
        .hasMessageContaining("targets and hints must be one a sample: 300 targets, 1 hints");
    assertThatThrownBy(() -> training.distilWithHints(
            new Architecture.Linear(),
            data.samples(),
            targets(4),
            hints(),
            settings(1, 1),
            Progress.silent()))
        .hasMessage("architecture must have a hidden layer: linear");
    assertThatThrownBy(() -> training.distilAfterHints(
            Architecture.parse("mlp-8"),
            data.samples(),
            targets(4),
            hints(),
            settings(0, 1),
            Progress.silent()))
        .hasMessage("warmUpEpochs and epochs must be >= 1: 0, 1");
  }

  @Test
  void hintTargets_badValues_areRefused() {
    assertThatThrownBy(() -> new HintTargets(0, new float[0], new float[0], 1))
        .hasMessage("dimensions must be >= 1: 0");
    assertThatThrownBy(() -> new HintTargets(2, new float[3], new float[2], 1))
        .hasMessage("values must be 2 for each of 2 samples: 3");
    assertThatThrownBy(() -> new HintTargets(1, new float[] {Float.NaN}, new float[1], 1))
        .hasMessage("values must be finite: NaN");
    assertThatThrownBy(() -> new HintTargets(1, new float[1], new float[] {-1}, 1))
        .hasMessage("weights must be >= 0 and finite: -1.0");
    assertThatThrownBy(() -> new HintTargets(1, new float[1], new float[1], 0))
        .hasMessage("weight must be > 0 and finite: 0.0");
  }

  private static int[] range(int first, int end) {
    int[] rows = new int[end - first];
    Arrays.setAll(rows, i -> first + i);
    return rows;
  }
}
