package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The losses and gradients against PyTorch's own in double precision; bench/python/make_loss_fixtures.py wrote them. */
class DistillationLossFixtureTest {

  private static final int LINES = 10;
  private static final int[] ROWS = {0, 1, 2, 3};
  private static final int CLASSES = 5;

  @Test
  void losses_everyFixture_haveTheValueAndGradientOfPyTorch() throws IOException {
    LearnEngine.start(1);
    List<String> lines;
    try (InputStream in = Objects.requireNonNull(
        DistillationLossFixtureTest.class.getResourceAsStream("distillation-losses.txt"))) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    assertThat(lines).hasSize(5 * LINES);
    for (int first = 0; first < lines.size(); first += LINES) {
      check(lines.subList(first, first + LINES));
    }
  }

  private static void check(List<String> fixture) {
    float[] settings = floats(fixture.get(1));
    float[] probabilities = floats(fixture.get(4));
    float[] softWeights = floats(fixture.get(6));
    int[] labels = new int[ROWS.length];
    Arrays.setAll(labels, row -> (int) floats(fixture.get(5))[row]);
    DistillationTargets targets = new DistillationTargets(
        CLASSES,
        floats(fixture.get(3)),
        probabilities,
        labels,
        softWeights,
        floats(fixture.get(7)));
    boolean warmUp = fixture.get(0).equals("warm-up");
    double constant = warmUp ? 0 : entropy(targets, softWeights, settings[0], settings[1]);
    boolean before = TensorScope.enter(1, true);
    try (TensorScope scope = new TensorScope(ComputeDevice.cpu());
        PtNDManager step = scope.step()) {
      PtNDArray logits = scope.floats(floats(fixture.get(2)), new Shape(ROWS.length, CLASSES));
      logits.attach(step);
      logits.setRequiresGradient(true);
      PtNDArray one = scope.floats(new float[] {1}, new Shape());
      scope.seal();
      DistillationLoss loss = new DistillationLoss(targets, settings[0], settings[1], ROWS.length);
      PtNDArray value = warmUp
          ? loss.warmUp(logits, step, ROWS, 0, ROWS.length)
          : loss.distillation(logits, step, ROWS, 0, ROWS.length);
      JniUtils.backward(value, one, false, false);
      float expected = floats(fixture.get(8))[0];
      assertThat(value.getFloat() + constant)
          .isCloseTo(expected, within(2e-6 * (1 + Math.abs(expected))));
      assertThat(JniUtils.getGradient(logits).toFloatArray())
          .containsExactly(floats(fixture.get(9)), within(1e-5f));
    } finally {
      TensorScope.leave(before);
    }
  }

  /** What the code leaves out of the divergence, as no weight moves it. */
  private static double entropy(
      DistillationTargets targets, float[] weights, double temperature, double alpha) {
    float[] softened = DistillationLoss.soften(targets, temperature);
    double total = 0;
    for (int i = 0; i < softened.length; i++) {
      total += alpha
          * temperature
          * temperature
          * weights[i / CLASSES]
          * softened[i]
          * Math.log(softened[i]);
    }
    return total / ROWS.length;
  }

  private static float[] floats(String line) {
    String[] words = line.split(" ");
    float[] values = new float[words.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(words[i]);
    }
    return values;
  }
}
