package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PartitionTest {

  private static final int[] LABELS =
      IntStream.range(0, 1000).map(row -> row % 10).toArray();

  @Test
  void iid_singleRows_areEquallyMany() {
    Partition partition = Partition.iid(1003, 10, 7);
    assertCovers(partition, 1003);
    assertThat(IntStream.range(0, 10).map(node -> partition.rows(node).length))
        .containsOnly(100, 101);
    assertThat(partition.name(0)).isEqualTo("node-1");
  }

  @Test
  void iid_sameSeed_isTheSameAndOtherSeedIsNot() {
    assertThat(Partition.iid(100, 3, 1).rows(1))
        .isEqualTo(Partition.iid(100, 3, 1).rows(1));
    assertThat(Partition.iid(100, 3, 1).rows(1))
        .isNotEqualTo(Partition.iid(100, 3, 2).rows(1));
  }

  @Test
  void iid_asManyNodesAsRows_isOneEach() {
    Partition partition = Partition.iid(1000, 1000, 3);
    assertCovers(partition, 1000);
    assertThat(partition.nodes()).isEqualTo(1000);
  }

  @Test
  void iid_units_staysWhole() {
    PrivateTable table = table(1000, 5);
    Partition partition = Partition.iid(table, 7, 11);
    assertCovers(partition, 1000);
    assertUnitsWhole(partition, table);
  }

  @Test
  void dirichlet_units_staysWholeAndEveryNodeHasRows() {
    PrivateTable table = table(1000, 4);
    for (double alpha : new double[] {1e-3, 0.1, 1, 1e6}) {
      Partition partition = Partition.dirichlet(table, 50, alpha, 5);
      assertCovers(partition, 1000);
      assertUnitsWhole(partition, table);
    }
  }

  @Test
  void dirichlet_asManyNodesAsRows_isOneEach() {
    Partition partition = Partition.dirichlet(LABELS, 10, 1000, 0.01, 1);
    assertCovers(partition, 1000);
  }

  @Test
  void dirichlet_smallAlpha_skewsMoreThanLargeAlpha() {
    // The seed is fixed, so this cannot fail by chance.
    assertThat(greatestClassShare(Partition.dirichlet(LABELS, 10, 5, 0.05, 9))).isGreaterThan(0.3);
    assertThat(greatestClassShare(Partition.dirichlet(LABELS, 10, 5, 1000, 9))).isLessThan(0.15);
  }

  @Test
  void dirichlet_sameSeed_isTheSame() {
    assertThat(Partition.dirichlet(LABELS, 10, 5, 0.5, 9).rows(2))
        .isEqualTo(Partition.dirichlet(LABELS, 10, 5, 0.5, 9).rows(2));
  }

  @Test
  void shares_manyDraws_haveTheMomentsOfTheDistribution() {
    // The variance of one share of a symmetric Dirichlet over k is (k - 1) / (k^2 (k alpha + 1)).
    // The seeds are fixed,
    // so the test cannot fail by chance; 5 % is far more than the standard error over 20,000 draws.
    int k = 4;
    for (double alpha : new double[] {0.1, 0.5, 1, 3, 50}) {
      SplittableRandom random = new SplittableRandom(42);
      double sum = 0;
      double squares = 0;
      int draws = 20_000;
      for (int i = 0; i < draws; i++) {
        double[] shares = DirichletShares.draw(k, alpha, random);
        assertThat(Arrays.stream(shares).sum()).isBetween(1 - 1e-12, 1 + 1e-12);
        sum += shares[0];
        squares += shares[0] * shares[0];
      }
      double mean = sum / draws;
      assertThat(mean).isBetween(0.24, 0.26);
      double expected = (k - 1) / (k * k * (k * alpha + 1));
      assertThat(squares / draws - mean * mean).isBetween(0.95 * expected, 1.05 * expected);
    }
  }

  @Test
  void shares_tinyAlpha_doNotUnderflow() {
    double[] shares = DirichletShares.draw(1000, 1e-9, new SplittableRandom(1));
    assertThat(Arrays.stream(shares).sum()).isBetween(1 - 1e-9, 1 + 1e-9);
  }

  @Test
  void bySite_sites_areNodesInOrder() {
    PrivateTable table = new PrivateTable(
        records(4), List.of("a", "b", "c", "d"), List.of("south", "north", "south", "east"));
    Partition partition = Partition.bySite(table);
    assertThat(partition.nodes()).isEqualTo(3);
    assertThat(partition.name(2)).isEqualTo("south");
    assertThat(partition.rows(2)).containsExactly(0, 2);
    assertCovers(partition, 4);
  }

  @Test
  void bySite_unitAtTwoSites_goesToItsFirst() {
    PrivateTable table =
        new PrivateTable(records(3), List.of("a", "b", "a"), List.of("south", "north", "north"));
    Partition partition = Partition.bySite(table);
    assertThat(partition.rows(1)).containsExactly(0, 2);
    assertUnitsWhole(partition, table);
  }

  @Test
  void bySite_noSites_isRefused() {
    PrivateTable table = PrivateTable.ofRows(records(3));
    assertThatThrownBy(() -> Partition.bySite(table)).hasMessageContaining("site a row");
  }

  @Test
  void nodesOutOfRange_areRefused() {
    for (int nodes : new int[] {0, -1, 1001}) {
      assertThatThrownBy(() -> Partition.iid(5000, nodes, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("nodes must be in [1, 1000]: " + nodes);
    }
    assertThatThrownBy(() -> Partition.iid(5, 6, 1))
        .hasMessageContaining("nodes must be at most the count of privacy units: 6 nodes, 5 units");
  }

  @Test
  void alphaNotPositive_isRefused() {
    for (double alpha : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Partition.dirichlet(LABELS, 10, 3, alpha, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("alpha must be > 0 and finite: " + alpha);
    }
  }

  private static double greatestClassShare(Partition partition) {
    double greatest = 0;
    for (int node = 0; node < partition.nodes(); node++) {
      int[] rows = partition.rows(node);
      int[] counts = new int[10];
      for (int row : rows) {
        counts[LABELS[row]]++;
      }
      greatest =
          Math.max(greatest, Arrays.stream(counts).max().orElseThrow() / (double) rows.length);
    }
    return greatest;
  }

  private static void assertCovers(Partition partition, int count) {
    int[] all = IntStream.range(0, partition.nodes())
        .peek(node -> assertThat(partition.rows(node)).isNotEmpty().isSorted())
        .flatMap(node -> Arrays.stream(partition.rows(node)))
        .sorted()
        .toArray();
    assertThat(all).isEqualTo(IntStream.range(0, count).toArray());
  }

  private static void assertUnitsWhole(Partition partition, PrivateTable table) {
    Map<String, Integer> nodeOf = new HashMap<>();
    for (int node = 0; node < partition.nodes(); node++) {
      for (int row : partition.rows(node)) {
        Integer earlier = nodeOf.putIfAbsent(table.units().get(row), node);
        assertThat(earlier).isIn(null, node);
      }
    }
  }

  private static PrivateTable table(int count, int rowsPerUnit) {
    return new PrivateTable(
        records(count),
        IntStream.range(0, count)
            .mapToObj(row -> "unit" + row % (count / rowsPerUnit))
            .toList(),
        List.of());
  }

  private static LabelledSamples records(int count) {
    return new LabelledSamples(
        new ByteSamples(SampleShape.row(1), new byte[count]),
        IntStream.range(0, count).map(row -> row % 3).toArray(),
        3);
  }
}
