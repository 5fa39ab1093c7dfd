package dev.retort.data;

import dev.retort.image.ImageEncoding;
import dev.retort.text.TextEncoding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A table schema as YAML and JSON write it, before its rules are checked. */
record SchemaText(
    @Nullable List<@Nullable Feature> features,
    @Nullable Label label,
    @Nullable List<@Nullable String> missing) {

  record Feature(
      @Nullable String column,
      @Nullable String kind,
      @Nullable Double mean,
      @Nullable Double scale,
      @Nullable List<@Nullable String> values,
      @Nullable String encoder,
      @Nullable String view) {}

  record Label(@Nullable String column, @Nullable List<@Nullable String> classes) {}

  private static final String NUMERIC = "numeric";
  private static final String CATEGORICAL = "categorical";
  private static final String TEXT = "text";
  private static final String IMAGE = "image";

  // JSON is YAML, so one reader takes both.
  private static final YAMLMapper MAPPER = YAMLMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  static TableSchema parse(String text) throws MalformedSchemaException {
    try {
      return checked(MAPPER.readValue(text, SchemaText.class));
    } catch (JacksonException e) {
      throw new MalformedSchemaException("schema must be YAML with known keys: " + e.getMessage());
    }
  }

  static TableSchema fromTree(Object tree) throws MalformedSchemaException {
    try {
      return checked(MAPPER.convertValue(tree, SchemaText.class));
    } catch (JacksonException e) {
      throw new MalformedSchemaException("schema must have known keys: " + e.getMessage());
    }
  }

  static Map<String, Object> toTree(TableSchema schema) {
    Map<String, Object> tree = new TreeMap<>();
    tree.put("features", schema.features().stream().map(SchemaText::toTree).toList());
    tree.put("missing", schema.missing().stream().sorted().toList());
    LabelColumn label = schema.label();
    if (label != null) {
      tree.put("label", new TreeMap<>(Map.of("column", label.name(), "classes", label.classes())));
    }
    return tree;
  }

  private static Map<String, Object> toTree(FeatureColumn feature) {
    Map<String, Object> tree = new TreeMap<>(Map.of("column", feature.name()));
    String view = feature.view();
    if (view != null) {
      tree.put("view", view);
    }
    if (feature instanceof FeatureColumn.Numeric numeric) {
      tree.put("kind", NUMERIC);
      tree.put("mean", Decimals.shortest(numeric.mean()));
      tree.put("scale", Decimals.shortest(numeric.scale()));
    } else if (feature instanceof FeatureColumn.Categorical categorical) {
      tree.put("kind", CATEGORICAL);
      tree.put("values", categorical.values());
    } else if (feature instanceof FeatureColumn.Text text) {
      tree.put("kind", TEXT);
      tree.put("encoder", text.encoding().text());
    } else if (feature instanceof FeatureColumn.Image image) {
      tree.put("kind", IMAGE);
      tree.put("encoder", image.encoding().text());
    }
    return tree;
  }

  private static TableSchema checked(@Nullable SchemaText text) throws MalformedSchemaException {
    if (text == null) {
      throw new MalformedSchemaException("schema must not be empty");
    }
    List<@Nullable Feature> written = required("features", text.features);
    List<FeatureColumn> features = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      String place = "features[" + i + "]";
      features.add(feature(place, required(place, written.get(i))));
    }
    Set<String> missing = text.missing == null
        ? TableSchema.DEFAULT_MISSING
        : new LinkedHashSet<>(texts("missing", text.missing));
    try {
      return new TableSchema(features, text.label == null ? null : label(text.label), missing);
    } catch (IllegalArgumentException e) {
      throw new MalformedSchemaException("schema: " + e.getMessage());
    }
  }

  private static FeatureColumn feature(String place, Feature text) throws MalformedSchemaException {
    String column = required(place + ".column", text.column);
    String kind = required(place + ".kind", text.kind);
    try {
      switch (kind) {
        case NUMERIC -> {
          refuseUnless(
              text.values == null && text.encoder == null,
              place + " must not have values or encoder, as it is numeric");
          return new FeatureColumn.Numeric(
              column,
              required(place + ".mean", text.mean),
              required(place + ".scale", text.scale),
              text.view);
        }
        case CATEGORICAL -> {
          refuseUnless(
              text.mean == null && text.scale == null && text.encoder == null,
              place + " must not have mean, scale or encoder, as it is categorical");
          return new FeatureColumn.Categorical(
              column, texts(place + ".values", text.values), text.view);
        }
        case TEXT, IMAGE -> {
          refuseUnless(
              text.mean == null && text.scale == null && text.values == null,
              place + " must not have mean, scale or values, as it is " + kind);
          String encoder = required(place + ".encoder", text.encoder);
          return kind.equals(TEXT)
              ? new FeatureColumn.Text(column, TextEncoding.parse(encoder), text.view)
              : new FeatureColumn.Image(column, ImageEncoding.parse(encoder), text.view);
        }
        default ->
          throw new MalformedSchemaException(
              place + ".kind must be numeric, categorical, text or image: " + kind);
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedSchemaException(place + ": " + e.getMessage());
    }
  }

  private static LabelColumn label(Label text) throws MalformedSchemaException {
    return new LabelColumn(
        required("label.column", text.column), texts("label.classes", text.classes));
  }

  private static List<String> texts(String place, @Nullable List<@Nullable String> list)
      throws MalformedSchemaException {
    List<String> texts = new ArrayList<>();
    for (String text : required(place, list)) {
      refuseUnless(text != null, place + " must hold text only; quote an empty one: \"\"");
      texts.add(Objects.requireNonNull(text));
    }
    return texts;
  }

  private static <T> T required(String place, @Nullable T value) throws MalformedSchemaException {
    refuseUnless(value != null, place + " must be given");
    return Objects.requireNonNull(value);
  }

  private static void refuseUnless(boolean holds, String message) throws MalformedSchemaException {
    if (!holds) {
      throw new MalformedSchemaException(message);
    }
  }
}
