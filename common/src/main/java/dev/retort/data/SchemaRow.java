package dev.retort.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads the rows of one table as a schema says. */
final class SchemaRow {

  /** Writes one cell's numbers at {@code at}, where zeros stand. */
  private interface Cell {
    void read(CsvSource source, float[] out, int at) throws MalformedTableException;
  }

  private final List<FeatureColumn> features;
  private final Set<String> missing;
  private final Cell[] cells;

  /**
   * Finds the schema's columns.
   *
   * @throws MalformedTableException if the table lacks one
   */
  SchemaRow(TableSchema schema, CsvSource source) throws MalformedTableException {
    this.features = schema.features();
    this.missing = schema.missing();
    this.cells = new Cell[features.size()];
    for (int i = 0; i < cells.length; i++) {
      int column = source.column(features.get(i).name());
      cells[i] = cell(features.get(i), column);
    }
  }

  /** Writes the numbers of the current row at {@code start}. */
  void read(CsvSource source, float[] out, int start) throws MalformedTableException {
    int at = start;
    for (int i = 0; i < cells.length; i++) {
      int end = at + features.get(i).width();
      Arrays.fill(out, at, end, 0);
      cells[i].read(source, out, at);
      at = end;
    }
  }

  private Cell cell(FeatureColumn feature, int column) {
    if (feature instanceof FeatureColumn.Numeric numeric) {
      return (source, out, at) -> out[at] = standardised(numeric, source, column);
    }
    Map<String, Integer> indices = new HashMap<>();
    for (String value : ((FeatureColumn.Categorical) feature).values()) {
      indices.put(value, indices.size());
    }
    return (source, out, at) -> {
      String word = source.cell(column);
      Integer index = missing.contains(word) ? null : indices.get(word);
      if (index != null) {
        out[at + index] = 1;
      }
    };
  }

  private float standardised(FeatureColumn.Numeric numeric, CsvSource source, int column)
      throws MalformedTableException {
    String text = source.cell(column);
    if (missing.contains(text)) {
      return 0;
    }
    OptionalDouble value = Decimals.parse(text);
    if (value.isPresent()) {
      float standardised = (float) ((value.getAsDouble() - numeric.mean()) / numeric.scale());
      if (Float.isFinite(standardised)) {
        return standardised;
      }
    }
    throw source.malformedCell(
        column,
        "must be a finite decimal number or missing",
        "correct the cell, or list how the table writes a missing number under the schema's `missing`");
  }
}
