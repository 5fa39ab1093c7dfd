package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * All hashes of a log's full subtrees in the order in which they become known, which is where a log's file keeps them: each
 * leaf is followed by the subtrees that it completes, smallest first. Not thread-safe.
 */
public final class StoredHashes implements HashReader {

  private final List<Digest> hashes = new ArrayList<>();

  /** Those of no entries. */
  public StoredHashes() {}

  /** Takes in what {@link MerkleLog#append} returned. */
  public void addAll(List<Digest> more) {
    hashes.addAll(more);
  }

  @Override
  public Digest hash(int level, long n) throws LogUnavailableException {
    long position = position(level, n);
    if (position >= hashes.size()) {
      throw new LogUnavailableException("log must have the subtree " + n + " of level " + level);
    }
    return hashes.get(Math.toIntExact(position));
  }

  /** Where the hash of a full subtree stands. */
  static long position(int level, long n) {
    // The leaf that completes it, then the hashes before that leaf, then the smaller subtrees that
    // the leaf completes first.
    long leaf = ((n + 1) << level) - 1;
    return count(leaf) + level;
  }

  /** How many hashes a log of {@code size} entries stores. */
  static long count(long size) {
    long count = 0;
    for (long subtrees = size; subtrees > 0; subtrees >>= 1) {
      count += subtrees;
    }
    return count;
  }
}
