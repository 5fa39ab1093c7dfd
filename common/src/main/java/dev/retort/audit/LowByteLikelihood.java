package dev.retort.audit;

/**
 * The naive Bayes likelihood ratio of the low bytes of changed entries, learnt from runs of its own: it finds patterns in
 * low-order bits that nobody thought of. Learning must end before the first score. Not thread-safe.
 */
final class LowByteLikelihood implements OutputStatistic {

  private static final int MOST_ENTRIES = 64;
  private static final int BYTE_VALUES = 256;

  private final NeighbouringInputs inputs;
  private final int[] entries;
  private final int[][] counts;

  LowByteLikelihood(NeighbouringInputs inputs) {
    this.inputs = inputs;
    this.entries = new int[Math.min(MOST_ENTRIES, inputs.changes())];
    int found = 0;
    for (int i = 0; found < entries.length; i++) {
      if (inputs.with(i) != inputs.without(i)) {
        entries[found++] = i;
      }
    }
    this.counts = new int[entries.length][2 * BYTE_VALUES];
  }

  @Override
  public void learn(int[] output, int from, boolean changed) {
    for (int k = 0; k < entries.length; k++) {
      counts[k][(changed ? BYTE_VALUES : 0) + lowByte(output, from, k)]++;
    }
  }

  @Override
  public String name() {
    return "low bytes, learnt";
  }

  @Override
  public double score(int[] output, int from) {
    double sum = 0;
    for (int k = 0; k < entries.length; k++) {
      int value = lowByte(output, from, k);
      sum += Math.log((counts[k][BYTE_VALUES + value] + 0.5) / (counts[k][value] + 0.5));
    }
    return sum;
  }

  private int lowByte(int[] output, int from, int k) {
    return (output[from + entries[k]] - inputs.without(entries[k])) & (BYTE_VALUES - 1);
  }
}
