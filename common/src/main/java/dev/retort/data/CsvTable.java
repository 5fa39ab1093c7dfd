package dev.retort.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV tables (RFC 4180, comma, UTF-8, with a header; plain or gzipped) as a {@link TableSchema} says. Columns that
 * the schema does not name are ignored, and so is their order. Images lie in the table's directory or below. A table of R rows that become N numbers each takes 4 R N
 * bytes, up to three times that while it grows.
 */
public final class CsvTable {

  private CsvTable() {}

  /**
   * Reads the features of every row; a label column need not be there.
   *
   * @throws MalformedTableException if a column is missing, a row is ragged or a cell is against the schema
   */
  public static FloatSamples readFeatures(Path file, TableSchema schema)
      throws IOException, MalformedTableException {
    return readFeatures(file, schema, EncodingProgress.silent());
  }

  /** As {@link #readFeatures(Path, TableSchema)}, telling how many texts and images are encoded. */
  public static FloatSamples readFeatures(Path file, TableSchema schema, EncodingProgress progress)
      throws IOException, MalformedTableException {
    try (CsvSource source = CsvSource.open(file);
        SchemaRow row = new SchemaRow(schema, source, directory(file), progress)) {
      Rows rows = new Rows(schema.shape());
      while (source.advance()) {
        rows.add(source, row);
      }
      return rows.samples(source, row);
    }
  }

  /**
   * Reads a labelled table with its privacy units.
   *
   * @throws MalformedTableException if a column is missing, a row is ragged, or a cell is against the schema: a word where
   *     a number stands, a label outside the label space, an empty unit or site
   * @throws IllegalArgumentException if the schema has no label column
   */
  public static PrivateTable readPrivate(Path file, TableSchema schema, PrivateColumns columns)
      throws IOException, MalformedTableException {
    return readPrivate(file, schema, columns, EncodingProgress.silent());
  }

  /** As {@link #readPrivate(Path, TableSchema, PrivateColumns)}, telling how many texts and images are encoded. */
  public static PrivateTable readPrivate(
      Path file, TableSchema schema, PrivateColumns columns, EncodingProgress progress)
      throws IOException, MalformedTableException {
    LabelColumn label = schema.label();
    if (label == null) {
      throw new IllegalArgumentException("schema must have a label column to read a private table");
    }
    try (CsvSource source = CsvSource.open(file);
        SchemaRow row = new SchemaRow(schema, source, directory(file), progress)) {
      int labelColumn = source.column(label.name());
      Rows rows = new Rows(schema.shape());
      IntStream.Builder labels = IntStream.builder();
      Names units = Names.of(columns.unit(), source);
      Names sites = Names.of(columns.site(), source);
      while (source.advance()) {
        rows.add(source, row);
        labels.add(label(source, labelColumn, label));
        units.add(source);
        sites.add(source);
      }
      LabelledSamples records = new LabelledSamples(
          rows.samples(source, row), labels.build().toArray(), label.classes().size());
      return columns.unit() == null
          ? new PrivateTable(records, PrivateTable.ofRows(records).units(), sites.names)
          : new PrivateTable(records, units.names, sites.names);
    }
  }

  private static Path directory(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory");
  }

  private static int label(CsvSource source, int column, LabelColumn label)
      throws MalformedTableException {
    int index = label.classes().indexOf(source.cell(column));
    if (index < 0) {
      throw source.malformedCell(
          column,
          "must be a class of the label space " + label.classes(),
          "correct the cell, or the classes of the schema");
    }
    return index;
  }

  /** The numbers of the rows so far. */
  private static final class Rows {

    private static final int FIRST_ROWS = 256;
    private static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;

    private final SampleShape shape;
    private float[] values;
    private int used;

    Rows(SampleShape shape) {
      this.shape = shape;
      this.values = new float[Math.multiplyExact(shape.size(), FIRST_ROWS)];
    }

    void add(CsvSource source, SchemaRow row) throws MalformedTableException {
      long end = (long) used + shape.size();
      if (end > MOST_NUMBERS) {
        throw source.malformedRow(
            "must be among the first " + MOST_NUMBERS / shape.size() + " rows, each of "
                + shape.size() + " numbers",
            "divide the table, or name encoders of fewer numbers");
      }
      if (end > values.length) {
        values = Arrays.copyOf(values, (int) Math.min(MOST_NUMBERS, 2L * values.length));
      }
      row.read(source, values, used);
      used = (int) end;
    }

    FloatSamples samples(CsvSource source, SchemaRow row) throws MalformedTableException {
      if (used == 0) {
        throw source.malformedRow("must not be the end: a table has rows", "add rows");
      }
      row.finish(values);
      return new FloatSamples(shape, Arrays.copyOf(values, used));
    }
  }

  /** The units or sites of the rows so far; none if no column holds them. */
  private static final class Names {

    private static final int ABSENT = -1;

    private final int column;
    private final Map<String, String> distinct = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    private Names(int column) {
      this.column = column;
    }

    static Names of(@Nullable String column, CsvSource source) throws MalformedTableException {
      return new Names(column == null ? ABSENT : source.column(column));
    }

    void add(CsvSource source) throws MalformedTableException {
      if (column == ABSENT) {
        return;
      }
      String name = source.cell(column);
      if (name.isEmpty()) {
        throw source.malformedCell(
            column, "must not be empty", "every row belongs to one privacy unit and one site");
      }
      names.add(distinct.computeIfAbsent(name, same -> same));
    }
  }
}
