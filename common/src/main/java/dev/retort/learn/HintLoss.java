package dev.retort.learn;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;

/**
 * The squared error of a student's hints over the batch mean (Romero and others 2015, equation 3, each sample weighted by
 * how well its hint is known): weight / D times w_i |head - hint|^2. The head is the outputs behind the classes, see {@link
 * ExtraOutputs}. For one thread.
 */
final class HintLoss {

  private final HintTargets targets;
  private final int classes;
  private final HostBuffer hints;
  private final HostBuffer weights;

  HintLoss(HintTargets targets, int classes, int batchSize) {
    this.targets = targets;
    this.classes = classes;
    hints = HostBuffer.floats(Math.multiplyExact(batchSize, targets.dimensions()));
    weights = HostBuffer.floats(batchSize);
  }

  /** {@code labels} of the classes, and this of the outputs behind them. */
  NetworkLoop.Loss beside(NetworkLoop.Loss labels) {
    return (outputs, step, rows, from, length) -> JniUtils.add(
        labels.of(JniUtils.slice(outputs, 1, 0, classes, 1), step, rows, from, length),
        alone(outputs, step, rows, from, length));
  }

  /** This loss by itself: what the outputs of the classes say does not enter it. */
  PtNDArray alone(PtNDArray outputs, PtNDManager step, int[] rows, int from, int length) {
    int dimensions = targets.dimensions();
    FloatBuffer hint = hints.asFloats();
    FloatBuffer weight = weights.asFloats();
    double scale = targets.weight() / dimensions / length;
    for (int i = from; i < from + length; i++) {
      hint.put(targets.values(), rows[i] * dimensions, dimensions);
      weight.put((float) (scale * targets.weights()[rows[i]]));
    }
    PtNDArray head = JniUtils.slice(outputs, 1, classes, classes + (long) dimensions, 1);
    PtNDArray error = JniUtils.sub(head, hints.floatArray(step, new Shape(length, dimensions)));
    return JniUtils.sum(
        JniUtils.mul(JniUtils.mul(error, error), weights.floatArray(step, new Shape(length, 1))));
  }
}
