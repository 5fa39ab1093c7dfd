package dev.retort.tlog;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A log's tiles in a directory, in the layout of C2SP tlog-tiles. What is read is what the files say; whether the tiles are
 * those of the entries is for an audit to find. Not thread-safe.
 */
public final class Tiles implements HashReader {

  private static final int CACHED = 64;

  private final Path directory;
  private final long size;
  private final Map<Tile, List<Digest>> cache = new LinkedHashMap<>(CACHED, 0.75f, true);

  /**
   * The tiles of a log.
   *
   * @param directory that holds {@code tile}
   * @param size the log's count of entries
   */
  public Tiles(Path directory, long size) {
    this.directory = directory;
    this.size = size;
  }

  /** Receives entries in order. */
  public interface Entries {
    void entry(byte[] entry) throws LogUnavailableException;
  }

  /** A source of entries in order. */
  public interface EntrySource {
    void forEach(Entries entries) throws MalformedLogException, LogUnavailableException;
  }

  /**
   * Writes a log's tiles and entries.
   *
   * @param directory where {@code tile} is made
   * @param size how many of the entries
   * @param hashes the stored hashes of the log
   * @param entries at least as many
   * @return the root over the entries, from the entries alone
   * @throws MalformedLogException if the stored hashes are not those of the entries, or there are too few entries
   */
  public static Digest write(Path directory, long size, HashReader hashes, EntrySource entries)
      throws MalformedLogException, LogUnavailableException {
    MerkleLog tree = new MerkleLog();
    TileBuilder builder = new TileBuilder(new FileSink(directory));
    entries.forEach(entry -> {
      if (tree.size() < size) {
        builder.append(entry, tree.append(entry));
      }
    });
    builder.finish();
    Digest root = tree.root();
    if (tree.size() != size || !new MerkleProver(hashes).root(size).equals(root)) {
      throw new MalformedLogException(
          "log must hold the " + size + " entries that its stored hashes are of: " + tree.size());
    }
    return root;
  }

  /** Tiles as files below a directory. */
  private record FileSink(Path directory) implements TileBuilder.Sink {

    @Override
    public void tile(Tile tile, byte[] hashes) throws LogUnavailableException {
      write(tile.path(), hashes);
    }

    @Override
    public void bundle(Tile tile, byte[] entries) throws LogUnavailableException {
      write(tile.bundlePath(), entries);
    }

    private void write(String path, byte[] bytes) throws LogUnavailableException {
      Path file = directory.resolve(path);
      try {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
      } catch (IOException e) {
        throw new LogUnavailableException("tile must be writable: " + file, e);
      }
    }
  }

  /** The count of entries. */
  public long size() {
    return size;
  }

  /**
   * The entries of a bundle.
   *
   * @param n the bundle's index
   * @throws MalformedLogException if the bundle is missing or malformed
   */
  public List<byte[]> entries(long n) throws MalformedLogException, LogUnavailableException {
    Tile tile = Tile.ofTree(size, 0, n);
    byte[] bundle = read(tile.bundlePath(), Tile.WIDTH * (2L + Envelope.MAX_BYTES));
    try {
      return EntryBundle.parse(bundle, tile.width());
    } catch (MalformedLogException e) {
      throw new MalformedLogException(tile.bundlePath() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The hashes of a tile.
   *
   * @throws MalformedLogException if the file is missing or has another size
   */
  public byte[] hashes(Tile tile) throws MalformedLogException, LogUnavailableException {
    int bytes = tile.width() * Digest.BYTES;
    byte[] hashes = read(tile.path(), bytes);
    if (hashes.length != bytes) {
      throw new MalformedLogException(
          tile.path() + " must be " + bytes + " bytes long: " + hashes.length);
    }
    return hashes;
  }

  @Override
  public Digest hash(int level, long n) throws LogUnavailableException {
    if (level < 0 || n < 0 || level >= Long.SIZE - 1 || n >= size >> level) {
      throw new LogUnavailableException("log must have the subtree " + n + " of level " + level);
    }
    // Of a level that tiles leave out, the subtree's leaves stand together in one tile below.
    int above = level % 8;
    long first = n << above;
    List<Digest> tile = digests(Tile.ofTree(size, level / 8, first / Tile.WIDTH));
    int from = (int) (first % Tile.WIDTH);
    return MerkleTree.root(tile.subList(from, from + (1 << above)));
  }

  private List<Digest> digests(Tile tile) throws LogUnavailableException {
    List<Digest> known = cache.get(tile);
    if (known != null) {
      return known;
    }
    List<Digest> digests = new ArrayList<>(tile.width());
    try {
      byte[] hashes = hashes(tile);
      for (int i = 0; i < hashes.length; i += Digest.BYTES) {
        digests.add(Digest.ofBytes(Arrays.copyOfRange(hashes, i, i + Digest.BYTES)));
      }
    } catch (MalformedLogException e) {
      throw new LogUnavailableException(String.valueOf(e.getMessage()), e);
    }
    if (cache.size() == CACHED) {
      cache.remove(cache.keySet().iterator().next());
    }
    cache.put(tile, digests);
    return digests;
  }

  private byte[] read(String path, long maxBytes)
      throws MalformedLogException, LogUnavailableException {
    return LogDirectory.read(directory, path, maxBytes);
  }
}
