package dev.retort.data;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one reader sees of every sample: the numbers of the columns that belong to a view, in the schema's order. Columns
 * that name no view belong to all. Immutable.
 */
public final class SampleView {

  private final @Nullable TableSchema schema;
  private final int @Nullable [] columns;

  private SampleView(@Nullable TableSchema schema, int @Nullable [] columns) {
    this.schema = schema;
    this.columns = columns;
  }

  /**
   * The view of that name.
   *
   * @param schema of the samples; null for images, which have no views
   * @param name a view of the schema, or empty for the whole of every sample
   * @throws UnknownViewException if the samples have no such view
   */
  public static SampleView of(@Nullable TableSchema schema, String name)
      throws UnknownViewException {
    if (name.isEmpty()) {
      return new SampleView(schema, null);
    }
    List<String> known = schema == null ? List.of() : schema.views();
    if (schema == null || !known.contains(name)) {
      throw new UnknownViewException(
          known.isEmpty()
              ? "must be '' for a transfer set without views: " + name
              : "must be one of the transfer set's views, " + String.join(", ", known)
                  + ", or '' for all columns: " + name);
    }
    IntStream.Builder columns = IntStream.builder();
    int at = 0;
    for (FeatureColumn column : schema.features()) {
      int end = at + column.width();
      if (isSeen(column, name)) {
        IntStream.range(at, end).forEach(columns::add);
      }
      at = end;
    }
    List<FeatureColumn> seen =
        schema.features().stream().filter(column -> isSeen(column, name)).toList();
    return new SampleView(
        new TableSchema(seen, schema.label(), schema.missing()), columns.build().toArray());
  }

  private static boolean isSeen(FeatureColumn column, String name) {
    return column.view() == null || name.equals(column.view());
  }

  /** How a table becomes the numbers of this view alone; null for images. */
  public @Nullable TableSchema schema() {
    return schema;
  }

  /** The shape of what is seen of samples of shape {@code whole}. */
  public SampleShape of(SampleShape whole) {
    int[] chosen = columns;
    return chosen == null ? whole : SampleShape.row(chosen.length);
  }

  /** What is seen of whole samples; no sample is copied. */
  public Samples of(Samples whole) {
    int[] chosen = columns;
    return chosen == null ? whole : new ColumnSubset(whole, chosen);
  }

  /** What is seen of whole records, with their labels. */
  public LabelledSamples of(LabelledSamples whole) {
    return columns == null ? whole : whole.withSamples(of(whole.samples()));
  }

  /** What is seen of whole records, with their labels, units and sites. */
  public PrivateTable of(PrivateTable whole) {
    return columns == null
        ? whole
        : new PrivateTable(of(whole.records()), whole.units(), whole.sites());
  }
}
