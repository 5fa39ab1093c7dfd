package dev.retort.data;

import java.nio.FloatBuffer;
import java.util.Objects;

/** Chosen rows of other samples; the samples themselves are not copied. */
final class SampleSubset implements Samples {

  private final Samples all;
  private final int[] rows;

  SampleSubset(Samples all, int[] rows) {
    this.all = all;
    this.rows = rows.clone();
    for (int row : this.rows) {
      Objects.checkIndex(row, all.count());
    }
  }

  @Override
  public int count() {
    return rows.length;
  }

  @Override
  public SampleShape shape() {
    return all.shape();
  }

  @Override
  public void gather(int[] chosen, int from, int length, FloatBuffer out) {
    Objects.checkFromIndexSize(from, length, chosen.length);
    int[] inner = new int[length];
    for (int i = 0; i < length; i++) {
      inner[i] = rows[chosen[from + i]];
    }
    all.gather(inner, 0, length, out);
  }

  @Override
  public Samples subset(int[] chosen) {
    int[] inner = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      inner[i] = rows[chosen[i]];
    }
    // One level deep however often a subset is taken of a subset.
    return new SampleSubset(all, inner);
  }
}
