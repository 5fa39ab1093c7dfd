package dev.retort.coordinator.student;

/**
 * How well a student does on labelled samples that were in neither training nor transfer set.
 *
 * @param source what it was scored on, for the model card
 * @param samples how many, at least 1
 * @param accuracy share of samples whose class was named first, in [0, 1]
 */
public record Evaluation(String source, int samples, double accuracy) {

  public Evaluation {
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be >= 1: " + samples);
    }
    if (!(accuracy >= 0 && accuracy <= 1)) {
      throw new IllegalArgumentException("accuracy must be in [0, 1]: " + accuracy);
    }
  }
}
