package dev.retort.learn;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.retort.data.SampleShape;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * The mean over a batch of weight * [max q_i >= threshold] * CE(arg max q_i, s_i), s the student's probabilities of a
 * strong variation, and q those of the batch as the distillation loss sees it, through which no gradient passes, aligned
 * to the classes' shares: divided by their mean over the last batches, multiplied by the share that the targets give
 * each class, and normalised (Berthelot and others 2020, section 3.1), so that a class that the student prefers does not
 * swallow its neighbours. For one thread.
 */
final class ConsistencyLoss {

  /** What of the mean stays at each batch: it remembers some hundred. */
  private static final double MEMORY = 0.99;

  private final Consistency settings;
  private final SampleShape shape;
  private final SplittableRandom random;
  private final HostBuffer batch;
  private final HostBuffer pseudoLabels;
  private final double[] shares;
  private final double[] seen;

  /** Of batches of at most {@code batchSize} samples of {@code shape}; {@code random} draws their variations. */
  ConsistencyLoss(
      Consistency settings,
      DistillationTargets targets,
      SampleShape shape,
      int batchSize,
      SplittableRandom random) {
    this.settings = settings;
    this.shape = shape;
    this.random = random;
    batch = HostBuffer.floats(Math.multiplyExact(batchSize, shape.size()));
    pseudoLabels = HostBuffer.floats(Math.multiplyExact(batchSize, targets.classes()));
    shares = shares(targets);
    seen = shares.clone();
  }

  /** The share of each class in the targets, above 0. */
  private static double[] shares(DistillationTargets targets) {
    int classes = targets.classes();
    double[] shares = new double[classes];
    double total = 0;
    for (int row = 0; row < targets.count(); row++) {
      total += targets.softWeights()[row];
      for (int c = 0; c < classes; c++) {
        shares[c] +=
            (double) targets.softWeights()[row] * targets.probabilities()[row * classes + c];
      }
    }
    for (int c = 0; c < classes; c++) {
      shares[c] = Math.max(shares[c] / Math.max(total, 1e-12), DistillationLoss.FLOOR);
    }
    return shares;
  }

  /** Strong variations of the first {@code length} of {@code samples}, which it overwrites; good until the next call. */
  HostBuffer varied(float[] samples, int length) {
    settings.strong().vary(samples, length, shape, random);
    batch.asFloats().put(samples, 0, length * shape.size());
    return batch;
  }

  /**
   * The loss of {@code strong}, logits of samples by classes, against what {@code weak} says of the same samples. Outputs
   * behind the classes do not enter it.
   */
  PtNDArray of(PtNDArray weak, PtNDArray strong, PtNDManager step) {
    return ofClasses(classes(weak), classes(strong), step);
  }

  private PtNDArray classes(PtNDArray outputs) {
    return outputs.getShape().get(1) == shares.length
        ? outputs
        : JniUtils.slice(outputs, 1, 0, shares.length, 1);
  }

  private PtNDArray ofClasses(PtNDArray weak, PtNDArray strong, PtNDManager step) {
    int length = Math.toIntExact(strong.getShape().get(0));
    float[] logits = JniUtils.detachGradient(weak).toFloatArray();
    double[][] probabilities = new double[length][];
    for (int row = 0; row < length; row++) {
      probabilities[row] = softmax(logits, row * shares.length);
    }
    remember(probabilities);
    FloatBuffer out = pseudoLabels.asFloats();
    for (double[] each : probabilities) {
      int label = sureLabel(each);
      for (int c = 0; c < shares.length; c++) {
        out.put(c == label ? (float) (-settings.weight() / length) : 0);
      }
    }
    PtNDArray labels = pseudoLabels.floatArray(step, strong.getShape());
    return JniUtils.sum(JniUtils.mul(strong.logSoftmax(1), labels));
  }

  private double[] softmax(float[] logits, int from) {
    double largest = logits[from + Rows.largest(logits, from, shares.length)];
    double[] probabilities = new double[shares.length];
    double sum = 0;
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = Math.exp(logits[from + c] - largest);
      sum += probabilities[c];
    }
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] /= sum;
    }
    return probabilities;
  }

  private void remember(double[][] probabilities) {
    for (int c = 0; c < seen.length; c++) {
      double mean = 0;
      for (double[] each : probabilities) {
        mean += each[c] / probabilities.length;
      }
      seen[c] = MEMORY * seen[c] + (1 - MEMORY) * mean;
    }
  }

  /** The leading class once aligned, or -1 if it does not reach the threshold. */
  private int sureLabel(double[] probabilities) {
    int best = 0;
    double sum = 0;
    double largest = 0;
    for (int c = 0; c < shares.length; c++) {
      double aligned = probabilities[c] * shares[c] / seen[c];
      sum += aligned;
      if (aligned > largest) {
        largest = aligned;
        best = c;
      }
    }
    return largest >= settings.threshold() * sum ? best : -1;
  }
}
