package dev.retort.label;

/**
 * Quantises one teacher's answer to one sample to bits, one a label, each set or not by itself.
 *
 * <p>This happens inside the teacher, before any sum is taken; the sensitivity of the noised counts rests on it. It never
 * fails: an answer with a score that is NaN or infinite becomes the public answer without any bit, so that nothing about
 * private data shows as an error.
 */
public final class MultiLabel {

  private MultiLabel() {}

  /**
   * A bit for each score of {@code scores[from .. from + labels)}: 1 where it is above {@code threshold}.
   *
   * @param threshold public and finite, such as 0 for logits or 0.5 for probabilities
   * @return {@code labels} integers, each 0 or 1
   */
  public static int[] fromScores(float[] scores, int from, int labels, float threshold) {
    if (!Float.isFinite(threshold)) {
      throw new IllegalArgumentException("threshold must be finite: " + threshold);
    }
    int[] bits = new int[labels];
    for (int i = 0; i < labels; i++) {
      if (!Float.isFinite(scores[from + i])) {
        return new int[labels];
      }
      bits[i] = scores[from + i] > threshold ? 1 : 0;
    }
    return bits;
  }
}
