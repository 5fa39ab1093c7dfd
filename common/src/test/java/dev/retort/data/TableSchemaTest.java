package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.image.ImageEncoding;
import dev.retort.text.TextEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TableSchemaTest {

  private static final String YAML = """
      label: { column: outcome, classes: [no, yes] }
      missing: ["", NA]
      features:
        - { column: age, kind: numeric, mean: 52.5, scale: 10 }
        - { column: grade, kind: categorical, values: [1, 2, 3] }
      """;

  private static final List<String> HEADER = List.of("id", "age", "colour", "outcome");
  private static final List<List<String>> ROWS = List.of(
      List.of("x1", "1", "red", "b"),
      List.of("x2", "?", "blue", "a"),
      List.of("x3", "3", "", "b"),
      List.of("x4", " 5 ", "red", "?"));

  @Test
  void parse_yaml_isRead() throws Exception {
    TableSchema schema = TableSchema.parse(YAML);
    assertThat(schema.features())
        .containsExactly(
            new FeatureColumn.Numeric("age", 52.5, 10),
            new FeatureColumn.Categorical("grade", List.of("1", "2", "3")));
    assertThat(schema.label()).isEqualTo(new LabelColumn("outcome", List.of("no", "yes")));
    assertThat(schema.missing()).containsExactlyInAnyOrder("", "NA");
    assertThat(schema.shape()).isEqualTo(SampleShape.row(4));
  }

  @Test
  void parse_json_isReadToo() throws Exception {
    TableSchema schema = TableSchema.parse(
        "{\"features\":[{\"column\":\"age\",\"kind\":\"numeric\",\"mean\":-1.5e-3,\"scale\":1}]}");
    assertThat(schema.features()).containsExactly(new FeatureColumn.Numeric("age", -0.0015, 1));
    assertThat(schema.label()).isNull();
    assertThat(schema.missing()).isEqualTo(TableSchema.DEFAULT_MISSING);
  }

  @Test
  void fromTree_ofToTree_isTheSame() throws Exception {
    TableSchema schema = TableSchema.parse(YAML);
    assertThat(TableSchema.fromTree(schema.toTree())).isEqualTo(schema);
  }

  @Test
  void parse_textColumn_mayOccurOnceAnEncoder() throws Exception {
    TableSchema schema = TableSchema.parse("""
        features:
          - { column: note, kind: text, encoder: minilm }
          - { column: age, kind: numeric, mean: 0, scale: 1 }
          - { column: note, kind: text, encoder: words-1024 }
        """);
    assertThat(schema.features())
        .containsExactly(
            new FeatureColumn.Text("note", new TextEncoding.MiniLm()),
            new FeatureColumn.Numeric("age", 0, 1),
            new FeatureColumn.Text("note", new TextEncoding.Words(1024)));
    assertThat(schema.shape()).isEqualTo(SampleShape.row(384 + 1 + 1024));
    assertThat(TableSchema.fromTree(schema.toTree())).isEqualTo(schema);
  }

  @Test
  void parse_viewsAndImages_areReadAndWrittenAgain() throws Exception {
    TableSchema schema = TableSchema.parse("""
        features:
          - { column: picture, kind: image, encoder: gradients-32, view: image }
          - { column: picture, kind: image, encoder: colours-8, view: image }
          - { column: note, kind: text, encoder: words-256, view: text }
          - { column: sex, kind: categorical, values: [f, m] }
        """);
    assertThat(schema.features())
        .containsExactly(
            new FeatureColumn.Image("picture", new ImageEncoding.Gradients(32), "image"),
            new FeatureColumn.Image("picture", new ImageEncoding.Colours(8), "image"),
            new FeatureColumn.Text("note", new TextEncoding.Words(256), "text"),
            new FeatureColumn.Categorical("sex", List.of("f", "m")));
    assertThat(schema.views()).containsExactly("image", "text");
    assertThat(schema.shape()).isEqualTo(SampleShape.row(392 + 192 + 256 + 2));
    assertThat(TableSchema.fromTree(schema.toTree())).isEqualTo(schema);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      { column: a, kind: image, encoder: minilm }            | features[0]: encoder must be pixels-N
      { column: a, kind: image, encoder: gradients-1 }       | features[0]: encoder must be of a side in [8, 256]: 1
      { column: a, kind: image }                             | features[0].encoder must be given
      { column: a, kind: image, encoder: pixels-8, mean: 1 } | must not have mean, scale or values, as it is image
      { column: a, kind: text, encoder: minilm, view: No }   | features[0]: view must be 1 to 64 of a-z, 0-9 and -: No
      { column: a, kind: text, encoder: minilm, view: '' }   | features[0]: view must be 1 to 64
      { column: a, kind: sound }                             | kind must be numeric, categorical, text or image: sound
      """, quoteCharacter = '"')
  void parse_badImageOrView_namesPlaceAndRule(String feature, String message) {
    assertThatThrownBy(() -> TableSchema.parse("features: [ " + feature + " ]"))
        .isInstanceOf(MalformedSchemaException.class)
        .hasMessageContaining(message);
  }

  @Test
  void parse_oneColumnByOneEncoderInTwoViews_isRefused() {
    assertThatThrownBy(() -> TableSchema.parse("""
        features:
          - { column: note, kind: text, encoder: minilm, view: one }
          - { column: note, kind: text, encoder: minilm, view: two }
        """))
        .isInstanceOf(MalformedSchemaException.class)
        .hasMessageContaining("one column with one encoder twice");
  }

  @Test
  void constructor_moreNumbersThanAChunkHolds_isRefused() {
    List<FeatureColumn> features = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      features.add(new FeatureColumn.Text("t" + i, new TextEncoding.Words(16384)));
    }
    assertThatThrownBy(() -> new TableSchema(features, null, Set.of()))
        .hasMessage("features must be at most 262144 numbers together: 278528");
  }

  @Test
  void parse_unknownKey_namesIt() {
    refused("features: []\ncolour: red\n", "colour");
    refused("features: [{column: a, kind: numeric, mean: 0, scale: 1, unit: cm}]\n", "unit");
  }

  @Test
  void parse_againstARule_namesPlaceRuleAndValue() {
    refused(
        "features: [{column: a, kind: numeric, mean: 0, scale: 0}]",
        "features[0]: scale must be > 0 and finite: 0.0");
    refused("features: [{column: a, kind: numeric, mean: .inf, scale: 1}]", "mean");
    refused(
        "features: [{column: a, kind: word, values: [x]}]",
        "features[0].kind must be numeric, categorical, text or image: word");
    refused("features: [{column: a, kind: numeric, scale: 1}]", "features[0].mean must be given");
    refused(
        "features: [{column: a, kind: numeric, mean: 0, scale: 1, values: [x]}]",
        "must not have values or encoder");
    refused(
        "features: [{column: a, kind: text, encoder: bert}]",
        "features[0]: encoder must be minilm, or words-N");
    refused("features: [{column: a, kind: text}]", "features[0].encoder must be given");
    refused(
        "features: [{column: a, kind: text, encoder: minilm, values: [x]}]",
        "must not have mean, scale or values, as it is text");
    refused(
        "features: [{column: a, kind: text, encoder: minilm}, {column: a, kind: text, encoder: minilm}]",
        "features must be distinct: one column with one encoder twice");
    refused(
        "features: [{column: a, kind: text, encoder: minilm}, {column: a, kind: categorical, values: [x]}]",
        "features must be distinct columns: a");
    refused(
        "features: [{column: a, kind: categorical, values: [x], mean: 0}]",
        "must not have mean, scale or encoder");
    refused(
        "features: [{column: a, kind: categorical, values: [x, x]}]", "values must be distinct");
    refused(
        "features: [{column: a, kind: categorical, values: [x, null]}]",
        "features[0].values must hold text only");
    refused("features: []", "features must be at least one column");
    refused("{}", "features must be given");
    refused("", "schema");
    refused(
        "features: [{column: a, kind: numeric, mean: 0, scale: 1}]\nlabel: {column: a, classes: [x, y]}",
        "label must be no feature: a");
    refused(
        "features: [{column: a, kind: numeric, mean: 0, scale: 1}]\nlabel: {column: b, classes: [x]}",
        "classes must be at least two");
    refused("features: [{column: a, column: a, kind: numeric, mean: 0, scale: 1}]", "column");
    refused("[1, 2", "schema must be YAML");
  }

  @Test
  void infer_publicRows_givesTypesAndConstants() throws Exception {
    TableSchema schema = TableSchema.infer(
        HEADER, ROWS, SchemaInference.labelledBy("outcome").ignoring(Set.of("id")));
    assertThat(schema.features())
        .containsExactly(
            new FeatureColumn.Numeric("age", 3, 1.63299316),
            new FeatureColumn.Categorical("colour", List.of("blue", "red")));
    assertThat(schema.label()).isEqualTo(new LabelColumn("outcome", List.of("a", "b")));
  }

  @Test
  void infer_moreValuesThanTheLimit_listsTheMostFrequent() throws Exception {
    TableSchema schema = TableSchema.infer(
        HEADER, ROWS, new SchemaInference(null, List.of(), Set.of("id", "age", "outcome"), 1));
    assertThat(schema.features())
        .containsExactly(new FeatureColumn.Categorical("colour", List.of("red")));
  }

  @Test
  void infer_longDistinctTexts_areReadByTheSentenceEncoder() throws Exception {
    List<List<String>> rows = IntStream.range(0, 20)
        .mapToObj(i -> List.of(
            "The patient of visit " + i + " feels well.",
            "Ward of internal medicine",
            "code-with-no-space-" + i))
        .toList();
    TableSchema schema =
        TableSchema.infer(List.of("note", "ward", "code"), rows, SchemaInference.unlabelled());
    assertThat(schema.features().get(0))
        .isEqualTo(new FeatureColumn.Text("note", new TextEncoding.MiniLm()));
    assertThat(schema.features().subList(1, 3))
        .allSatisfy(column -> assertThat(column).isInstanceOf(FeatureColumn.Categorical.class));
  }

  @Test
  void infer_constantOrEmptyColumn_isUnscaled() throws Exception {
    TableSchema schema = TableSchema.infer(
        List.of("same", "none"),
        List.of(List.of("7", ""), List.of("7", "?")),
        SchemaInference.unlabelled());
    assertThat(schema.features())
        .containsExactly(
            new FeatureColumn.Numeric("same", 7, 1), new FeatureColumn.Numeric("none", 0, 1));
  }

  @Test
  void infer_labelNotInPublicRows_needsClasses() throws Exception {
    SchemaInference inference = SchemaInference.labelledBy("secret outcome");
    assertThatThrownBy(() -> TableSchema.infer(HEADER, ROWS, inference))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining("must have the label column \"secret outcome\"");
    TableSchema schema = TableSchema.infer(HEADER, ROWS, inference.withClasses(List.of("x", "y")));
    assertThat(schema.label()).isEqualTo(new LabelColumn("secret outcome", List.of("x", "y")));
  }

  @Test
  void infer_raggedRow_isMalformed() {
    assertThatThrownBy(
            () -> TableSchema.infer(HEADER, List.of(List.of("1")), SchemaInference.unlabelled()))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining("row 1 must have 4 cells: 1");
  }

  @Test
  void decimals_shortest_readBackExactly() {
    for (double value :
        new double[] {0, 0.1, 1 / 3.0, 4e22, 1e-300, Double.MIN_VALUE, Double.MAX_VALUE, -123456.789
        }) {
      assertThat(Decimals.shortest(value).doubleValue()).isEqualTo(value);
    }
    assertThat(Decimals.shortest(0.1)).hasToString("0.1");
    assertThat(Decimals.shortest(4e22)).hasToString("4E+22");
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> TableSchema.parse(text))
        .isInstanceOf(MalformedSchemaException.class)
        .hasMessageContaining(message);
  }
}
