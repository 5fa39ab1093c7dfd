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

/** Holds the tensor library to what the training loops rely on. */
class FusedAdamTest {

  private static final double RATE = 1e-3;

  @BeforeAll
  static void start() {
    LearnEngine.start(1);
  }

  @Test
  void step_manySteps_isAdamAsPyTorchDefinesIt() {
    int size = 37;
    SplittableRandom random = new SplittableRandom(5);
    float[] start = new float[size];
    for (int i = 0; i < size; i++) {
      start[i] = (float) random.nextGaussian();
    }
    double[] expected = new double[size];
    double[] mean = new double[size];
    double[] variance = new double[size];
    for (int i = 0; i < size; i++) {
      expected[i] = start[i];
    }
    boolean before = TensorScope.enter(1, true);
    try (TensorScope scope = new TensorScope(ComputeDevice.cpu())) {
      PtNDArray[] parameters = {
        scope.floats(start.clone(), new Shape(size)), scope.floats(start, new Shape(size))
      };
      try (FusedAdam adam = new FusedAdam(scope, parameters)) {
        PtNDArray one = scope.floats(new float[] {1}, new Shape());
        scope.seal();
        for (int t = 1; t <= 60; t++) {
          // Gradients down to 1e-9: there the place of epsilon decides.
          float[] gradient = new float[size];
          for (int i = 0; i < size; i++) {
            gradient[i] = (float) (random.nextGaussian() * Math.pow(10, -(i % 10)));
          }
          HostBuffer buffer = HostBuffer.floats(size);
          buffer.asFloats().put(gradient);
          try (PtNDManager step = scope.step()) {
            PtNDArray[] leaves = adam.leaves(step);
            PtNDArray slopes = buffer.floatArray(step, new Shape(size));
            PtNDArray loss = JniUtils.add(
                JniUtils.sum(JniUtils.mul(leaves[0], slopes)),
                JniUtils.sum(JniUtils.mul(leaves[1], slopes)));
            JniUtils.backward(loss, one, false, false);
            adam.step(leaves, RATE);
          }
          for (int i = 0; i < size; i++) {
            mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
            variance[i] = 0.999 * variance[i] + 0.001 * gradient[i] * gradient[i];
            double corrected = Math.sqrt(variance[i] / (1 - Math.pow(0.999, t)));
            expected[i] -= RATE * mean[i] / (1 - Math.pow(0.9, t)) / (corrected + 1e-8);
          }
        }
        for (PtNDArray parameter : parameters) {
          float[] actual = parameter.toFloatArray();
          for (int i = 0; i < size; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-6));
          }
        }
      }
    } finally {
      TensorScope.leave(before);
    }
  }

  @Test
  void seal_arrayThatWouldOutliveItsStep_isRefused() {
    boolean before = TensorScope.enter(1, false);
    try (TensorScope scope = new TensorScope(ComputeDevice.cpu())) {
      PtNDArray kept = scope.floats(new float[] {1, 2}, new Shape(2));
      scope.seal();
      assertThatThrownBy(() -> JniUtils.add(kept, kept)).isInstanceOf(IllegalStateException.class);
      try (PtNDManager step = scope.step()) {
        kept.tempAttach(step);
        assertThat(JniUtils.add(kept, kept).toFloatArray()).containsExactly(2, 4);
      }
      assertThat(kept.toFloatArray()).containsExactly(1, 2);
    } finally {
      TensorScope.leave(before);
    }
  }
}
