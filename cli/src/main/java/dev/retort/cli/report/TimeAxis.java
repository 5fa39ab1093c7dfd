package dev.retort.cli.report;

import dev.retort.cli.report.Plot.Tick;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A horizontal axis of time in UTC, from minutes to centuries.
 *
 * @param from in seconds since 1970
 * @param to in seconds since 1970, above {@code from}
 */
record TimeAxis(long from, long to) {

  private static final int MOST_TICKS = 5;
  private static final int MARGIN = 40;
  private static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;
  private static final long[] STEPS = {
    60, 120, 300, 600, 900, 1800, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY
  };
  private static final int[] DAYS_OF_MONTH = {7, 14};
  private static final int[] MONTHS = {1, 2, 3, 6};
  private static final int[] YEARS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000};

  /** From a little before the first of some times to a little after the last. */
  static TimeAxis around(long first, long last) {
    long start = clamp(first);
    long end = clamp(last);
    long margin = end - start >= 60 ? Math.max(60, (end - start) / MARGIN) : 1800;
    return new TimeAxis(start - margin, end + margin);
  }

  /** A time, or the nearest that a calendar has. */
  static long clamp(long tick) {
    return Math.max(0, Math.min(tick, Words.LAST_SECOND));
  }

  /** Where a time lies among the plot's columns: points of one column look like one. */
  long column(long at) {
    return Math.round((double) (at - from) / (double) (to - from) * Plot.COLUMNS);
  }

  /** Whole minutes, hours, days, months or years, at most five of them. */
  List<Tick> ticks() {
    for (long step : STEPS) {
      if ((to - from) / step < MOST_TICKS) {
        return ofSeconds(step);
      }
    }
    for (int days : DAYS_OF_MONTH) {
      if ((to - from) / (DAY * days) < MOST_TICKS) {
        return ofSeconds(DAY * days);
      }
    }
    for (int months : MONTHS) {
      if ((to - from) / (DAY * 28 * months) < MOST_TICKS) {
        return ofMonths(months, "MMM", "yyyy");
      }
    }
    for (int years : YEARS) {
      if ((to - from) / (DAY * 365 * years) < MOST_TICKS) {
        return ofMonths(12 * years, "yyyy", "");
      }
    }
    return List.of();
  }

  private List<Tick> ofSeconds(long step) {
    List<Tick> ticks = new ArrayList<>();
    boolean hours = step < DAY;
    String before = "";
    for (long at = Math.floorDiv(from + step - 1, step) * step; at <= to; at += step) {
      LocalDateTime time = time(at);
      String below = format(time, hours ? "d MMM yyyy" : "yyyy");
      ticks.add(new Tick(
          (double) at, format(time, hours ? "HH:mm" : "d MMM"), below.equals(before) ? "" : below));
      before = below;
    }
    return ticks;
  }

  private List<Tick> ofMonths(int step, String label, String below) {
    LocalDateTime start = time(from);
    long month = start.getYear() * 12L + start.getMonthValue() - 1;
    long first = Math.floorDiv(month + step - 1, step) * step;
    List<Tick> ticks = new ArrayList<>();
    String before = "";
    for (long at = first; ; at += step) {
      LocalDateTime time =
          LocalDateTime.of((int) Math.floorDiv(at, 12L), (int) Math.floorMod(at, 12L) + 1, 1, 0, 0);
      long second = time.toEpochSecond(ZoneOffset.UTC);
      if (second > to) {
        return ticks;
      }
      String year = below.isEmpty() ? "" : format(time, below);
      if (second >= from) {
        ticks.add(new Tick((double) second, format(time, label), year.equals(before) ? "" : year));
        before = year;
      }
    }
  }

  private static LocalDateTime time(long at) {
    return LocalDateTime.ofInstant(Instant.ofEpochSecond(at), ZoneOffset.UTC)
        .truncatedTo(ChronoUnit.MINUTES);
  }

  private static String format(LocalDateTime time, String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
  }
}
