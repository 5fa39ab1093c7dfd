package dev.retort.label;

/**
 * Quantises one teacher's answer to one sample to non-negative integers that sum to exactly S, by largest remainder.
 *
 * <p>This happens inside the teacher, before any sum is taken; the sensitivity of the noised histogram rests on it. It
 * never fails: an answer that is no distribution (NaN, infinite, negative, all zero) becomes the public
 * {@linkplain #uniform uniform label}, so that nothing about private data shows as an error.
 */
public final class IntegerLabel {

  private IntegerLabel() {}

  /**
   * Quantises the softmax of the logits at {@code logits[from .. from + classes)}. With S = 1 this is the arg max, the
   * lowest index winning a tie.
   *
   * @param sampleIndex the sample's index in the transfer set, which turns the uniform label
   * @return {@code classes} integers, each at least 0, that sum to S
   */
  public static int[] fromLogits(
      LabelGrid grid, float[] logits, int from, int classes, long sampleIndex) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      float logit = logits[from + c];
      if (!Float.isFinite(logit)) {
        return uniform(grid, classes, sampleIndex);
      }
      largest = Math.max(largest, logit);
    }
    if (grid.size() == 1) {
      return vote(logits, from, classes);
    }
    double[] weights = new double[classes];
    for (int c = 0; c < classes; c++) {
      // StrictMath, so that a retry after a crash quantises alike on any JIT state and machine.
      weights[c] = StrictMath.exp((double) logits[from + c] - largest);
    }
    return largestRemainder(grid, weights);
  }

  /**
   * Quantises the probabilities (or other non-negative weights, up to scale) at
   * {@code probabilities[from .. from + classes)}. With S = 1 this is the arg max, the lowest index winning a tie.
   *
   * @param sampleIndex the sample's index in the transfer set, which turns the uniform label
   * @return {@code classes} integers, each at least 0, that sum to S
   */
  public static int[] fromProbabilities(
      LabelGrid grid, float[] probabilities, int from, int classes, long sampleIndex) {
    double[] weights = new double[classes];
    double total = 0;
    for (int c = 0; c < classes; c++) {
      float weight = probabilities[from + c];
      if (!Float.isFinite(weight) || weight < 0) {
        return uniform(grid, classes, sampleIndex);
      }
      weights[c] = weight;
      total += weight;
    }
    if (total == 0) {
      return uniform(grid, classes, sampleIndex);
    }
    return grid.size() == 1 ? vote(probabilities, from, classes) : largestRemainder(grid, weights);
  }

  /**
   * The public label of a teacher that has nothing to say: floor(S / C) in each class, and the remainder one each from
   * class {@code sampleIndex mod C} on. It depends on public values alone and favours no class over many samples.
   */
  public static int[] uniform(LabelGrid grid, int classes, long sampleIndex) {
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2: " + classes);
    }
    int[] label = new int[classes];
    int first = (int) Math.floorMod(sampleIndex, (long) classes);
    int remainder = grid.size() % classes;
    for (int k = 0; k < classes; k++) {
      label[(first + k) % classes] = grid.size() / classes + (k < remainder ? 1 : 0);
    }
    return label;
  }

  private static int[] vote(float[] scores, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (scores[from + c] > scores[from + best]) {
        best = c;
      }
    }
    int[] label = new int[classes];
    label[best] = 1;
    return label;
  }

  private static int[] largestRemainder(LabelGrid grid, double[] weights) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    int[] label = new int[weights.length];
    double[] remainders = new double[weights.length];
    int left = grid.size();
    for (int c = 0; c < weights.length; c++) {
      double quota = weights[c] / total * grid.size();
      label[c] = (int) quota;
      remainders[c] = quota - label[c];
      left -= label[c];
    }
    // The quotas' rounding errors sum to far less than 1, so 0 <= left <= classes.
    for (; left > 0; left--) {
      int largest = 0;
      for (int c = 1; c < weights.length; c++) {
        if (remainders[c] > remainders[largest]) {
          largest = c;
        }
      }
      label[largest]++;
      remainders[largest] = -1;
    }
    return label;
  }
}
