package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LanesTest {

  /** Odd lengths too: lanes of 16 bits lie in pairs, and the last one may be alone. */
  @ParameterizedTest
  @EnumSource(LaneWidth.class)
  void lanes_addedAndSubtracted_areIntegersModuloTheirWidth(LaneWidth width) {
    UnsafeSeededRandom random = new UnsafeSeededRandom(5 + width.bits());
    for (int length = 1; length < 70; length++) {
      Lanes lanes = Lanes.zeros(width, length);
      long[] expected = new long[length];
      for (int step = 0; step < 6; step++) {
        int first = 2 * random.below((length + 1) / 2);
        byte[] tile = new byte[(length - first) * width.bytes()];
        RandomBytes.fill(random, tile);
        Lanes added = Lanes.zeros(width, length - first);
        added.add(0, tile, tile.length);
        if (step % 2 == 0) {
          lanes.add(first, tile, tile.length);
        } else {
          lanes.subtract(first, tile, tile.length);
        }
        for (int i = first; i < length; i++) {
          expected[i] += step % 2 == 0 ? added.get(i - first) : -added.get(i - first);
          assertThat(lanes.get(i)).isEqualTo(signed(expected[i], width));
        }
        byte[] written = new byte[tile.length + 8];
        added.write(0, written, tile.length);
        assertThat(Arrays.copyOf(written, tile.length)).isEqualTo(tile);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LaneWidth.class)
  void lane_set_changesNoOther(LaneWidth width) {
    long lowest = -1L << (width.bits() - 1);
    long[] values = {lowest, -lowest - 1, -1, 0, 1, lowest, -1};
    Lanes lanes = Lanes.of(width, values);
    lanes.set(2, 5);
    values[2] = 5;
    assertThat(TestCohort.longs(lanes)).isEqualTo(values);
  }

  private static long signed(long value, LaneWidth width) {
    int unused = Long.SIZE - width.bits();
    return value << unused >> unused;
  }
}
