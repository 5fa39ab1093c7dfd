package dev.retort.coordinator.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Order and repetition do not matter. */
class LabelAggregatorProperties {

  private static final int SAMPLES = 12;
  private static final int CLASSES = 3;

  private record Contribution(ContributionKey key, LabelBlock block, int teachers, int sigma) {}

  @Property(tries = 200)
  void result_anyOrderAndRepetition_isTheSame(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int sites) {
    Random random = new Random(seed);
    List<Contribution> contributions = new ArrayList<>();
    for (int site = 0; site < sites; site++) {
      int length = 1 + random.nextInt(SAMPLES);
      for (int first = 0; first < SAMPLES; first += length) {
        if (random.nextInt(4) > 0) {
          contributions.add(contribution(random, "site-" + site, first, length));
        }
      }
    }
    AggregatedLabels inOrder = fold(contributions);
    List<Contribution> shuffled = new ArrayList<>(contributions);
    shuffled.addAll(contributions.subList(0, contributions.size() / 2));
    Collections.shuffle(shuffled, random);
    AggregatedLabels repeated = fold(shuffled);
    for (int row = 0; row < SAMPLES; row++) {
      assertThat(repeated.isAnswered(row)).isEqualTo(inOrder.isAnswered(row));
      assertThat(repeated.units(row)).isEqualTo(inOrder.units(row));
      if (inOrder.isAnswered(row)) {
        assertThat(repeated.variance(row)).isEqualTo(inOrder.variance(row));
        for (int c = 0; c < CLASSES; c++) {
          assertThat(repeated.mean(row, c)).isEqualTo(inOrder.mean(row, c));
        }
      }
    }
  }

  private static Contribution contribution(Random random, String site, int first, int length) {
    int count = Math.min(length, SAMPLES - first);
    int[] values = random.ints((long) count * CLASSES, -1000, 1000).toArray();
    return new Contribution(
        new ContributionKey(site, first),
        new LabelBlock(first, count, CLASSES, values),
        1 + random.nextInt(50),
        1 + random.nextInt(50));
  }

  private static AggregatedLabels fold(List<Contribution> contributions) {
    LabelAggregator aggregator = new LabelAggregator(SAMPLES, CLASSES);
    for (Contribution each : contributions) {
      aggregator.fold(each.key(), each.block(), each.teachers(), new LabelGrid(7), each.sigma());
    }
    return aggregator.result();
  }
}
