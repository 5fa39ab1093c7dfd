package dev.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class IntegerLabelTest {

  @Property
  void fromLogits_anyLogits_areNonNegativeAndSumToTheGrid(
      @ForAll @Size(min = 2, max = 40) float[] logits,
      @ForAll @IntRange(min = 1, max = LabelGrid.MAX_SIZE) int size,
      @ForAll @LongRange(min = 0) long sample) {
    assertIsLabel(
        IntegerLabel.fromLogits(new LabelGrid(size), logits, 0, logits.length, sample), size);
  }

  @Property
  void fromProbabilities_anyFloats_areNonNegativeAndSumToTheGrid(
      @ForAll @Size(min = 2, max = 40) float[] weights,
      @ForAll @IntRange(min = 1, max = LabelGrid.MAX_SIZE) int size) {
    assertIsLabel(
        IntegerLabel.fromProbabilities(new LabelGrid(size), weights, 0, weights.length, 0), size);
  }

  @Property
  void fromProbabilities_twoAnswers_lieWithinTheL2Sensitivity(
      @ForAll @Size(10) List<@FloatRange(min = 0, max = 1) @Scale(6) Float> a,
      @ForAll @Size(10) List<@FloatRange(min = 0, max = 1) @Scale(6) Float> b,
      @ForAll @IntRange(min = 1, max = 1000) int size) {
    LabelGrid grid = new LabelGrid(size);
    int[] x = IntegerLabel.fromProbabilities(grid, floats(a), 0, 10, 3);
    int[] y = IntegerLabel.fromProbabilities(grid, floats(b), 0, 10, 3);
    long squared = 0;
    for (int c = 0; c < 10; c++) {
      squared += (long) (x[c] - y[c]) * (x[c] - y[c]);
    }
    assertThat(squared).isLessThanOrEqualTo(2L * size * size);
  }

  @Property
  void fromProbabilities_eachEntry_isWithinOneOfItsQuota(
      @ForAll @Size(7) List<@FloatRange(min = 0.001f, max = 1) @Scale(4) Float> weights) {
    float[] probabilities = floats(weights);
    double total = 0;
    for (float probability : probabilities) {
      total += probability;
    }
    int[] label = IntegerLabel.fromProbabilities(new LabelGrid(100), probabilities, 0, 7, 0);
    for (int c = 0; c < 7; c++) {
      double quota = probabilities[c] / total * 100;
      assertThat((double) label[c]).isBetween(quota - 1, quota + 1);
    }
  }

  @Test
  void fromProbabilities_equalRemainders_goToTheLowestIndices() {
    assertThat(IntegerLabel.fromProbabilities(new LabelGrid(6), new float[] {1, 1, 1, 1}, 0, 4, 9))
        .containsExactly(2, 2, 1, 1);
  }

  @Test
  void fromLogits_gridOfOne_isTheFirstArgMaxOfTheSlice() {
    float[] logits = {9, -1, 3, 3, 2, 9};
    assertThat(IntegerLabel.fromLogits(LabelGrid.VOTE, logits, 1, 4, 0))
        .containsExactly(0, 1, 0, 0);
  }

  @Test
  void fromLogits_sharpLogits_giveTheWholeGridToOneClass() {
    assertThat(IntegerLabel.fromLogits(new LabelGrid(255), new float[] {-3e38f, 3e38f, 0}, 0, 3, 0))
        .containsExactly(0, 255, 0);
  }

  @Test
  void fromLogits_nonFinite_becomeTheUniformLabel() {
    LabelGrid grid = new LabelGrid(5);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertThat(IntegerLabel.fromLogits(grid, new float[] {1, bad, 1}, 0, 3, 4))
          .containsExactly(IntegerLabel.uniform(grid, 3, 4));
    }
  }

  @Test
  void fromProbabilities_negativeOrAllZero_becomeTheUniformLabel() {
    LabelGrid grid = new LabelGrid(5);
    assertThat(IntegerLabel.fromProbabilities(grid, new float[] {1, -0.1f, 1}, 0, 3, 4))
        .containsExactly(IntegerLabel.uniform(grid, 3, 4));
    assertThat(IntegerLabel.fromProbabilities(grid, new float[] {0, 0, 0}, 0, 3, 4))
        .containsExactly(IntegerLabel.uniform(grid, 3, 4));
  }

  @Test
  void uniform_remainder_startsAtTheSampleIndex() {
    assertThat(IntegerLabel.uniform(new LabelGrid(5), 3, 2)).containsExactly(2, 1, 2);
    assertThat(IntegerLabel.uniform(LabelGrid.VOTE, 4, 4_000_000_007L)).containsExactly(0, 0, 0, 1);
  }

  @Property
  void uniform_overConsecutiveSamples_favoursNoClass(
      @ForAll @IntRange(min = 2, max = 50) int classes,
      @ForAll @IntRange(min = 1, max = 1000) int size,
      @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long first) {
    int[] sum = new int[classes];
    for (int i = 0; i < classes; i++) {
      int[] label = IntegerLabel.uniform(new LabelGrid(size), classes, first + i);
      assertIsLabel(label, size);
      Arrays.setAll(sum, c -> sum[c] + label[c]);
    }
    assertThat(sum).containsOnly(size);
  }

  @Test
  void labelGrid_outOfRange_isRefusedByName() {
    assertThatThrownBy(() -> new LabelGrid(0)).hasMessage("labelGrid must be in [1, 65535]: 0");
    assertThatThrownBy(() -> new LabelGrid(65_536))
        .hasMessage("labelGrid must be in [1, 65535]: 65536");
  }

  private static void assertIsLabel(int[] label, int size) {
    assertThat(Arrays.stream(label).sum()).isEqualTo(size);
    assertThat(Arrays.stream(label)).allMatch(entry -> entry >= 0);
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
