package dev.retort.node.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class UnitSelectionTest {

  private static final ShardKey KEY = new ShardKey(new byte[ShardKey.BYTES]);

  private static Set<String> chosen(List<String> units, int most) {
    Set<String> names = new HashSet<>();
    for (int[] rows : UnitSelection.of(KEY, units, most).units()) {
      names.add(units.get(rows[0]));
    }
    return names;
  }

  @Property(tries = 200)
  void of_oneUnitReplaced_replacesAtMostOneThatIsCounted(
      @ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @IntRange(min = 1, max = 60) int most,
      @ForAll @IntRange(max = 59) int at) {
    List<String> before =
        IntStream.range(0, count).mapToObj(i -> "patient-" + i).toList();
    List<String> after = new ArrayList<>(before);
    after.set(at % count, "another");
    Set<String> lost = chosen(before, most);
    Set<String> gained = chosen(after, most);
    assertThat(gained).hasSize(Math.min(count, most)).hasSameSizeAs(lost);
    Set<String> kept = new HashSet<>(lost);
    kept.retainAll(gained);
    assertThat(kept).hasSizeGreaterThanOrEqualTo(lost.size() - 1);
  }

  @Test
  void of_severalRecordsOfAUnit_holdsThemTogether() {
    UnitSelection selection = UnitSelection.of(KEY, List.of("a", "b", "a", "a"), 10);
    assertThat(selection.units()).hasSize(2);
    assertThat(selection.units().stream().map(List::of).map(one -> one.get(0)))
        .containsExactlyInAnyOrder(new int[] {0, 2, 3}, new int[] {1});
  }

  @Test
  void of_noRecords_isEmpty() {
    assertThat(UnitSelection.of(KEY, List.of(), 5).units()).isEmpty();
  }
}
