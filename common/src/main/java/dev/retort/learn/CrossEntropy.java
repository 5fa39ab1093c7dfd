package dev.retort.learn;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.retort.data.LabelledSamples;
import java.nio.LongBuffer;

/** The mean over a batch of the negative log-probability of the true class. */
final class CrossEntropy implements NetworkLoop.Loss {

  private final LabelledSamples data;
  private final HostBuffer labels;

  CrossEntropy(LabelledSamples data, int batchSize) {
    this.data = data;
    this.labels = HostBuffer.longs(batchSize);
  }

  @Override
  public PtNDArray of(PtNDArray logits, PtNDManager step, int[] rows, int from, int length) {
    LongBuffer out = labels.asLongs();
    for (int i = from; i < from + length; i++) {
      out.put(data.label(rows[i]));
    }
    PtNDArray truth = labels.longArray(step, new Shape(length, 1));
    PtNDArray logProbabilities = logits.logSoftmax(1);
    return JniUtils.neg(JniUtils.mean(JniUtils.gather(logProbabilities, truth, 1)));
  }
}
