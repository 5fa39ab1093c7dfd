package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SampleViewTest {

  private static final String YAML = """
      label: { column: label, classes: [a, b] }
      features:
        - { column: left, kind: numeric, mean: 0, scale: 1, view: first }
        - { column: both, kind: categorical, values: [x, y] }
        - { column: right, kind: numeric, mean: 0, scale: 1, view: second }
      """;

  private static final Samples WHOLE =
      new FloatSamples(SampleShape.row(4), new float[] {1, 2, 3, 4, 5, 6, 7, 8});

  private static SampleView view(String name) throws Exception {
    return SampleView.of(TableSchema.parse(YAML), name);
  }

  private static float[] numbers(Samples samples) {
    FloatBuffer out = FloatBuffer.allocate(samples.count() * samples.shape().size());
    samples.gather(new int[] {1, 0}, 0, 2, out);
    return out.array();
  }

  @Test
  void of_view_seesItsColumnsAndThoseOfNone() throws Exception {
    SampleView first = view("first");
    assertThat(first.of(WHOLE.shape())).isEqualTo(SampleShape.row(3));
    assertThat(numbers(first.of(WHOLE))).containsExactly(5, 6, 7, 1, 2, 3);
    assertThat(numbers(view("second").of(WHOLE))).containsExactly(6, 7, 8, 2, 3, 4);
    TableSchema schema = first.schema();
    assertThat(schema).isNotNull();
    assertThat(schema.features()).extracting(FeatureColumn::name).containsExactly("left", "both");
    assertThat(schema.label()).isNotNull();
  }

  @Test
  void of_labelledRecords_keepTheirLabels() throws Exception {
    PrivateTable table = PrivateTable.ofRows(new LabelledSamples(WHOLE, new int[] {1, 0}, 2));
    PrivateTable seen = view("second").of(table);
    assertThat(seen.records().labels()).containsExactly(1, 0);
    assertThat(seen.units()).isEqualTo(table.units());
    assertThat(numbers(seen.records().samples())).containsExactly(6, 7, 8, 2, 3, 4);
  }

  @Test
  void of_noName_seesAll() throws Exception {
    assertThat(view("").of(WHOLE)).isSameAs(WHOLE);
    assertThat(SampleView.of(null, "").of(WHOLE)).isSameAs(WHOLE);
    assertThat(SampleView.of(null, "").schema()).isNull();
  }

  @Test
  void of_unknownName_saysWhichThereAre() throws Exception {
    assertUnknown(
        TableSchema.parse(YAML),
        "must be one of the transfer set's views, first, second, or '' for all columns: third");
    assertUnknown(null, "must be '' for a transfer set without views: third");
  }

  private static void assertUnknown(@Nullable TableSchema schema, String message) {
    assertThatThrownBy(() -> SampleView.of(schema, "third"))
        .isInstanceOf(UnknownViewException.class)
        .hasMessage(message);
  }
}
