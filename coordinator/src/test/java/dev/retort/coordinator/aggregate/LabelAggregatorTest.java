package dev.retort.coordinator.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import org.junit.jupiter.api.Test;

final class LabelAggregatorTest {

  private final LabelAggregator aggregator = new LabelAggregator(3, 2);

  private FoldOutcome fold(String node, int first, int... values) {
    return aggregator.fold(
        new ContributionKey(node, first),
        new LabelBlock(first, values.length / 2, 2, values),
        10,
        new LabelGrid(4),
        3);
  }

  @Test
  void result_ofTwoSites_isUnbiasedMeanWithKnownVariance() {
    fold("a", 0, 30, 10, 20, 20);
    fold("b", 1, -2, 50);
    AggregatedLabels labels = aggregator.result();
    assertThat(labels.mean(0, 0)).isEqualTo(30.0 / 40);
    assertThat(labels.variance(0)).isEqualTo(9.0 / 1600);
    assertThat(labels.mean(1, 0)).isEqualTo(18.0 / 80);
    assertThat(labels.mean(1, 1)).isEqualTo(70.0 / 80);
    assertThat(labels.variance(1)).isEqualTo(18.0 / 6400);
    assertThat(labels.units(1)).isEqualTo(80);
  }

  @Test
  void result_sampleNobodyAnswered_isMarked() {
    fold("a", 0, 1, 2);
    AggregatedLabels labels = aggregator.result();
    assertThat(labels.isAnswered(0)).isTrue();
    assertThat(labels.isAnswered(2)).isFalse();
    assertThat(labels.answered()).isEqualTo(1);
    assertThatThrownBy(() -> labels.mean(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row must be an answered sample: 2");
  }

  @Test
  void fold_sameBlockAgain_changesNothing() {
    fold("a", 0, 1, 2);
    assertThat(fold("a", 0, 1, 2)).isInstanceOf(FoldOutcome.Duplicate.class);
    assertThat(aggregator.result().units(0)).isEqualTo(40);
  }

  @Test
  void fold_otherValuesAtSamePlace_isConflictAndChangesNothing() {
    fold("a", 0, 1, 2);
    FoldOutcome outcome = fold("a", 0, 1, 3);
    assertThat(outcome).isInstanceOf(FoldOutcome.Conflict.class);
    FoldOutcome.Conflict conflict = (FoldOutcome.Conflict) outcome;
    assertThat(conflict.heldDigest()).isNotEqualTo(conflict.offeredDigest());
    assertThat(aggregator.result().mean(0, 1)).isEqualTo(2.0 / 40);
  }

  @Test
  void fold_sameValuesWithOtherNoise_isConflict() {
    fold("a", 0, 1, 2);
    FoldOutcome outcome = aggregator.fold(
        new ContributionKey("a", 0),
        new LabelBlock(0, 1, 2, new int[] {1, 2}),
        10,
        new LabelGrid(4),
        4);
    assertThat(outcome).isInstanceOf(FoldOutcome.Conflict.class);
  }

  @Test
  void fold_overlappingBlockOfSameSite_isConflictNamingTheHeldOne() {
    fold("a", 0, 1, 2, 3, 4);
    FoldOutcome outcome = fold("a", 1, 3, 4, 5, 6);
    assertThat(outcome).isInstanceOf(FoldOutcome.Conflict.class);
    assertThat(((FoldOutcome.Conflict) outcome).held()).isEqualTo(new ContributionKey("a", 0));
    assertThat(aggregator.result().isAnswered(2)).isFalse();
  }

  @Test
  void fold_blockBeyondTheStudy_isRefused() {
    assertThatThrownBy(() -> fold("a", 2, 1, 2, 3, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("block must lie within 3 samples");
  }

  @Test
  void result_laterFold_doesNotChangeIt() {
    fold("a", 0, 1, 2);
    AggregatedLabels before = aggregator.result();
    fold("b", 0, 5, 5);
    assertThat(before.units(0)).isEqualTo(40);
  }
}
