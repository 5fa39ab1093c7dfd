package dev.retort.learn;

import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Numbers of a row replaced by those of another public row in the same columns, all of one row from one other row, drawn
 * uniformly (SCARF: Bahri and others 2022, section 3.1). The indicators of one categorical column are replaced
 * together: columns beside each other that hold 0 and 1 alone, of which no public row has two. Immutable.
 */
public final class SwapNoise implements Augmentation {

  private static final int ROWS = 1024;

  private final double share;
  private final Samples rows;

  /** Where each block of columns begins, and after the last where it ends. */
  private final int[] blocks;

  /**
   * Finds the blocks of columns, by one pass over {@code rows}.
   *
   * @param share the chance of each block, in [0, 1]
   * @param rows at least one row of a table
   */
  public SwapNoise(double share, Samples rows) {
    Augmentation.requireWithin("share", share, 1);
    if (rows.shape().isImage() || rows.count() == 0) {
      throw new IllegalArgumentException("rows must be at least one row of a table: " + rows.count()
          + " of shape " + rows.shape());
    }
    this.share = share;
    this.rows = rows;
    blocks = blocks(rows);
  }

  private static int[] blocks(Samples rows) {
    int columns = rows.shape().size();
    boolean[] indicator = new boolean[columns];
    Arrays.fill(indicator, true);
    int[] clash = new int[columns];
    Arrays.fill(clash, -1);
    for (int first = 0; first < rows.count(); first += ROWS) {
      int count = Math.min(ROWS, rows.count() - first);
      FloatBuffer values = FloatBuffer.allocate(count * columns);
      rows.gather(IntStream.range(first, first + count).toArray(), 0, count, values);
      for (int row = 0; row < count; row++) {
        int last = -1;
        for (int column = 0; column < columns; column++) {
          float value = values.get(row * columns + column);
          indicator[column] &= value == 0 || value == 1;
          if (value == 1) {
            clash[column] = Math.max(clash[column], last);
            last = column;
          }
        }
      }
    }
    return IntStream.concat(starts(indicator, clash), IntStream.of(columns)).toArray();
  }

  /**
   * Where blocks begin.
   *
   * @param clash the last column before each that is 1 in a row where this one is, or -1
   */
  private static IntStream starts(boolean[] indicator, int[] clash) {
    IntStream.Builder starts = IntStream.builder();
    int start = -1;
    for (int column = 0; column < indicator.length; column++) {
      boolean joins = start >= 0 && indicator[start] && indicator[column] && clash[column] < start;
      if (!joins) {
        start = column;
        starts.add(column);
      }
    }
    return starts.build();
  }

  /** Where each block of columns begins, and after the last where it ends. */
  int[] blocks() {
    return blocks.clone();
  }

  @Override
  public void vary(float[] batch, int count, SampleShape shape, SplittableRandom random) {
    int columns = shape.size();
    int[] others = random.ints(count, 0, rows.count()).toArray();
    float[] other = new float[count * columns];
    rows.gather(others, 0, count, FloatBuffer.wrap(other));
    for (int row = 0; row < count; row++) {
      for (int block = 0; block + 1 < blocks.length; block++) {
        if (random.nextDouble() < share) {
          int from = row * columns + blocks[block];
          System.arraycopy(other, from, batch, from, blocks[block + 1] - blocks[block]);
        }
      }
    }
  }
}
