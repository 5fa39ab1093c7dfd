package dev.retort.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TilesTest {

  @TempDir
  Path directory;

  private final StoredHashes stored = new StoredHashes();
  private final MerkleLog tree = new MerkleLog();
  private final List<byte[]> entries = new ArrayList<>();

  private void fill(int size) {
    while (entries.size() < size) {
      byte[] entry = ByteBuffer.allocate(Integer.BYTES).putInt(entries.size()).array();
      entries.add(entry);
      stored.addAll(tree.append(entry));
    }
  }

  private void write(int size) throws Exception {
    Tiles.write(directory, size, stored, visitor -> {
      for (byte[] entry : entries) {
        visitor.entry(entry);
      }
    });
  }

  private Set<String> files() throws Exception {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> directory.relativize(path).toString())
          .collect(Collectors.toSet());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 256, tile/0/000",
    "1, 3, 17, tile/1/003.p/17",
    "0, 1234067, 256, tile/0/x001/x234/067",
    "2, 1000, 1, tile/2/x001/000.p/1",
    "0, 999, 255, tile/0/999.p/255"
  })
  void path_isThatOfTheSpecification(int level, long n, int width, String path) throws Exception {
    Tile tile = new Tile(level, n, width);
    assertThat(tile.path()).isEqualTo(path);
    assertThat(Tile.parse(path)).isEqualTo(tile);
    if (level == 0) {
      String bundle = path.replace("tile/0", "tile/entries");
      assertThat(tile.bundlePath()).isEqualTo(bundle);
      assertThat(Tile.parse(bundle)).isEqualTo(tile);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tile",
        "tile/0",
        "tile/0/1",
        "tile/8/000",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/1/",
        "tile/0/../000",
        "tile/entries/x001",
        "/tile/0/000",
        "tile/0/x999/x999/x999/x999/x999/999"
      })
  void parse_ofAnotherPath_isRefused(String path) {
    assertThatThrownBy(() -> Tile.parse(path)).isInstanceOf(MalformedLogException.class);
  }

  @Test
  void write_seventyThousand_hasTheTilesOfTheSpecificationsExample() throws Exception {
    fill(70_000);
    write(70_000);
    Set<String> files = files();
    assertThat(files).hasSize(2 * 274 + 2 + 1);
    assertThat(files)
        .contains(
            "tile/0/272",
            "tile/0/273.p/112",
            "tile/1/000",
            "tile/1/001.p/17",
            "tile/2/000.p/1",
            "tile/entries/272",
            "tile/entries/273.p/112");
    assertThat(files).allMatch(path -> parse(path).isOfTree(70_000));
    Tiles tiles = new Tiles(directory, 70_000);
    assertThat(new MerkleProver(tiles).root(70_000)).isEqualTo(tree.root());
    assertThat(new MerkleProver(tiles).root(65_537))
        .isEqualTo(new MerkleProver(stored).root(65_537));
    assertThat(new MerkleProver(tiles).consistency(300, 70_000))
        .isEqualTo(new MerkleProver(stored).consistency(300, 70_000));
    assertThat(tiles.entries(273).get(111)).isEqualTo(entries.get(69_999));
  }

  @Test
  void write_ofAnySize_readsBackTheSame() throws Exception {
    for (int size : List.of(0, 1, 2, 255, 256, 257, 512, 700)) {
      fill(size);
      Path here = directory.resolve("size" + size);
      Files.createDirectories(here);
      Digest root = Tiles.write(here, size, stored, visitor -> {
        for (byte[] entry : entries) {
          visitor.entry(entry);
        }
      });
      assertThat(root).isEqualTo(new MerkleProver(stored).root(size));
      Tiles tiles = new Tiles(here, size);
      assertThat(new MerkleProver(tiles).root(size)).isEqualTo(root);
      for (int level = 0; size >> level > 0; level++) {
        for (long n = 0; n < size >> level; n++) {
          assertThat(tiles.hash(level, n)).isEqualTo(stored.hash(level, n));
        }
      }
    }
  }

  @Test
  void write_hashesOfOtherEntries_isRefused() {
    fill(3);
    entries.set(1, new byte[] {9});
    assertThatThrownBy(() -> write(3)).isInstanceOf(MalformedLogException.class);
  }

  @Test
  void write_fewerEntriesThanSize_isRefused() {
    fill(3);
    entries.remove(2);
    assertThatThrownBy(() -> write(3)).isInstanceOf(MalformedLogException.class);
  }

  @Test
  void bundle_isLengthPrefixedEntries() throws Exception {
    byte[] bundle = EntryBundle.encode(List.of(new byte[] {7}, new byte[0], new byte[258]));
    assertThat(bundle).hasSize(3 + 2 + 260).startsWith(0, 1, 7, 0, 0, 1, 2);
    assertThat(EntryBundle.parse(bundle, 3)).hasSize(3);
    assertThatThrownBy(() -> EntryBundle.parse(bundle, 2))
        .isInstanceOf(MalformedLogException.class);
    assertThatThrownBy(() -> EntryBundle.parse(bundle, 4))
        .isInstanceOf(MalformedLogException.class);
    assertThatThrownBy(() -> EntryBundle.encode(List.of(new byte[65_536])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void parse_anyBundle_throwsNothingElse(@ForAll byte[] bundle, @ForAll byte count) {
    try {
      assertThat(EntryBundle.encode(EntryBundle.parse(bundle, count))).isEqualTo(bundle);
    } catch (MalformedLogException expected) {
      assertThat(expected).hasMessageContaining("must");
    }
  }

  private static Tile parse(String path) {
    try {
      return Tile.parse(path);
    } catch (MalformedLogException e) {
      throw new AssertionError(e);
    }
  }
}
