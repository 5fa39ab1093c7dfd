package dev.retort.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TableSchema#infer} is told beside the public rows.
 *
 * @param labelColumn the column of the label, or null for a schema without one
 * @param classes the classes in order; empty to take the distinct values of the label column, sorted
 * @param ignored columns that are no features, such as privacy units, sites and names
 * @param categoryLimit how many values of a categorical column are listed at most, the most frequent ones; at least 1
 */
public record SchemaInference(
    @Nullable String labelColumn, List<String> classes, Set<String> ignored, int categoryLimit) {

  private static final String PUBLIC_ROWS = "public rows";

  /** The limit where none is given. */
  public static final int DEFAULT_CATEGORY_LIMIT = 64;

  public SchemaInference {
    classes = List.copyOf(classes);
    ignored = Set.copyOf(ignored);
    if (categoryLimit < 1) {
      throw new IllegalArgumentException("categoryLimit must be >= 1: " + categoryLimit);
    }
  }

  /** Features only; no label, nothing ignored. */
  public static SchemaInference unlabelled() {
    return new SchemaInference(null, List.of(), Set.of(), DEFAULT_CATEGORY_LIMIT);
  }

  /** The label in {@code labelColumn}, its classes those that occur. */
  public static SchemaInference labelledBy(String labelColumn) {
    return new SchemaInference(labelColumn, List.of(), Set.of(), DEFAULT_CATEGORY_LIMIT);
  }

  /** As this, with the label space given. */
  public SchemaInference withClasses(List<String> newClasses) {
    return new SchemaInference(labelColumn, newClasses, ignored, categoryLimit);
  }

  /** As this, with {@code columns} left out. */
  public SchemaInference ignoring(Set<String> columns) {
    return new SchemaInference(labelColumn, classes, columns, categoryLimit);
  }

  TableSchema schema(List<String> header, Iterable<List<String>> publicRows)
      throws MalformedTableException {
    Map<String, ColumnProfile> profiles = new LinkedHashMap<>();
    header.forEach(name -> profiles.put(name, new ColumnProfile()));
    long row = 0;
    for (List<String> cells : publicRows) {
      row++;
      if (cells.size() != header.size()) {
        throw MalformedTableException.inRow(
            PUBLIC_ROWS,
            row,
            "must have " + header.size() + " cells: " + cells.size(),
            "complete the row");
      }
      for (int column = 0; column < header.size(); column++) {
        String cell = cells.get(column).strip();
        if (!TableSchema.DEFAULT_MISSING.contains(cell)) {
          Objects.requireNonNull(profiles.get(header.get(column))).add(cell);
        }
      }
    }
    LabelColumn label =
        labelColumn == null ? null : label(labelColumn, profiles.remove(labelColumn));
    profiles.keySet().removeAll(ignored);
    if (profiles.isEmpty()) {
      throw MalformedTableException.inHeader(
          PUBLIC_ROWS, "must have a column that is a feature", "ignore fewer columns");
    }
    List<FeatureColumn> features = new ArrayList<>();
    profiles.forEach((name, profile) -> features.add(profile.feature(name, categoryLimit)));
    return new TableSchema(features, label, TableSchema.DEFAULT_MISSING);
  }

  private LabelColumn label(String name, @Nullable ColumnProfile profile)
      throws MalformedTableException {
    if (!classes.isEmpty()) {
      return new LabelColumn(name, classes);
    }
    if (profile == null || profile.values().size() < 2) {
      throw MalformedTableException.inHeader(
          PUBLIC_ROWS,
          "must have the label column \"" + name + "\" with at least two classes",
          "correct its name, or list the classes");
    }
    return new LabelColumn(name, profile.values());
  }
}
