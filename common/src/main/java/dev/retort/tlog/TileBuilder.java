package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a log into tiles as its entries pass by, holding at most one tile a level. A writer puts them into files, an auditor
 * compares them with files. Not thread-safe.
 */
public final class TileBuilder {

  private final Sink sink;
  private final List<ByteArrayOutputStream> levels = new ArrayList<>();
  private final ByteArrayOutputStream bundle = new ByteArrayOutputStream();
  private long size;

  /** Takes each tile and bundle when it is complete, and the partial ones at the end. */
  public interface Sink {

    /** A tile's hashes, 32 bytes each. */
    void tile(Tile tile, byte[] hashes) throws LogUnavailableException;

    /** The bundle of the entries under a tile of level 0. */
    void bundle(Tile tile, byte[] entries) throws LogUnavailableException;
  }

  /** A builder for an empty log. */
  public TileBuilder(Sink sink) {
    this.sink = sink;
  }

  /**
   * Takes in the next entry.
   *
   * @param hashes what {@link MerkleLog#append} returned for it
   */
  public void append(byte[] entry, List<Digest> hashes) throws LogUnavailableException {
    EntryBundle.append(bundle, entry);
    size++;
    if (size % Tile.WIDTH == 0) {
      sink.bundle(Tile.ofTree(size, 0, size / Tile.WIDTH - 1), bundle.toByteArray());
      bundle.reset();
    }
    // Of the subtrees that an entry completes, every eighth has a height that tiles write down.
    for (int level = 0; 8 * level < hashes.size(); level++) {
      if (level == levels.size()) {
        levels.add(new ByteArrayOutputStream());
      }
      ByteArrayOutputStream tile = levels.get(level);
      tile.writeBytes(hashes.get(8 * level).bytes());
      if (tile.size() == Tile.WIDTH * Digest.BYTES) {
        long count = size >> (8 * level);
        sink.tile(Tile.ofTree(size, level, count / Tile.WIDTH - 1), tile.toByteArray());
        tile.reset();
      }
    }
  }

  /** Hands out the partial tiles; nothing may be appended after. */
  public void finish() throws LogUnavailableException {
    if (bundle.size() > 0) {
      sink.bundle(Tile.ofTree(size, 0, size / Tile.WIDTH), bundle.toByteArray());
    }
    for (int level = 0; level < levels.size(); level++) {
      if (levels.get(level).size() > 0) {
        long count = size >> (8 * level);
        sink.tile(
            Tile.ofTree(size, level, count / Tile.WIDTH), levels.get(level).toByteArray());
      }
    }
  }
}
