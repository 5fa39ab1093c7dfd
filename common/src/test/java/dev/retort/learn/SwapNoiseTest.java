package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SwapNoiseTest {

  private static final SampleShape ROW = SampleShape.row(6);

  /** A number, three indicators of one category, and two of another that stands beside a row of the first. */
  private static final Samples ROWS = Toy.samples(
      ROW, //
      0.5f, 1, 0, 0, 1, 0, //
      1.5f, 0, 1, 0, 0, 1, //
      2.5f, 0, 0, 1, 1, 0, //
      3.5f, 0, 0, 0, 0, 1);

  @Test
  void new_indicatorsOfTwoCategories_areABlockEach() {
    assertThat(new SwapNoise(0.3, ROWS).blocks()).containsExactly(0, 1, 4, 6);
  }

  @Test
  void new_numbers_areABlockEach() {
    Samples numbers = Toy.samples(SampleShape.row(3), 0.5f, 1, 0, 2, 0, 0.1f);
    assertThat(new SwapNoise(0.3, numbers).blocks()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void vary_certainly_givesWholeOtherRows() {
    float[] batch = new float[50 * 6];
    new SwapNoise(1, ROWS).vary(batch, 50, ROW, new SplittableRandom(1));
    for (int row = 0; row < 50; row++) {
      // The number tells which row it is.
      int from = Math.round(batch[row * 6] - 0.5f);
      float[] expected = new float[6];
      ROWS.gather(new int[] {from}, 0, 1, FloatBuffer.wrap(expected));
      assertThat(Arrays.copyOfRange(batch, row * 6, row * 6 + 6)).isEqualTo(expected);
    }
  }

  @Test
  void vary_never_leavesRowsAlone() {
    float[] batch = {9, 9, 9, 9, 9, 9};
    new SwapNoise(0, ROWS).vary(batch, 1, ROW, new SplittableRandom(1));
    assertThat(batch).containsOnly(9);
  }

  @Test
  void vary_sometimes_replacesBlocksWholeAndAtItsShare() {
    int count = 4000;
    float[] batch = new float[(count + 1) * 6];
    Arrays.fill(batch, -1);
    new SwapNoise(0.3, ROWS).vary(batch, count, ROW, new SplittableRandom(2));
    int[] replaced = new int[3];
    for (int row = 0; row < count; row++) {
      replaced[0] += batch[row * 6] == -1 ? 0 : 1;
      replaced[1] += batch[row * 6 + 1] == -1 ? 0 : 1;
      replaced[2] += batch[row * 6 + 4] == -1 ? 0 : 1;
      assertThat(batch[row * 6 + 1] == -1)
          .isEqualTo(batch[row * 6 + 2] == -1)
          .isEqualTo(batch[row * 6 + 3] == -1);
      assertThat(batch[row * 6 + 4] == -1).isEqualTo(batch[row * 6 + 5] == -1);
    }
    // The deviation of each count is sqrt(4000 * 0.3 * 0.7) = 29: beyond seven of them once in 4e11
    // counts.
    for (int each : replaced) {
      assertThat(each).isBetween(1200 - 203, 1200 + 203);
    }
    assertThat(Arrays.copyOfRange(batch, count * 6, batch.length)).containsOnly(-1);
  }

  @Test
  void vary_sameGenerator_givesTheSame() {
    float[] first = new float[60];
    float[] second = new float[60];
    new SwapNoise(0.5, ROWS).vary(first, 10, ROW, new SplittableRandom(3));
    new SwapNoise(0.5, ROWS).vary(second, 10, ROW, new SplittableRandom(3));
    assertThat(second).isEqualTo(first);
  }

  @Test
  void new_imagesOrNoRows_areRefused() {
    assertThatThrownBy(() -> new SwapNoise(0.3, Toy.noise(Toy.IMAGE, 2, 1)))
        .hasMessage("rows must be at least one row of a table: 2 of shape 1x8x8");
    assertThatThrownBy(() -> new SwapNoise(0.3, Toy.samples(ROW)))
        .hasMessage("rows must be at least one row of a table: 0 of shape 6");
    assertThatThrownBy(() -> new SwapNoise(1.5, ROWS)).hasMessage("share must be in [0, 1.0]: 1.5");
  }
}
