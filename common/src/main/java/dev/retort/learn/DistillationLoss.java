package dev.retort.learn;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * The losses of a student over the batch mean, with v_i the hard and w_i the soft weight of sample i, q the student's
 * probabilities, p the teachers', T the temperature of the settings times the sample's own factor, and T as an index for
 * "softened by T", that is to the power 1/T and normalised:
 *
 * <ul>
 *   <li>distillation (Hinton, Vinyals and Dean 2015, section 2): (1 - alpha) v_i CE(label, q) + alpha T^2 w_i KL(p_T ||
 *       q_T);
 *   <li>warm-up (Brier 1950): w_i |q - mean|^2, whose gradient is unbiased where the mean is, so that it needs no
 *       projection onto probabilities.
 * </ul>
 *
 * For one thread.
 */
final class DistillationLoss {

  /** Probabilities below this count as this, so that their logarithm is finite. */
  static final double FLOOR = 1e-7;

  private final DistillationTargets targets;
  private final double alpha;
  private final double temperature;
  private final int classes;
  private final float[] softened;
  private final HostBuffer labels;
  private final HostBuffer hardWeights;
  private final HostBuffer soft;
  private final HostBuffer softWeights;
  private final HostBuffer inverses;

  DistillationLoss(DistillationTargets targets, double temperature, double alpha, int batchSize) {
    this.targets = targets;
    this.alpha = alpha;
    this.temperature = temperature;
    classes = targets.classes();
    softened = soften(targets, temperature);
    labels = HostBuffer.longs(batchSize);
    hardWeights = HostBuffer.floats(batchSize);
    soft = HostBuffer.floats(batchSize * classes);
    softWeights = HostBuffer.floats(batchSize);
    inverses = HostBuffer.floats(batchSize);
  }

  /** Each row of the probabilities of {@code targets} to the power 1/T, normalised, T being the row's own. */
  static float[] soften(DistillationTargets targets, double temperature) {
    float[] probabilities = targets.probabilities();
    int classes = targets.classes();
    float[] result = new float[probabilities.length];
    double[] powers = new double[classes];
    for (int row = 0; row < targets.count(); row++) {
      double own = temperature * targets.temperatures()[row];
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        powers[c] = Math.exp(Math.log(Math.max(probabilities[row * classes + c], FLOOR)) / own);
        sum += powers[c];
      }
      for (int c = 0; c < classes; c++) {
        result[row * classes + c] = (float) (powers[c] / sum);
      }
    }
    return result;
  }

  /** The distillation loss, less the entropy of the softened teachers, which no weight moves. */
  PtNDArray distillation(PtNDArray logits, PtNDManager step, int[] rows, int from, int length) {
    LongBuffer label = labels.asLongs();
    FloatBuffer hardWeight = hardWeights.asFloats();
    FloatBuffer target = soft.asFloats();
    FloatBuffer inverse = inverses.asFloats();
    double hardScale = -(1 - alpha) / length;
    for (int i = from; i < from + length; i++) {
      int row = rows[i];
      label.put(targets.hardLabels()[row]);
      hardWeight.put((float) (hardScale * targets.hardWeights()[row]));
      double own = temperature * targets.temperatures()[row];
      inverse.put((float) (1 / own));
      float weight = (float) (-alpha * own * own / length * targets.softWeights()[row]);
      for (int c = 0; c < classes; c++) {
        target.put(weight * softened[row * classes + c]);
      }
    }
    PtNDArray cross =
        JniUtils.gather(logits.logSoftmax(1), labels.longArray(step, new Shape(length, 1)), 1);
    PtNDArray hard =
        JniUtils.sum(JniUtils.mul(cross, hardWeights.floatArray(step, new Shape(length, 1))));
    PtNDArray cooled =
        JniUtils.mul(logits, inverses.floatArray(step, new Shape(length, 1))).logSoftmax(1);
    PtNDArray divergence =
        JniUtils.sum(JniUtils.mul(cooled, soft.floatArray(step, new Shape(length, classes))));
    return JniUtils.add(hard, divergence);
  }

  /** The warm-up loss. */
  PtNDArray warmUp(PtNDArray logits, PtNDManager step, int[] rows, int from, int length) {
    FloatBuffer mean = soft.asFloats();
    FloatBuffer weight = softWeights.asFloats();
    for (int i = from; i < from + length; i++) {
      mean.put(targets.means(), rows[i] * classes, classes);
      weight.put(targets.softWeights()[rows[i]] / length);
    }
    PtNDArray student = JniUtils.softmax(logits, 1, DataType.FLOAT32);
    PtNDArray error = JniUtils.sub(student, soft.floatArray(step, new Shape(length, classes)));
    PtNDArray weights = softWeights.floatArray(step, new Shape(length, 1));
    return JniUtils.sum(JniUtils.mul(JniUtils.mul(error, error), weights));
  }
}
