package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The loss against plain double arithmetic, and its gradient against finite differences of it. */
class ConsistencyLossTest {

  private static final int CLASSES = 4;
  private static final int COUNT = 6;
  private static final Consistency SETTINGS = new Consistency(1.5, 0.7, new Augmentation.None());

  private final float[] weak = draw(2);
  private final float[] strong = draw(1);

  @BeforeAll
  static void start() {
    LearnEngine.start(1);
  }

  private static float[] draw(double spread) {
    SplittableRandom random = new SplittableRandom(Math.round(17 * spread));
    float[] logits = new float[COUNT * CLASSES];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (spread * random.nextGaussian());
    }
    return logits;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Result(double value, float[] weakGradient, float[] strongGradient) {}

  private Result evaluate(Consistency settings) {
    boolean before = TensorScope.enter(1, true);
    try (TensorScope scope = new TensorScope(ComputeDevice.cpu());
        PtNDManager step = scope.step()) {
      PtNDArray views = leaf(scope, step, weak);
      PtNDArray varied = leaf(scope, step, strong);
      PtNDArray one = scope.floats(new float[] {1}, new Shape());
      scope.seal();
      ConsistencyLoss loss =
          new ConsistencyLoss(settings, targets(), Toy.IMAGE, COUNT + 2, new SplittableRandom(1));
      PtNDArray value = loss.of(views, varied, step);
      // A term that hangs on the views, as the distillation loss does, so that they have a
      // gradient.
      PtNDArray both = JniUtils.add(value, JniUtils.sum(views));
      JniUtils.backward(both, one, false, false);
      return new Result(
          value.getFloat(),
          JniUtils.getGradient(views).toFloatArray(),
          JniUtils.getGradient(varied).toFloatArray());
    } finally {
      TensorScope.leave(before);
    }
  }

  private static PtNDArray leaf(TensorScope scope, PtNDManager step, float[] logits) {
    PtNDArray leaf = scope.floats(logits, new Shape(COUNT, CLASSES));
    leaf.attach(step);
    leaf.setRequiresGradient(true);
    return leaf;
  }

  private static double probability(double[] logits, int row, int label) {
    double sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      sum += Math.exp(logits[row * CLASSES + c]);
    }
    return Math.exp(logits[row * CLASSES + label]) / sum;
  }

  /** Targets whose classes have these shares: 0.1, 0.2, 0.3 and 0.4, a sample without weight left aside. */
  private static DistillationTargets targets() {
    float[] probabilities = {0.2f, 0.2f, 0.2f, 0.4f, 0, 0.2f, 0.4f, 0.4f, 1, 0, 0, 0};
    float[] weights = {1, 1, 0};
    return new DistillationTargets(
        CLASSES, probabilities, probabilities, new int[3], weights, weights);
  }

  /** What the batch says, aligned to the shares, the mean having been the shares before it. */
  private double[][] aligned() {
    double[][] aligned = new double[COUNT][CLASSES];
    double[] seen = {0.099, 0.198, 0.297, 0.396};
    for (int i = 0; i < weak.length; i++) {
      seen[i % CLASSES] += 0.01 * probability(doubles(weak), i / CLASSES, i % CLASSES) / COUNT;
    }
    for (int row = 0; row < COUNT; row++) {
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        aligned[row][c] = probability(doubles(weak), row, c) * 0.1 * (c + 1) / seen[c];
        sum += aligned[row][c];
      }
      for (int c = 0; c < CLASSES; c++) {
        aligned[row][c] /= sum;
      }
    }
    return aligned;
  }

  private double reference(double[] logits) {
    double total = 0;
    double[][] aligned = aligned();
    for (int row = 0; row < COUNT; row++) {
      for (int c = 0; c < CLASSES; c++) {
        if (aligned[row][c] >= SETTINGS.threshold()) {
          total -= SETTINGS.weight() * Math.log(probability(logits, row, c));
        }
      }
    }
    return total / COUNT;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  @Test
  void of_sureAndUnsureSamples_hasTheValueAndGradientOfDoubleArithmetic() {
    Result actual = evaluate(SETTINGS);
    assertThat(actual.value()).isCloseTo(reference(doubles(strong)), within(1e-5));
    int still = 0;
    for (int i = 0; i < strong.length; i++) {
      double[] up = doubles(strong);
      up[i] += 1e-5;
      double[] down = doubles(strong);
      down[i] -= 1e-5;
      double slope = (reference(up) - reference(down)) / 2e-5;
      assertThat((double) actual.strongGradient()[i]).isCloseTo(slope, within(2e-6));
      still += actual.strongGradient()[i] == 0 ? 1 : 0;
    }
    // Both kinds of sample are there.
    assertThat(still / CLASSES).isBetween(1, COUNT - 1);
  }

  @Test
  void of_views_passNoGradient() {
    assertThat(evaluate(SETTINGS).weakGradient()).containsOnly(1);
  }

  @Test
  void of_nobodySure_isZero() {
    Result actual = evaluate(new Consistency(1, 0.9999999, new Augmentation.None()));
    assertThat(actual.value()).isZero();
    assertThat(actual.strongGradient()).containsOnly(0);
  }

  @Test
  void new_outOfRange_isRefused() {
    assertThatThrownBy(() -> new Consistency(-1, 0.5, new Augmentation.None()))
        .hasMessage("weight must be in [0, 100]: -1.0");
    assertThatThrownBy(() -> new Consistency(1, 1, new Augmentation.None()))
        .hasMessage("threshold must be in [0, 1): 1.0");
  }
}
