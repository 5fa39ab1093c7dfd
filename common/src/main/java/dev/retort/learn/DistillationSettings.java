package dev.retort.learn;

/**
 * How to train a student: {@code warmUpEpochs} on the squared error to the unbiased means, then {@code epochs} on
 * {@code (1 - alpha) CE + alpha T^2 KL}; see {@link DistillationTargets}.
 *
 * @param temperature T, in [0.1, 100]; both sides of the KL are softened by it
 * @param alpha the share of the KL, in [0, 1]
 * @param warmUpEpochs passes of the warm-up, at least 0
 * @param epochs passes of the distillation, at least 0; both must not be 0
 * @param batchSize samples a step, in [1, 65536]
 * @param learningRate of Adam at the first step, positive and finite; goes down to 0 along half a cosine over all epochs
 *     together (Loshchilov and Hutter 2017, equation 5, without restarts)
 * @param augmentation how samples are varied, afresh at every pass
 * @param consistency what is asked of the student beside, over the passes of the distillation
 * @param seed of the initial weights, the order of the samples and their views
 */
public record DistillationSettings(
    double temperature,
    double alpha,
    int warmUpEpochs,
    int epochs,
    int batchSize,
    double learningRate,
    Augmentation augmentation,
    Consistency consistency,
    long seed) {

  public DistillationSettings {
    if (!(temperature >= 0.1 && temperature <= 100)) {
      throw new IllegalArgumentException("temperature must be in [0.1, 100]: " + temperature);
    }
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be in [0, 1]: " + alpha);
    }
    if (warmUpEpochs < 0 || epochs < 0 || warmUpEpochs + epochs == 0) {
      throw new IllegalArgumentException(
          "epochs must be >= 0 and not both 0: " + warmUpEpochs + " warm-up, " + epochs);
    }
    if (batchSize < 1 || batchSize > TrainingSettings.MOST_BATCH) {
      throw new IllegalArgumentException(
          "batchSize must be in [1, " + TrainingSettings.MOST_BATCH + "]: " + batchSize);
    }
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("learningRate must be > 0 and finite: " + learningRate);
    }
  }
}
