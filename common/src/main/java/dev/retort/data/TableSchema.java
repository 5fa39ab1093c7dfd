package dev.retort.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The public description by which every node reads its private table in the same way: which columns become which numbers
 * of a sample, and which column is the label. It holds public constants only; nothing in it may be computed from private
 * rows.
 *
 * @param features the feature columns in the order of the sample's numbers; at least one, of together at most 262144
 *     numbers; a column of texts or of images may occur once an encoder, any other column once
 * @param label the label column, or null where the table has none
 * @param missing the cells that count as missing, compared after surrounding spaces are dropped
 */
public record TableSchema(
    List<FeatureColumn> features, @Nullable LabelColumn label, Set<String> missing) {

  /** The cells that count as missing where a schema does not say. */
  public static final Set<String> DEFAULT_MISSING = Set.of("", "?");

  /** As many floats as the greatest chunk of a transfer set holds. */
  private static final int MOST_NUMBERS = 1 << 18;

  public TableSchema {
    features = List.copyOf(features);
    missing = Set.copyOf(missing);
    if (features.isEmpty()) {
      throw new IllegalArgumentException("features must be at least one column");
    }
    Map<String, FeatureColumn> names = new HashMap<>();
    for (FeatureColumn column : features) {
      FeatureColumn before = names.put(column.name(), column);
      boolean encoded = column instanceof FeatureColumn.Text
          ? before instanceof FeatureColumn.Text
          : column instanceof FeatureColumn.Image && before instanceof FeatureColumn.Image;
      if (before != null && !encoded) {
        throw new IllegalArgumentException("features must be distinct columns: " + column.name());
      }
    }
    if (features.stream().map(TableSchema::reading).distinct().count() != features.size()) {
      throw new IllegalArgumentException(
          "features must be distinct: one column with one encoder twice");
    }
    long numbers = features.stream().mapToLong(FeatureColumn::width).sum();
    if (numbers > MOST_NUMBERS) {
      throw new IllegalArgumentException(
          "features must be at most " + MOST_NUMBERS + " numbers together: " + numbers);
    }
    if (label != null && names.containsKey(label.name())) {
      throw new IllegalArgumentException("label must be no feature: " + label.name());
    }
  }

  /** What is read, and how: the same in whatever views. */
  private static List<Object> reading(FeatureColumn column) {
    if (column instanceof FeatureColumn.Text text) {
      return List.of(text.name(), text.encoding());
    }
    return column instanceof FeatureColumn.Image image
        ? List.of(image.name(), image.encoding())
        : List.of(column.name());
  }

  static void checkName(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("column must have a name");
    }
  }

  static void checkView(@Nullable String view) {
    if (view != null && !view.matches("[a-z0-9-]{1,64}")) {
      throw new IllegalArgumentException("view must be 1 to 64 of a-z, 0-9 and -: " + view);
    }
  }

  /** The views that columns name, sorted; none where every column belongs to all. */
  public List<String> views() {
    return features.stream()
        .map(FeatureColumn::view)
        .filter(view -> view != null)
        .distinct()
        .sorted()
        .toList();
  }

  /** The shape of the samples that the table becomes. */
  public SampleShape shape() {
    return SampleShape.row(features.stream().mapToInt(FeatureColumn::width).sum());
  }

  /**
   * Describes a table by its public rows alone: a column is numeric if every cell that is not missing is a number, else
   * text if its cells are long, of several words and nearly all distinct, else categorical; mean and scale are those of
   * the public rows.
   *
   * @param header the names of the columns
   * @param publicRows rows that anyone may see, each as long as the header
   * @throws MalformedTableException if the label column is absent, a row is ragged, or fewer than two classes occur
   */
  public static TableSchema infer(
      List<String> header, Iterable<List<String>> publicRows, SchemaInference inference)
      throws MalformedTableException {
    return inference.schema(header, publicRows);
  }

  /**
   * Reads a schema from a YAML or JSON file.
   *
   * @throws MalformedSchemaException if the text is not YAML, or a key is unknown, absent or against its rule
   */
  public static TableSchema read(Path file) throws IOException, MalformedSchemaException {
    return SchemaText.parse(Files.readString(file));
  }

  /** Reads a schema from YAML or JSON text, as {@link #read} does. */
  public static TableSchema parse(String text) throws MalformedSchemaException {
    return SchemaText.parse(text);
  }

  /** Reads a schema from the maps, lists, strings and numbers of {@link #toTree}. */
  public static TableSchema fromTree(Object tree) throws MalformedSchemaException {
    return SchemaText.fromTree(tree);
  }

  /** As maps (sorted by key), lists, strings and decimal numbers, ready to be written as YAML or JSON. */
  public Map<String, Object> toTree() {
    return SchemaText.toTree(this);
  }
}
