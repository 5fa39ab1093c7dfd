package dev.retort.data;

import java.nio.FloatBuffer;
import java.util.Objects;

/** Chosen numbers of other samples; the samples themselves are not copied. */
final class ColumnSubset implements Samples {

  private final Samples all;
  private final int[] columns;

  ColumnSubset(Samples all, int[] columns) {
    this.all = all;
    this.columns = columns.clone();
    for (int column : this.columns) {
      Objects.checkIndex(column, all.shape().size());
    }
  }

  @Override
  public int count() {
    return all.count();
  }

  @Override
  public SampleShape shape() {
    return SampleShape.row(columns.length);
  }

  @Override
  public void gather(int[] rows, int from, int length, FloatBuffer out) {
    Objects.checkFromIndexSize(from, length, rows.length);
    FloatBuffer whole = FloatBuffer.allocate(all.shape().size());
    float[] chosen = new float[columns.length];
    for (int i = from; i < from + length; i++) {
      all.gather(rows, i, 1, whole.clear());
      for (int k = 0; k < chosen.length; k++) {
        chosen[k] = whole.get(columns[k]);
      }
      out.put(chosen);
    }
  }
}
