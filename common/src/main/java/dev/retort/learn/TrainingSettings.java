package dev.retort.learn;

/**
 * How to train on labelled samples, by Adam on the mean cross-entropy.
 *
 * @param epochs passes over the samples, at least 1
 * @param batchSize samples a step, in [1, 65536]; the last step of a pass has what is left
 * @param learningRate positive and finite
 * @param seed of the initial weights and the order of the samples; not of any privacy noise
 */
public record TrainingSettings(int epochs, int batchSize, double learningRate, long seed) {

  static final int MOST_BATCH = 1 << 16;

  public TrainingSettings {
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs must be >= 1: " + epochs);
    }
    if (batchSize < 1 || batchSize > MOST_BATCH) {
      throw new IllegalArgumentException(
          "batchSize must be in [1, " + MOST_BATCH + "]: " + batchSize);
    }
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("learningRate must be > 0 and finite: " + learningRate);
    }
  }

  /** These settings with another seed. */
  public TrainingSettings withSeed(long newSeed) {
    return new TrainingSettings(epochs, batchSize, learningRate, newSeed);
  }
}
