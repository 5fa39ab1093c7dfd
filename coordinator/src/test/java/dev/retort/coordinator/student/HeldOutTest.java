package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.ContributionKey;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.encode.DenseMatrix;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class HeldOutTest {

  private static final int CLASSES = 3;

  /** Labels of the first {@code answered} of {@code samples}: each has {@code votes} of 100 on class 0. */
  private static LabelEstimate labels(int samples, int answered, int votes, int sigma) {
    int[] values = new int[answered * CLASSES];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < values.length; i++) {
      int clean = i % CLASSES == 0 ? votes : (100 - votes) / 2;
      values[i] = clean + (int) Math.round(sigma * random.nextGaussian());
    }
    LabelAggregator aggregator = new LabelAggregator(samples, CLASSES);
    aggregator.fold(
        new ContributionKey("a", 0),
        new LabelBlock(0, answered, CLASSES, values),
        100,
        LabelGrid.VOTE,
        sigma);
    AggregatedLabels result = aggregator.result();
    return LabelEstimate.of(result);
  }

  private static int[] all(int count, int value) {
    int[] classes = new int[count];
    Arrays.fill(classes, value);
    return classes;
  }

  @Test
  void deal_everyAnsweredSample_isInOneFoldOfEqualSize() {
    LabelEstimate labels = labels(20, 13, 80, 1);
    HeldOut heldOut = HeldOut.deal(labels, 5, 3);
    int[] sizes = new int[5];
    for (int fold = 0; fold < 5; fold++) {
      LabelEstimate rest = heldOut.without(fold);
      for (int row = 0; row < 20; row++) {
        assertThat(rest.isAnswered(row) || heldOut.isIn(row, fold)).isEqualTo(row < 13);
        sizes[fold] += heldOut.isIn(row, fold) ? 1 : 0;
      }
      assertThat(rest.answered()).isEqualTo(13 - sizes[fold]);
      assertThat(rest.variance(0)).isEqualTo(labels.variance(0));
    }
    Arrays.sort(sizes);
    assertThat(sizes).containsExactly(2, 2, 3, 3, 3);
  }

  @Test
  void deal_sameSeed_isTheSameAndAnotherIsNot() {
    LabelEstimate labels = labels(200, 200, 80, 1);
    int[] first = all(200, HeldOutGain.NOT_HELD_OUT);
    int[] again = first.clone();
    int[] other = first.clone();
    DenseMatrix named = DenseMatrix.of(200, CLASSES, i -> i % CLASSES == 1 ? 1 : 0);
    HeldOut.deal(labels, 5, 3).name(0, named, first);
    HeldOut.deal(labels, 5, 3).name(0, named, again);
    HeldOut.deal(labels, 5, 4).name(0, named, other);
    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    assertThat(Arrays.stream(first).filter(c -> c == 1).count()).isEqualTo(40);
  }

  @Test
  void deal_oneFold_isRefused() {
    LabelEstimate labels = labels(4, 4, 80, 1);
    assertThatThrownBy(() -> HeldOut.deal(labels, 1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("folds must be >= 2: 1");
  }

  @Test
  void gain_classesThatMoreTeachersName_isTheirLeadWithinTheKnownNoise() {
    LabelEstimate labels = labels(4000, 4000, 60, 50);
    HeldOutGain gain = HeldOutGain.of(labels, all(4000, 0), all(4000, 2));
    // Six of its own standard errors: false once in 5e8 draws, and the draw here is fixed.
    assertThat(gain.gain()).isCloseTo(0.4, within(6 * gain.standardError()));
    assertThat(gain.standardError()).isBetween(Math.sqrt(2) * 0.5 / Math.sqrt(4000), 0.02);
    assertThat(gain.samples()).isEqualTo(4000);
    assertThat(gain.deviations()).isGreaterThan(20);
  }

  @Test
  void gain_sameClasses_isNothing() {
    LabelEstimate labels = labels(50, 50, 60, 50);
    assertThat(HeldOutGain.of(labels, all(50, 1), all(50, 1))).isEqualTo(new HeldOutGain(0, 0, 50));
    assertThat(HeldOutGain.of(labels, all(50, 1), all(50, 1)).deviations()).isZero();
  }

  @Test
  void gain_samplesNotHeldOut_doNotCount() {
    LabelEstimate labels = labels(50, 50, 60, 1);
    int[] challenger = all(50, HeldOutGain.NOT_HELD_OUT);
    challenger[3] = 0;
    HeldOutGain gain = HeldOutGain.of(labels, challenger, all(50, 1));
    assertThat(gain.samples()).isEqualTo(1);
    assertThat(gain.gain()).isEqualTo(labels.mean(3, 0) - labels.mean(3, 1));
  }
}
