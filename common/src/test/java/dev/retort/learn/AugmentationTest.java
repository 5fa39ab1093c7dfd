package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.SampleShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  void cutout_halfTheSide_paintsASquareInEachPlanesMean() {
    float[] batch = noise(IMAGE.size());
    float[] before = batch.clone();
    new Augmentation.Cutout(0.5).vary(batch, 1, IMAGE, new SplittableRandom(8));
    // Half of 7 is 4 pixels; both planes lose the same places.
    List<Integer> painted = new ArrayList<>();
    for (int i = 0; i < 63; i++) {
      if (batch[i] != before[i]) {
        painted.add(i);
        assertThat(batch[i]).isCloseTo(mean(before, 0), within(1e-6f));
        assertThat(batch[63 + i]).isCloseTo(mean(before, 63), within(1e-6f));
      }
    }
    assertThat(painted).hasSizeBetween(4, 16);
    int top = painted.get(0) / 7;
    int left = painted.get(0) % 7;
    assertThat(painted).allSatisfy(i -> {
      assertThat(i / 7).isBetween(top, top + 3);
      assertThat(i % 7).isBetween(left, left + 3);
    });
  }

  private static float mean(float[] batch, int from) {
    double sum = 0;
    for (int i = from; i < from + 63; i++) {
      sum += batch[i];
    }
    return (float) (sum / 63);
  }

  @Test
  void cutout_ofAnySide_staysWithinTheImage() {
    for (int seed = 0; seed < 50; seed++) {
      float[] batch = noise(2 * IMAGE.size());
      float[] before = batch.clone();
      new Augmentation.Cutout(1).vary(batch, 1, IMAGE, new SplittableRandom(seed));
      assertThat(Arrays.copyOfRange(batch, IMAGE.size(), batch.length))
          .isEqualTo(Arrays.copyOfRange(before, IMAGE.size(), batch.length));
    }
  }

  @Test
  void cutout_noSide_leavesImagesAlone() {
    float[] batch = noise(IMAGE.size());
    new Augmentation.Cutout(0).vary(batch, 1, IMAGE, new SplittableRandom(8));
    assertThat(batch).isEqualTo(noise(IMAGE.size()));
  }

  @Test
  void then_two_doesTheFirstFirst() {
    Augmentation warp = new Augmentation.Warp(0.2, 0.1, 0.2);
    Augmentation cutout = new Augmentation.Cutout(0.4);
    float[] batch = noise(2 * IMAGE.size());
    new Augmentation.Then(warp, cutout).vary(batch, 2, IMAGE, new SplittableRandom(9));
    float[] byHand = noise(2 * IMAGE.size());
    SplittableRandom random = new SplittableRandom(9);
    warp.vary(byHand, 2, IMAGE, random);
    cutout.vary(byHand, 2, IMAGE, random);
    assertThat(batch).isEqualTo(byHand);
  }

  @Test
  void new_outOfRange_isRefused() {
    assertThatThrownBy(() -> new Augmentation.Cutout(1.1))
        .hasMessage("side must be in [0, 1.0]: 1.1");
    assertThatThrownBy(() -> new Augmentation.Warp(0.6, 0, 0))
        .hasMessage("shift must be in [0, 0.5]: 0.6");
  }
}
