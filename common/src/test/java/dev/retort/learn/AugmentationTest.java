package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.SampleShape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  private static final SampleShape IMAGE = SampleShape.image(2, 9, 7);

  private static float[] noise(int size) {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  @Test
  void warp_noBounds_leavesImagesAlone() {
    float[] batch = noise(3 * IMAGE.size());
    float[] before = batch.clone();
    new Augmentation.Warp(0, 0, 0).vary(batch, 3, IMAGE, new SplittableRandom(1));
    assertThat(batch).containsExactly(before, within(1e-6f));
  }

  @Test
  void warp_shiftAlone_movesARampByAtMostTheBound() {
    float[] batch = new float[IMAGE.size()];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = i % 7;
    }
    new Augmentation.Warp(0.2, 0, 0).vary(batch, 1, IMAGE, new SplittableRandom(2));
    float moved = batch[3] - 3;
    assertThat(Math.abs(moved)).isBetween(0.01f, 0.2f * 7);
    // The middle column moves by the same in every row and plane.
    for (int row = 0; row < 18; row++) {
      assertThat(batch[row * 7 + 3] - 3).isCloseTo(moved, within(1e-4f));
    }
  }

  @Test
  void warp_anyBounds_staysWithinTheImagesValues() {
    float[] batch = noise(4 * IMAGE.size());
    new Augmentation.Warp(0.5, 0.5, 3).vary(batch, 4, IMAGE, new SplittableRandom(3));
    for (float value : batch) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  @Test
  void warp_fewerThanTheBatch_leavesTheRestAlone() {
    float[] batch = noise(2 * IMAGE.size());
    float[] before = batch.clone();
    new Augmentation.Warp(0.2, 0.1, 0.2).vary(batch, 1, IMAGE, new SplittableRandom(4));
    assertThat(Arrays.copyOfRange(batch, 0, IMAGE.size()))
        .isNotEqualTo(Arrays.copyOfRange(before, 0, IMAGE.size()));
    assertThat(Arrays.copyOfRange(batch, IMAGE.size(), batch.length))
        .isEqualTo(Arrays.copyOfRange(before, IMAGE.size(), batch.length));
  }

  @Test
  void new_outOfRange_isRefused() {
    assertThatThrownBy(() -> new Augmentation.Warp(0.6, 0, 0))
        .hasMessage("shift must be in [0, 0.5]: 0.6");
  }
}
