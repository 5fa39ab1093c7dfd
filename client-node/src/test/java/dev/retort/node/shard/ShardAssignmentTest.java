package dev.retort.node.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class ShardAssignmentTest {

  private static final ShardKey KEY = key(1);

  private static ShardKey key(int fill) {
    byte[] key = new byte[ShardKey.BYTES];
    Arrays.fill(key, (byte) fill);
    return new ShardKey(key);
  }

  private static Map<String, Integer> shardOfEach(ShardKey key, List<String> units, int shards) {
    int[][] rows = ShardAssignment.of(key, units, shards).rows();
    Map<String, Integer> shardOf = new HashMap<>();
    for (int shard = 0; shard < shards; shard++) {
      for (int row : rows[shard]) {
        Integer before = shardOf.put(units.get(row), shard);
        assertThat(before == null || before == shard).as("one unit, one shard").isTrue();
      }
    }
    return shardOf;
  }

  @Property(tries = 100)
  void of_oneUnitInsertedOrRemoved_movesNoOtherUnit(
      @ForAll @Size(min = 1, max = 60) @UniqueElements List<Integer> others,
      @ForAll @IntRange(min = 1, max = 40) int shards,
      @ForAll @IntRange(max = 59) int at) {
    List<String> without = others.stream().map(i -> "patient-" + i).toList();
    List<String> with = new ArrayList<>(without);
    with.add(Math.min(at, with.size()), "the one");
    Map<String, Integer> before = shardOfEach(KEY, without, shards);
    Map<String, Integer> after = shardOfEach(KEY, with, shards);
    after.remove("the one");
    assertThat(after).isEqualTo(before);
  }

  @Test
  void of_manyRowsOfOneUnit_keepsThemTogetherInOrder() {
    List<String> units = List.of("a", "b", "a", "c", "a");
    int[][] rows = ShardAssignment.of(KEY, units, 50).rows();
    assertThat(List.of(rows)).anySatisfy(shard -> assertThat(shard).containsSubsequence(0, 2, 4));
    assertThat(Arrays.stream(rows).flatMapToInt(Arrays::stream).sorted())
        .containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void of_fewUnits_leavesShardsEmpty() {
    assertThat(ShardAssignment.of(KEY, List.of("a"), 10).rows()).hasNumberOfRows(10);
    assertThat(List.of(ShardAssignment.of(KEY, List.of(), 10).rows()))
        .allSatisfy(shard -> assertThat(shard).isEmpty());
  }

  @Test
  void of_anotherKey_assignsAnew() {
    List<String> units = IntStream.range(0, 200).mapToObj(i -> "u" + i).toList();
    assertThat(shardOfEach(key(2), units, 100)).isNotEqualTo(shardOfEach(KEY, units, 100));
  }

  @Test
  void of_manyUnits_spreadsThemEvenly() {
    // Deterministic, since the key is fixed: 20,000 units over 10 shards, each within 6 sigma of
    // 2,000.
    List<String> units = IntStream.range(0, 20_000).mapToObj(i -> "u" + i).toList();
    assertThat(List.of(ShardAssignment.of(KEY, units, 10).rows()))
        .allSatisfy(shard -> assertThat(shard.length).isBetween(1745, 2255));
  }

  @Test
  void of_noShards_isRefused() {
    assertThatThrownBy(() -> ShardAssignment.of(KEY, List.of(), 0))
        .hasMessage("shards must be >= 1: 0");
  }
}
