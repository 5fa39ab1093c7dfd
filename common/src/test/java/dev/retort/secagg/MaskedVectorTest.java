package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.secagg.Frame.Chunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MaskedVectorTest {

  /**
   * The masked vector of constant values looks uniform: its bytes by Pearson's test, and neighbouring bytes by the test of
   * their differences. The seeds are fixed, so it passes or fails for good; with seeds of its own a right implementation
   * would fail it with a probability below 1e-9: chi square with 255 degrees of freedom is above 430 with less than 1e-10, and
   * there are six statistics.
   */
  @ParameterizedTest
  @EnumSource(LaneWidth.class)
  void maskedVectorOfConstants_isUniform(LaneWidth width) throws IOException {
    TestCohort cohort = new TestCohort(new TestSession(
        3, TestSession.terms(3, 1, 0), TestSession.sums(width, (1 << 19) / width.bytes())));
    List<Octets> chunks = new ArrayList<>();
    cohort.up = (node, frame) -> {
      if (node == 1 && frame instanceof Chunk chunk) {
        chunks.add(chunk.bytes());
      }
      return true;
    };
    cohort.constant = true;
    cohort.setUp();
    ExactSumTest.assertExact(cohort, 0, 3);
    long[] bytes = new long[256];
    long[] differences = new long[256];
    long count = 0;
    for (Octets chunk : chunks) {
      int before = 0;
      for (byte b : chunk.view()) {
        bytes[b & 0xff]++;
        differences[(b - before) & 0xff]++;
        before = b;
        count++;
      }
    }
    assertThat(count).isEqualTo(1 << 19);
    assertThat(statistic(bytes, count)).isLessThan(430);
    assertThat(statistic(differences, count)).isLessThan(430);
  }

  private static double statistic(long[] counts, long total) {
    double expected = total / 256.0;
    double statistic = 0;
    for (long count : counts) {
      statistic += (count - expected) * (count - expected) / expected;
    }
    return statistic;
  }
}
