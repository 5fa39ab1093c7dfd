package dev.retort.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.label.LabelGrid;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class NoisePlannerTest {

  @Property
  void smallestSigma_anyBudget_fitsAndOneLessDoesNot(
      @ForAll @LongRange(min = 1_000_000, max = 10_000_000_000_000L) long budget,
      @ForAll @IntRange(min = 1, max = 5000) int queries,
      @ForAll @IntRange(min = 1, max = 700) int blockSize,
      @ForAll @IntRange(min = 1, max = 255) int size) {
    LabelGrid grid = new LabelGrid(size);
    List<Integer> sizes = NoisePlanner.releaseSizes(queries, blockSize);
    OptionalInt planned = NoisePlanner.smallestSigma(grid, 10, sizes, new Zcdp(budget));
    if (planned.isEmpty()) {
      assertThat(total(grid, (1 << 24) - 1, sizes)).isGreaterThan(budget);
      return;
    }
    int sigma = planned.getAsInt();
    assertThat(total(grid, sigma, sizes)).isLessThanOrEqualTo(budget);
    if (sigma > 1) {
      assertThat(total(grid, sigma - 1, sizes)).isGreaterThan(budget);
    }
  }

  @Test
  void smallestSigma_epsilonOneFor38Queries_isForty() {
    Zcdp budget = Conversion.budget(new ApproxDp(1, 1e-6));
    assertThat(NoisePlanner.smallestSigma(LabelGrid.VOTE, 10, List.of(38), budget))
        .hasValue(40);
  }

  @Test
  void releaseSizes_remainder_isTheLastRelease() {
    assertThat(NoisePlanner.releaseSizes(10, 4)).containsExactly(4, 4, 2);
    assertThat(NoisePlanner.releaseSizes(8, 4)).containsExactly(4, 4);
    assertThat(NoisePlanner.releaseSizes(3, 4)).containsExactly(3);
  }

  private static long total(LabelGrid grid, int sigma, List<Integer> sizes) {
    DiscreteGaussianHistogram mechanism = new DiscreteGaussianHistogram(grid, 10, sigma);
    return sizes.stream()
        .mapToLong(size -> mechanism.cost(size).picoRho())
        .reduce(0, Math::addExact);
  }
}
