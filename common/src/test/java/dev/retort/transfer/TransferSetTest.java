package dev.retort.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.ByteSamples;
import dev.retort.data.ElementType;
import dev.retort.data.FeatureColumn;
import dev.retort.data.FloatSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelColumn;
import dev.retort.data.SampleShape;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TransferSetTest {

  private static final String LICENCE = "CC0";

  @TempDir
  Path directory;

  private ByteSamples images;
  private ChunkStore store;

  @BeforeEach
  void makeImages() throws IOException {
    byte[] values = new byte[1000 * 784];
    new SplittableRandom(1).nextBytes(values);
    images = new ByteSamples(SampleShape.image(1, 28, 28), values);
    store = ChunkStore.open(directory.resolve("store"));
  }

  @Test
  void load_imported_isTheSameSamples() throws Exception {
    Manifest manifest = TransferImport.all("digits", LICENCE).samples(images, null, store);
    TransferSet set = TransferSet.load(Manifest.parse(manifest.canonicalBytes()), store);
    assertThat(set.manifest()).isEqualTo(manifest);
    assertThat(set.samples().encode(0, 1000)).isEqualTo(images.encode(0, 1000));
    assertThat(manifest.chunks()).hasSize(3);
    assertThat(manifest.range(2)).isEqualTo(new SampleRange(668, 332));
    assertThat(manifest.chunkBytes(2)).isEqualTo(332 * 784);
  }

  @Test
  void images_partOfIdxFile_takesThosePictures() throws Exception {
    Path file = directory.resolve("images");
    try (OutputStream out = Files.newOutputStream(file)) {
      IdxFile.writeImages(images, out);
    }
    Manifest manifest = new TransferImport(
            "digits", LICENCE, List.of("a", "b"), new SampleRange(990, 10))
        .images(file, store);
    assertThat(manifest.samples()).isEqualTo(10);
    assertThat(manifest.classes()).containsExactly("a", "b");
    assertThat(TransferSet.load(manifest, store).samples().encode(0, 10))
        .isEqualTo(images.encode(990, 10));
  }

  @Test
  void samples_partOutside_isRefused() {
    TransferImport beyond =
        new TransferImport("digits", LICENCE, List.of(), new SampleRange(991, 10));
    assertThatThrownBy(() -> beyond.samples(images, null, store))
        .isInstanceOf(RefusedImportException.class)
        .hasMessage("part must be within the 1000 samples: first 991, count 10");
  }

  @Test
  void samples_largerThanAChunk_areRefused() {
    ByteSamples large = new ByteSamples(SampleShape.row((1 << 20) + 1), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> TransferImport.all("large", LICENCE).samples(large, null, store))
        .isInstanceOf(RefusedImportException.class)
        .hasMessage("sample must be at most 1048576 bytes: 1048577");
  }

  @Test
  void table_csv_carriesItsSchemaAndClasses() throws Exception {
    TableSchema schema = new TableSchema(
        List.of(
            new FeatureColumn.Numeric("age", 50, 10),
            new FeatureColumn.Categorical("sex", List.of("F", "M"))),
        new LabelColumn("outcome", List.of("well", "ill")),
        Set.of(""));
    Path csv = Files.writeString(directory.resolve("public.csv"), "age,sex\n60,F\n,M\n");
    Manifest manifest = TransferImport.all("patients", LICENCE).table(csv, schema, store);
    Manifest parsed = Manifest.parse(manifest.canonicalBytes());
    assertThat(parsed.schema()).isEqualTo(schema);
    assertThat(parsed.classes()).containsExactly("well", "ill");
    FloatSamples expected = new FloatSamples(SampleShape.row(3), new float[] {1, 1, 0, 0, 0, 1});
    assertThat(TransferSet.load(parsed, store).samples().encode(0, 2))
        .isEqualTo(expected.encode(0, 2));
  }

  @Test
  void importTerms_againstTheirRules_areRefused() {
    assertThatThrownBy(() -> TransferImport.all("Digits", LICENCE))
        .hasMessageContaining("name must be 1 to 64 of a-z");
    assertThatThrownBy(() -> TransferImport.all("d".repeat(65), LICENCE))
        .hasMessageContaining("name must be");
    assertThatThrownBy(() -> TransferImport.all("digits", " "))
        .hasMessageContaining("licence must be");
    assertThatThrownBy(() -> new TransferImport("digits", LICENCE, List.of("one"), null))
        .hasMessageContaining("classes must be none, or at least two");
  }

  @Test
  void missing_asChunksArrive_shrinksToNothing() throws Exception {
    Manifest manifest = TransferImport.all("digits", LICENCE).samples(images, null, store);
    ChunkStore node = ChunkStore.open(directory.resolve("node"));
    assertThat(node.missing(manifest)).isEqualTo(manifest.chunks());
    node.put(manifest.chunks().get(1), store.read(manifest.chunks().get(1)));

    // A connection that breaks here leaves what was put; a new process asks for the rest only.
    ChunkStore reopened = ChunkStore.open(directory.resolve("node"));
    assertThat(reopened.missing(manifest))
        .containsExactly(manifest.chunks().get(0), manifest.chunks().get(2));
    assertThatThrownBy(() -> TransferSet.load(manifest, reopened))
        .isInstanceOf(MissingChunkException.class)
        .hasMessageContaining(manifest.chunks().get(0).hex());
    for (Digest chunk : reopened.missing(manifest)) {
      reopened.put(chunk, store.read(chunk));
    }
    assertThat(reopened.missing(manifest)).isEmpty();
    assertThat(TransferSet.load(manifest, reopened).samples().count()).isEqualTo(1000);
  }

  @Test
  void missing_equalChunks_areAskedForOnce() throws Exception {
    ByteSamples zeros = new ByteSamples(images.shape(), new byte[668 * 784]);
    Manifest manifest = TransferImport.all("zeros", LICENCE).samples(zeros, null, store);
    assertThat(manifest.chunks()).hasSize(2);
    assertThat(ChunkStore.open(directory.resolve("node")).missing(manifest)).hasSize(1);
  }

  @Test
  void put_otherBytes_isRefusedAndLeavesTheStoreAsItWas() throws Exception {
    Digest expected = Digest.of(new byte[] {1, 2, 3});
    assertThatThrownBy(() -> store.put(expected, new byte[] {1, 2, 4}))
        .isInstanceOfSatisfying(DigestMismatchException.class, e -> {
          assertThat(e.expected()).isEqualTo(expected);
          assertThat(e.actual()).isEqualTo(Digest.of(new byte[] {1, 2, 4}));
        })
        .hasMessageContaining(expected.hex());
    assertThat(store.contains(expected)).isFalse();
    assertThat(files(store.directory())).isEmpty();
  }

  @Test
  void put_tooLarge_isRefused() {
    byte[] large = new byte[Manifest.MAX_CHUNK_BYTES + 1];
    assertThatThrownBy(() -> store.put(Digest.of(large), large))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void put_twice_isTheSame() throws Exception {
    byte[] chunk = {1, 2, 3};
    store.put(Digest.of(chunk), chunk);
    store.put(Digest.of(chunk), chunk);
    assertThat(store.read(Digest.of(chunk))).isEqualTo(chunk);
    assertThat(files(store.directory())).hasSize(1);
  }

  @Test
  void read_damagedChunk_isRefusedAndAskedForAgain() throws Exception {
    Manifest manifest = TransferImport.all("digits", LICENCE).samples(images, null, store);
    Digest damaged = manifest.chunks().get(1);
    Path file = files(store.directory()).stream()
        .filter(path -> path.endsWith(damaged.hex()))
        .findFirst()
        .orElseThrow();
    byte[] bytes = Files.readAllBytes(file);
    bytes[17] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> TransferSet.load(manifest, store))
        .isInstanceOf(DigestMismatchException.class);

    assertThat(store.missing(manifest)).containsExactly(damaged);
    bytes[17] ^= 1;
    store.put(damaged, bytes);
    assertThat(TransferSet.load(manifest, store).samples().count()).isEqualTo(1000);
  }

  @Test
  void missing_chunkCutShort_isAskedForAgain() throws Exception {
    Manifest manifest = TransferImport.all("digits", LICENCE).samples(images, null, store);
    Path file = files(store.directory()).stream()
        .filter(path -> path.endsWith(manifest.chunks().get(0).hex()))
        .findFirst()
        .orElseThrow();
    Files.write(file, new byte[7]);
    assertThat(store.missing(manifest)).containsExactly(manifest.chunks().get(0));
  }

  @Test
  void load_rootOfOtherChunks_isRefused() throws Exception {
    Manifest good = TransferImport.all("digits", LICENCE).samples(images, null, store);
    Manifest bad = new Manifest(
        good.name(),
        good.samples(),
        good.shape(),
        good.elementType(),
        good.samplesPerChunk(),
        good.chunks(),
        Digest.of(new byte[0]),
        LICENCE,
        List.of(),
        null);
    assertThatThrownBy(() -> TransferSet.load(bad, store))
        .isInstanceOf(MalformedManifestException.class)
        .hasMessageContaining("root must be sha256:" + good.root());
  }

  @Test
  void load_chunkOfOtherSize_isRefused() throws Exception {
    Manifest good = TransferImport.all("digits", LICENCE).samples(images, null, store);
    Manifest bad = new Manifest(
        good.name(),
        good.samples() - 1,
        good.shape(),
        good.elementType(),
        good.samplesPerChunk(),
        good.chunks(),
        good.root(),
        LICENCE,
        List.of(),
        null);
    assertThatThrownBy(() -> TransferSet.load(bad, store))
        .isInstanceOf(MalformedManifestException.class)
        .hasMessageContaining("chunk 2 must be " + 331 * 784 + " bytes: " + 332 * 784);
  }

  @Test
  void load_floatsNotFinite_areRefused() throws Exception {
    byte[] notANumber = {0, 0, (byte) 0xc0, 0x7f};
    store.put(Digest.of(notANumber), notANumber);
    Manifest manifest = new Manifest(
        "nan",
        1,
        SampleShape.row(1),
        ElementType.F32,
        1,
        List.of(Digest.of(notANumber)),
        MerkleTree.leaf(notANumber),
        LICENCE,
        List.of(),
        null);
    assertThatThrownBy(() -> TransferSet.load(manifest, store))
        .isInstanceOf(MalformedManifestException.class)
        .hasMessageContaining("values must be finite: number 0");
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
