package dev.retort.privacy;

/**
 * An (epsilon, delta)-differential-privacy guarantee.
 *
 * @param epsilon above 0 and finite
 * @param delta above 0 and below 1
 */
public record ApproxDp(double epsilon, double delta) {

  public ApproxDp {
    if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException("epsilon must be > 0 and finite: " + epsilon);
    }
    if (!(delta > 0) || !(delta < 1)) {
      throw new IllegalArgumentException("delta must be in (0, 1): " + delta);
    }
  }
}
