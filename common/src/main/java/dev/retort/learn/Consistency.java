package dev.retort.learn;

/**
 * What a student must say of strongly varied samples: what it says of the same samples as the distillation loss sees
 * them, where it is sure (FixMatch: Sohn and others 2020, section 2.2). Of labels it asks for none, so that samples
 * whose targets are weak, or missing, teach as well.
 *
 * @param weight of the term beside the distillation loss, in [0, 100]; 0 leaves it out
 * @param threshold the least largest probability of a sample that takes part, in [0, 1)
 * @param strong how samples are varied for it, afresh at every step
 */
public record Consistency(double weight, double threshold, Augmentation strong) {

  public Consistency {
    if (!(weight >= 0 && weight <= 100)) {
      throw new IllegalArgumentException("weight must be in [0, 100]: " + weight);
    }
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException("threshold must be in [0, 1): " + threshold);
    }
  }

  /** None asked for. */
  public static Consistency none() {
    return new Consistency(0, 0, new Augmentation.None());
  }

  /** Whether it is asked for. */
  public boolean isAsked() {
    return weight > 0;
  }
}
