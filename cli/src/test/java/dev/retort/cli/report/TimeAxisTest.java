package dev.retort.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.cli.report.Plot.Tick;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeAxisTest {

  private static final long START = Instant.parse("2026-03-02T08:07:00Z").getEpochSecond();

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        60,
        120,
        600,
        3_600,
        30_000,
        86_400,
        300_000,
        1_000_000,
        3_000_000,
        10_000_000,
        40_000_000,
        400_000_000,
        4_000_000_000L,
        40_000_000_000L,
        Long.MAX_VALUE / 2
      })
  void ticks_anySpan_areAFewInsideTheAxisAndApart(long span) {
    TimeAxis axis = TimeAxis.around(START, START + span);
    List<Tick> ticks = axis.ticks();
    assertThat(ticks).hasSizeBetween(1, 6);
    assertThat(ticks).allSatisfy(tick -> {
      assertThat(tick.at()).isBetween((double) axis.from(), (double) axis.to());
      assertThat(tick.label()).isNotBlank();
    });
    assertThat(ticks).isSortedAccordingTo((a, b) -> Double.compare(a.at(), b.at()));
    assertThat(ticks.stream().map(tick -> tick.label() + tick.below()).toList())
        .doesNotHaveDuplicates();
  }

  @Test
  void ticks_acrossMidnight_nameTheNewDay() {
    long evening = Instant.parse("2026-12-31T22:00:00Z").getEpochSecond();
    assertThat(TimeAxis.around(evening, evening + 4 * 3600).ticks())
        .extracting(Tick::label, Tick::below)
        .containsSubsequence(
            org.assertj.core.api.Assertions.tuple("22:00", "31 Dec 2026"),
            org.assertj.core.api.Assertions.tuple("00:00", "1 Jan 2027"));
  }

  @Test
  void column_farTimes_areTheEdges() {
    TimeAxis axis = new TimeAxis(0, 100);
    assertThat(axis.column(0)).isZero();
    assertThat(axis.column(100)).isEqualTo(Plot.COLUMNS);
  }
}
