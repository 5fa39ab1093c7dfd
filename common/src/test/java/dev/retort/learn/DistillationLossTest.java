package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The losses, each sample at a temperature of its own, against plain double arithmetic, and their gradients against finite differences of it. */
class DistillationLossTest {

  private static final int CLASSES = 5;
  private static final int COUNT = 7;
  private static final int[] ROWS = {6, 0, 3, 2};

  private final float[] means = new float[COUNT * CLASSES];
  private final float[] probabilities = new float[COUNT * CLASSES];
  private final int[] hardLabels = new int[COUNT];
  private final float[] softWeights = new float[COUNT];
  private final float[] hardWeights = new float[COUNT];
  private final float[] temperatures = new float[COUNT];
  private final DistillationTargets targets;

  DistillationLossTest() {
    SplittableRandom random = new SplittableRandom(11);
    for (int row = 0; row < COUNT; row++) {
      hardLabels[row] = random.nextInt(CLASSES);
      softWeights[row] = (float) (2 * random.nextDouble());
      hardWeights[row] = row == 3 ? 0 : (float) random.nextDouble();
      temperatures[row] = row == 6 ? 1 : (float) (0.5 + random.nextDouble());
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        means[row * CLASSES + c] = (float) (0.2 + 0.5 * random.nextGaussian());
        // Row 2 is one class for certain: its logarithm needs the floor.
        double p = row == 2 ? (c == 1 ? 1 : 0) : random.nextDouble();
        probabilities[row * CLASSES + c] = (float) p;
        sum += p;
      }
      for (int c = 0; c < CLASSES; c++) {
        probabilities[row * CLASSES + c] /= (float) sum;
      }
    }
    targets = new DistillationTargets(
        CLASSES, means, probabilities, hardLabels, softWeights, hardWeights, temperatures);
  }

  @BeforeAll
  static void start() {
    LearnEngine.start(1);
  }

  @Test
  void distillation_temperatureTwo_hasTheValueAndGradientOfDoubleArithmetic() {
    check(2, 0.7, false, 1);
  }

  @Test
  void distillation_temperatureFourAndLargeLogits_hasTheValueAndGradientOfDoubleArithmetic() {
    check(4, 0.3, false, 20);
  }

  @Test
  void distillation_onlyCrossEntropy_ignoresTheTeachers() {
    check(1, 0, false, 2);
  }

  @Test
  void warmUp_meansOutsideTheSimplex_hasTheValueAndGradientOfDoubleArithmetic() {
    check(1, 0.5, true, 1);
  }

  private void check(double temperature, double alpha, boolean warmUp, double spread) {
    SplittableRandom random = new SplittableRandom(3);
    double[] logits = new double[ROWS.length * CLASSES];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (spread * random.nextGaussian());
    }
    ToDoubleFunction<double[]> reference =
        warmUp ? this::brier : at -> combined(at, temperature, alpha);
    Result actual = evaluate(logits, temperature, alpha, warmUp);
    double entropy = warmUp ? 0 : entropyPart(temperature, alpha);
    assertThat(actual.value + entropy)
        .isCloseTo(reference.applyAsDouble(logits), within(1e-5 * (1 + spread)));
    for (int i = 0; i < logits.length; i++) {
      double step = 1e-5;
      double[] up = logits.clone();
      up[i] += step;
      double[] down = logits.clone();
      down[i] -= step;
      double slope = (reference.applyAsDouble(up) - reference.applyAsDouble(down)) / (2 * step);
      assertThat((double) actual.gradient[i]).isCloseTo(slope, within(2e-6));
    }
  }

  @Test
  void distillation_extremeLogits_staysFinite() {
    double[] logits = new double[ROWS.length * CLASSES];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (i % 3 - 1) * 1e4;
    }
    Result result = evaluate(logits, 2, 0.7, false);
    assertThat(result.value).isFinite();
    for (float slope : result.gradient) {
      assertThat(slope).isFinite();
    }
  }

  @Test
  void soften_temperatureOne_returnsTheProbabilities() {
    float[] softened = DistillationLoss.soften(
        new DistillationTargets(
            CLASSES, means, probabilities, hardLabels, softWeights, hardWeights),
        1);
    for (int i = 0; i < softened.length; i++) {
      assertThat(softened[i]).isCloseTo(probabilities[i], within(1e-6f));
    }
  }

  private static final class Result {
    final double value;
    final float[] gradient;

    Result(double value, float[] gradient) {
      this.value = value;
      this.gradient = gradient;
    }
  }

  private Result evaluate(double[] logits, double temperature, double alpha, boolean warmUp) {
    float[] start = new float[logits.length];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) logits[i];
    }
    boolean before = TensorScope.enter(1, true);
    try (TensorScope scope = new TensorScope(ComputeDevice.cpu());
        PtNDManager step = scope.step()) {
      PtNDArray leaf = scope.floats(start, new Shape(ROWS.length, CLASSES));
      leaf.attach(step);
      leaf.setRequiresGradient(true);
      PtNDArray one = scope.floats(new float[] {1}, new Shape());
      scope.seal();
      DistillationLoss loss = new DistillationLoss(targets, temperature, alpha, ROWS.length + 3);
      PtNDArray value = warmUp
          ? loss.warmUp(leaf, step, ROWS, 0, ROWS.length)
          : loss.distillation(leaf, step, ROWS, 0, ROWS.length);
      JniUtils.backward(value, one, false, false);
      return new Result(value.getFloat(), JniUtils.getGradient(leaf).toFloatArray());
    } finally {
      TensorScope.leave(before);
    }
  }

  private static double logSoftmax(double[] logits, int row, int c, double temperature) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < CLASSES; k++) {
      max = Math.max(max, logits[row * CLASSES + k] / temperature);
    }
    double sum = 0;
    for (int k = 0; k < CLASSES; k++) {
      sum += Math.exp(logits[row * CLASSES + k] / temperature - max);
    }
    return logits[row * CLASSES + c] / temperature - max - Math.log(sum);
  }

  private double softenedAt(int sample, int c, double temperature) {
    double sum = 0;
    for (int k = 0; k < CLASSES; k++) {
      sum += Math.pow(Math.max(probabilities[sample * CLASSES + k], 1e-7), 1 / temperature);
    }
    return Math.pow(Math.max(probabilities[sample * CLASSES + c], 1e-7), 1 / temperature) / sum;
  }

  private double combined(double[] logits, double temperature, double alpha) {
    double total = 0;
    for (int row = 0; row < ROWS.length; row++) {
      int sample = ROWS[row];
      total -= (1 - alpha) * hardWeights[sample] * logSoftmax(logits, row, hardLabels[sample], 1);
      for (int c = 0; c < CLASSES; c++) {
        double own = temperature * temperatures[sample];
        double p = softenedAt(sample, c, own);
        total += alpha
            * own
            * own
            * softWeights[sample]
            * p
            * (Math.log(p) - logSoftmax(logits, row, c, own));
      }
    }
    return total / ROWS.length;
  }

  /** The part of the loss that no weight moves, which the code leaves out. */
  private double entropyPart(double temperature, double alpha) {
    double total = 0;
    for (int sample : ROWS) {
      for (int c = 0; c < CLASSES; c++) {
        double own = temperature * temperatures[sample];
        double p = softenedAt(sample, c, own);
        total += alpha * own * own * softWeights[sample] * p * Math.log(p);
      }
    }
    return total / ROWS.length;
  }

  private double brier(double[] logits) {
    double total = 0;
    for (int row = 0; row < ROWS.length; row++) {
      int sample = ROWS[row];
      for (int c = 0; c < CLASSES; c++) {
        double error = Math.exp(logSoftmax(logits, row, c, 1)) - means[sample * CLASSES + c];
        total += softWeights[sample] * error * error;
      }
    }
    return total / ROWS.length;
  }
}
