package dev.retort.data;

import static dev.retort.data.StoredSamplesTest.gathered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.text.TextEncoder;
import dev.retort.text.TextEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CsvTableTest {

  private static final TableSchema SCHEMA = new TableSchema(
      List.of(
          new FeatureColumn.Numeric("age", 50, 10),
          new FeatureColumn.Categorical("sex", List.of("F", "M"))),
      new LabelColumn("outcome", List.of("well", "ill")),
      TableSchema.DEFAULT_MISSING);

  private static final String TABLE = """
      patient,outcome,sex,age,clinic
      p1,ill,M,60,north
      p2,well,F,?,south
      p1,well,other, 45.5 ,north
      """;

  @TempDir
  Path directory;

  @Test
  void readPrivate_wellFormed_isTypedByTheSchema() throws Exception {
    PrivateTable table = CsvTable.readPrivate(
        file(TABLE), SCHEMA, PrivateColumns.none().withUnit("patient").withSite("clinic"));
    assertThat(gathered(table.records().samples(), 0, 1, 2))
        .containsExactly(1, 0, 1, 0, 1, 0, -0.45f, 0, 0);
    assertThat(table.records().labels()).containsExactly(1, 0, 0);
    assertThat(table.units()).containsExactly("p1", "p2", "p1");
    assertThat(table.sites()).containsExactly("north", "south", "north");
  }

  @Test
  void readPrivate_noUnitColumn_eachRowIsAUnit() throws Exception {
    PrivateTable table = CsvTable.readPrivate(file(TABLE), SCHEMA, PrivateColumns.none());
    assertThat(table.units()).containsExactly("0", "1", "2");
    assertThat(table.sites()).isEmpty();
  }

  @Test
  void readFeatures_noLabelColumn_isRead() throws Exception {
    FloatSamples samples = CsvTable.readFeatures(file("sex,age\nM,50\n"), SCHEMA);
    assertThat(gathered(samples, 0)).containsExactly(0, 0, 1);
  }

  @Test
  void readFeatures_byteOrderMarkGzipAndQuotes_areRead() throws Exception {
    String text = "\uFEFF\"age\",sex\r\n\"5e1\",\"F\"\r\n";
    Path packed = Files.write(
        directory.resolve("t"), IdxFileTest.gzip(text.getBytes(StandardCharsets.UTF_8)));
    assertThat(gathered(CsvTable.readFeatures(packed, SCHEMA), 0)).containsExactly(0, 1, 0);
  }

  @Test
  void readFeatures_manyRows_growsAsNeeded() throws Exception {
    FloatSamples samples = CsvTable.readFeatures(file("age,sex\n" + "60,M\n".repeat(1000)), SCHEMA);
    assertThat(samples.count()).isEqualTo(1000);
    assertThat(gathered(samples, 999)).containsExactly(1, 0, 1);
  }

  @Test
  void readFeatures_textColumns_areEncodedEachWayInOrder() throws Exception {
    TableSchema schema = new TableSchema(
        List.of(
            new FeatureColumn.Text("note", new TextEncoding.Words(256)),
            new FeatureColumn.Numeric("age", 50, 10),
            new FeatureColumn.Text("note", new TextEncoding.MiniLm())),
        null,
        TableSchema.DEFAULT_MISSING);
    List<Long> told = new ArrayList<>();
    FloatSamples samples = CsvTable.readFeatures(
        file("age,note\n60,\"severe pain,\nat night\"\n40,?\n"), schema, told::add);
    assertThat(samples.shape()).isEqualTo(SampleShape.row(256 + 1 + 384));
    float[] row = gathered(samples, 0);
    float[] words = new float[256];
    float[] sentence = new float[384];
    encode(new TextEncoding.Words(256), "severe pain,\nat night", words);
    encode(new TextEncoding.MiniLm(), "severe pain,\nat night", sentence);
    assertThat(Arrays.copyOfRange(row, 0, 256)).isEqualTo(words);
    assertThat(row[256]).isEqualTo(1);
    assertThat(Arrays.copyOfRange(row, 257, 641)).isEqualTo(sentence);
    float[] missing = new float[641];
    missing[256] = -1;
    assertThat(gathered(samples, 1)).isEqualTo(missing);
    assertThat(told).containsExactly(2L);
  }

  @Test
  void readFeatures_manyTexts_keepTheirRows() throws Exception {
    TableSchema schema = new TableSchema(
        List.of(new FeatureColumn.Text("note", new TextEncoding.Words(256))),
        null,
        TableSchema.DEFAULT_MISSING);
    StringBuilder table = new StringBuilder("note\n");
    for (int i = 0; i < 1500; i++) {
      table.append("word").append(i).append('\n');
    }
    FloatSamples samples = CsvTable.readFeatures(file(table.toString()), schema);
    for (int i = 0; i < 1500; i++) {
      float[] expected = new float[256];
      encode(new TextEncoding.Words(256), "word" + i, expected);
      assertThat(gathered(samples, i)).isEqualTo(expected);
    }
  }

  @Test
  void readFeatures_tooLongText_isRefusedWithoutIt() throws Exception {
    TableSchema schema = new TableSchema(
        List.of(new FeatureColumn.Text("note", new TextEncoding.Words(256))),
        null,
        TableSchema.DEFAULT_MISSING);
    Path file = file("note\n" + "secret ".repeat(150_000) + "\n");
    assertThatThrownBy(() -> CsvTable.readFeatures(file, schema))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining(
            "row 1, column \"note\" must be a text of at most 1048576 characters; shorten it")
        .message()
        .doesNotContain("secret");
  }

  @Test
  void readFeatures_missingColumn_namesIt() throws Exception {
    refused("age,outcome\n50,ill\n", "header must have the column \"sex\"; add it");
  }

  @Test
  void readPrivate_missingLabelUnitOrSite_namesIt() throws Exception {
    refused("age,sex\n50,M\n", "header must have the column \"outcome\"");
    Path file = file(TABLE);
    assertThatThrownBy(
            () -> CsvTable.readPrivate(file, SCHEMA, PrivateColumns.none().withUnit("nhs")))
        .hasMessageContaining("header must have the column \"nhs\"");
  }

  @Test
  void readPrivate_wordWhereANumberStands_namesPlaceAndRuleButNotTheCell() throws Exception {
    MalformedTableException refusal = refused(
        "age,sex,outcome\n50,M,ill\nsecret,M,ill\n",
        "row 2, column \"age\" must be a finite decimal number or missing; correct the cell");
    assertThat(refusal.row()).isEqualTo(2);
  }

  @Test
  void readPrivate_javaOnlyNumbers_areRefused() throws Exception {
    for (String word : List.of("NaN", "Infinity", "0x1p3", "1d", "1_000", "1e999", "--1", ".")) {
      refused(
          "age,sex,outcome\n" + word + ",M,ill\n",
          "row 1, column \"age\" must be a finite decimal");
    }
  }

  @Test
  void readPrivate_labelOutsideLabelSpace_listsTheClassesButNotTheCell() throws Exception {
    refused(
        "age,sex,outcome\n50,M,secret\n",
        "row 1, column \"outcome\" must be a class of the label space [well, ill]; correct the cell");
  }

  @Test
  void readPrivate_raggedRow_namesBothLengths() throws Exception {
    refused("age,sex,outcome\n50,M,ill\n50,M\n", "row 2 must have 3 cells, one a column: 2");
    refused("age,sex,outcome\n50,M,ill,secret\n", "row 1 must have 3 cells, one a column: 4");
  }

  @Test
  void readPrivate_openQuote_isMalformedWithoutTheCell() throws Exception {
    refused("age,sex,outcome\n50,\"secret,ill\n", "must be CSV as in RFC 4180");
    refused("age,sex,outcome\n50,\"M\"secret,ill\n", "must be CSV as in RFC 4180");
  }

  @Test
  void readPrivate_repeatedColumn_isMalformed() throws Exception {
    refused("age,sex,age,outcome\n1,M,2,ill\n", "must name each column once: \"age\"");
  }

  @Test
  void readPrivate_noRowsOrNoHeader_isMalformed() throws Exception {
    refused("age,sex,outcome\n", "a table has rows");
    refused("", "header must be there");
  }

  @Test
  void readPrivate_emptyUnit_namesTheRow() throws Exception {
    Path file = file("id,age,sex,outcome\na,50,M,ill\n ,50,M,ill\n");
    assertThatThrownBy(
            () -> CsvTable.readPrivate(file, SCHEMA, PrivateColumns.none().withUnit("id")))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining("row 2, column \"id\" must not be empty");
  }

  @Test
  void readPrivate_notUtf8_isMalformed() throws Exception {
    Path file = Files.write(
        directory.resolve("latin"),
        "age,sex,outcome\n50,\u00e9,ill\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> CsvTable.readPrivate(file, SCHEMA, PrivateColumns.none()))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void readPrivate_gzipCutShort_isMalformed() throws Exception {
    byte[] packed = IdxFileTest.gzip(TABLE.getBytes(StandardCharsets.UTF_8));
    for (int length : new int[] {5, 30, packed.length - 1}) {
      Path file = Files.write(directory.resolve("cut"), Arrays.copyOf(packed, length));
      assertThatThrownBy(() -> CsvTable.readPrivate(file, SCHEMA, PrivateColumns.none()))
          .isInstanceOf(MalformedTableException.class)
          .hasMessageContaining("undamaged gzip");
    }
  }

  @Test
  void csvRows_limit_readsNoFurther() throws Exception {
    CsvRows rows = CsvRows.read(file("a,b\n1,2\n3,4\nragged\n"), 2);
    assertThat(rows.header()).containsExactly("a", "b");
    assertThat(rows.rows()).containsExactly(List.of("1", "2"), List.of("3", "4"));
  }

  @Test
  void readUnits_oneALine_areRead() throws Exception {
    assertThat(PrivateTable.readUnits(file("a\nb\na\n"), 3)).containsExactly("a", "b", "a");
  }

  @Test
  void readUnits_otherCountOrBlank_isMalformed() throws Exception {
    Path file = file("a\nb\n");
    assertThatThrownBy(() -> PrivateTable.readUnits(file, 3))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining("row 3 must be there");
    assertThatThrownBy(() -> PrivateTable.readUnits(file, 1))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining("row 2 must not be there");
    Path blank = file("a\n\nb\n");
    assertThatThrownBy(() -> PrivateTable.readUnits(blank, 3))
        .hasMessageContaining("row 2 must not be blank");
  }

  private static void encode(TextEncoding encoding, String text, float[] out) {
    try (TextEncoder encoder = encoding.open()) {
      encoder.encode(text, out, 0);
    }
  }

  private MalformedTableException refused(String text, String message) throws IOException {
    Path file = file(text);
    try {
      CsvTable.readPrivate(file, SCHEMA, PrivateColumns.none());
    } catch (MalformedTableException e) {
      assertThat(e).hasMessageContaining(message).message().doesNotContain("secret");
      assertThat(e).hasMessageStartingWith(file.toString());
      assertThat(e.file()).isEqualTo(file.toString());
      return e;
    }
    throw new AssertionError("must be refused: " + text);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "table", ".csv"), text);
  }
}
