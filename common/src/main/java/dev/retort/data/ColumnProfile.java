package dev.retort.data;

import dev.retort.text.TextEncoding;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What the public cells of one column have in common. Not thread-safe. */
final class ColumnProfile {

  private static final long LEAST_TEXTS = 10;
  private static final double MEAN_TEXT_LENGTH = 20;
  private static final double NEARLY_ALL = 0.9;

  private final Map<String, Long> frequencies = new HashMap<>();
  private boolean numeric = true;
  private long cells;
  private long characters;
  private long phrases;
  private long count;
  private double mean;
  private double squares;

  /** Counts a cell that is not missing. */
  void add(String cell) {
    frequencies.merge(cell, 1L, Long::sum);
    cells++;
    characters += cell.length();
    phrases += cell.chars().anyMatch(Character::isWhitespace) ? 1 : 0;
    OptionalDouble parsed = Decimals.parse(cell);
    if (parsed.isEmpty()) {
      numeric = false;
      return;
    }
    // Welford's recurrence: no cancellation when the mean is far from 0.
    double value = parsed.getAsDouble();
    count++;
    double step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  }

  /** The distinct cells, sorted. */
  List<String> values() {
    return frequencies.keySet().stream().sorted().toList();
  }

  /** Whether the cells are long, of several words and nearly all distinct: a list of them would describe no other table. */
  private boolean isText() {
    return cells >= LEAST_TEXTS
        && characters >= MEAN_TEXT_LENGTH * cells
        && phrases >= NEARLY_ALL * cells
        && frequencies.size() >= NEARLY_ALL * cells;
  }

  /** The column as a feature, with at most {@code limit} values, the most frequent ones, listed in order. */
  FeatureColumn feature(String name, int limit) {
    if (numeric) {
      double scale = count == 0 ? 0 : Decimals.rounded(Math.sqrt(squares / count));
      // A column that is constant in public is passed through unscaled.
      return new FeatureColumn.Numeric(
          name, Decimals.rounded(mean), scale > 0 && Double.isFinite(scale) ? scale : 1);
    }
    if (isText()) {
      return new FeatureColumn.Text(name, new TextEncoding.MiniLm());
    }
    List<String> values = frequencies.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()))
        .limit(limit)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
    return new FeatureColumn.Categorical(name, values);
  }
}
