package dev.retort.node.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.ByteSamples;
import dev.retort.data.ElementType;
import dev.retort.data.FeatureColumn;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelColumn;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleShape;
import dev.retort.data.SampleView;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import dev.retort.transfer.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteRecordsTest {

  private static final TableSchema SCHEMA = new TableSchema(
      List.of(new FeatureColumn.Numeric("age", 50, 10), new FeatureColumn.Numeric("dose", 0, 1)),
      new LabelColumn("outcome", List.of("no", "yes")),
      TableSchema.DEFAULT_MISSING);

  @TempDir
  Path home;

  private static Manifest manifest(SampleShape shape, @Nullable TableSchema schema) {
    byte[] chunk = new byte[shape.size() * Float.BYTES];
    return new Manifest(
        "public",
        1,
        shape,
        ElementType.F32,
        1,
        List.of(Digest.of(chunk)),
        MerkleTree.root(List.of(MerkleTree.leaf(chunk))),
        "CC0-1.0",
        List.of(),
        schema);
  }

  private static SampleView view(@Nullable TableSchema schema, String name) throws Exception {
    return SampleView.of(schema, name);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(home.resolve(name), text);
  }

  private Path images(int count) throws IOException {
    Path file = home.resolve("images");
    try (OutputStream out = Files.newOutputStream(file)) {
      IdxFile.writeImages(new ByteSamples(SampleShape.image(1, 4, 4), new byte[count * 16]), out);
    }
    return file;
  }

  private Path labels(int... labels) throws IOException {
    Path file = home.resolve("labels");
    try (OutputStream out = Files.newOutputStream(file)) {
      IdxFile.writeLabels(labels, out);
    }
    return file;
  }

  @Test
  void images_withUnits_readsBoth() throws Exception {
    Path units = write("units", "ann\nbob\nann\n");
    PrivateTable table = new ImageRecords(images(3), labels(0, 1, 0), units)
        .read(manifest(SampleShape.image(1, 4, 4), null), view(null, ""), 2);
    assertThat(table.units()).containsExactly("ann", "bob", "ann");
    assertThat(table.records().labels()).containsExactly(0, 1, 0);
  }

  @Test
  void images_cutShort_namesTheFileLocallyAndNothingInPublic() throws Exception {
    Path images = images(3);
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, java.util.Arrays.copyOf(whole, whole.length - 1));
    ImageRecords records = new ImageRecords(images, labels(0, 1, 0), null);
    assertThatThrownBy(
            () -> records.read(manifest(SampleShape.image(1, 4, 4), null), view(null, ""), 2))
        .isInstanceOfSatisfying(UnsuitableRecordsException.class, e -> {
          assertThat(e).hasMessageContaining("images");
          assertThat(e.publicMessage())
              .isEqualTo("the site cannot read its records for this study");
        });
  }

  @Test
  void images_labelOutsideTheLabelSpace_isUnsuitable() throws Exception {
    ImageRecords records = new ImageRecords(images(2), labels(0, 2), null);
    assertThatThrownBy(
            () -> records.read(manifest(SampleShape.image(1, 4, 4), null), view(null, ""), 2))
        .isInstanceOf(UnsuitableRecordsException.class);
  }

  @Test
  void images_forATable_isUnsuitable() throws Exception {
    ImageRecords records = new ImageRecords(images(1), labels(0), null);
    assertThatThrownBy(() -> records.read(manifest(SCHEMA.shape(), SCHEMA), view(SCHEMA, ""), 2))
        .isInstanceOfSatisfying(
            UnsuitableRecordsException.class,
            e -> assertThat(e.publicMessage())
                .isEqualTo("the site's records are images, and the transfer set is a table"));
  }

  @Test
  void table_withUnitColumn_readsIt() throws Exception {
    Path file = write("t.csv", "patient,age,dose,outcome\np1,60,1,yes\np2,50,2,no\np1,40,3,no\n");
    PrivateTable table = new TableRecords(file, "patient")
        .read(manifest(SCHEMA.shape(), SCHEMA), view(SCHEMA, ""), 2);
    assertThat(table.units()).containsExactly("p1", "p2", "p1");
    assertThat(table.records().labels()).containsExactly(1, 0, 0);
  }

  @Test
  void table_missingColumn_namesItLocallyAndNothingInPublic() throws Exception {
    TableRecords records = new TableRecords(write("t.csv", "age,outcome\n60,yes\n"), null);
    assertThatThrownBy(() -> records.read(manifest(SCHEMA.shape(), SCHEMA), view(SCHEMA, ""), 2))
        .isInstanceOfSatisfying(UnsuitableRecordsException.class, e -> {
          assertThat(e).hasMessageContaining("dose");
          assertThat(e.publicMessage()).doesNotContain("dose");
        });
  }

  @Test
  void table_wordWhereANumberStands_namesRowAndColumnAndNotTheWord() throws Exception {
    TableRecords records =
        new TableRecords(write("t.csv", "age,dose,outcome\n60,1,yes\nsecret,1,no\n"), null);
    assertThatThrownBy(() -> records.read(manifest(SCHEMA.shape(), SCHEMA), view(SCHEMA, ""), 2))
        .isInstanceOfSatisfying(UnsuitableRecordsException.class, e -> {
          assertThat(e).hasMessageContaining("age").hasMessageNotContaining("secret");
          assertThat(e.publicMessage())
              .isEqualTo("the site cannot read its records for this study");
        });
  }

  @Test
  void table_withoutSchema_isUnsuitable() throws Exception {
    TableRecords records = new TableRecords(write("t.csv", "age\n1\n"), null);
    assertThatThrownBy(
            () -> records.read(manifest(SampleShape.image(1, 4, 4), null), view(null, ""), 2))
        .isInstanceOf(UnsuitableRecordsException.class)
        .hasMessage("data.kind must be images for a transfer set without a schema: table");
  }

  private static TableSchema twoViews() throws Exception {
    return TableSchema.parse("""
        label: { column: outcome, classes: [no, yes] }
        features:
          - { column: scan, kind: numeric, mean: 0, scale: 1, view: image }
          - { column: age, kind: numeric, mean: 50, scale: 10 }
          - { column: note, kind: text, encoder: words-256, view: text }
        """);
  }

  @Test
  void table_withoutTheOtherViewsColumn_isReadInItsOwn() throws Exception {
    TableSchema schema = twoViews();
    Manifest manifest = manifest(schema.shape(), schema);
    TableRecords records =
        new TableRecords(write("t.csv", "age,scan,outcome\n60,7,yes\n40,8,no\n"), null);
    PrivateTable table = records.read(manifest, view(schema, "image"), 2);
    FloatBuffer numbers = FloatBuffer.allocate(4);
    table.records().samples().gather(new int[] {0, 1}, 0, 2, numbers);
    assertThat(numbers.array()).containsExactly(7, 1, 8, -1);
    assertThat(records.read(manifest, view(schema, "image"), 2)).isSameAs(table);
    for (String other : List.of("text", "")) {
      assertThatThrownBy(() -> records.read(manifest, view(schema, other), 2))
          .isInstanceOf(UnsuitableRecordsException.class)
          .hasMessageContaining("note");
    }
  }

  @Test
  void held_ofAView_isThatOfTheWholeRecords() throws Exception {
    TableSchema schema = twoViews();
    PrivateTable whole = new TableRecords(
            write("t.csv", "age,scan,note,outcome\n60,7,unwell,yes\n"), null)
        .read(manifest(schema.shape(), schema), view(schema, ""), 2);
    PrivateTable seen =
        SiteRecords.held(whole).read(manifest(schema.shape(), schema), view(schema, "image"), 2);
    assertThat(seen.records().samples().shape()).isEqualTo(SampleShape.row(2));
    ShardKey key = new ShardKey(new byte[ShardKey.BYTES]);
    assertThat(RecordsCommitment.of(key, seen)).isNotEqualTo(RecordsCommitment.of(key, whole));
  }

  @Test
  void commitment_oneLabelChanged_changes() throws Exception {
    ShardKey key = new ShardKey(new byte[ShardKey.BYTES]);
    Manifest manifest = manifest(SCHEMA.shape(), SCHEMA);
    String text = "patient,age,dose,outcome\np1,60,1,yes\np2,50,2,no\n";
    Digest before = RecordsCommitment.of(
        key, new TableRecords(write("a", text), "patient").read(manifest, view(SCHEMA, ""), 2));
    Digest same = RecordsCommitment.of(
        key, new TableRecords(write("b", text), "patient").read(manifest, view(SCHEMA, ""), 2));
    Digest after = RecordsCommitment.of(
        key,
        new TableRecords(write("c", text.replace("yes", "no")), "patient")
            .read(manifest, view(SCHEMA, ""), 2));
    Digest otherUnit = RecordsCommitment.of(
        key,
        new TableRecords(write("d", text.replace("p2", "p1")), "patient")
            .read(manifest, view(SCHEMA, ""), 2));
    assertThat(same).isEqualTo(before);
    assertThat(after).isNotEqualTo(before);
    assertThat(otherUnit).isNotEqualTo(before);
  }
}
