package dev.retort.tlog;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.util.ArrayList;
import java.util.List;

/**
 * The growing hash tree of RFC 6962, as its size and the roots of its full subtrees: at most 63 digests, so appending to
 * a log of any length costs the same. Not thread-safe.
 */
public final class MerkleLog {

  // Roots of the full subtrees, largest (leftmost) first: one for each 1 bit of the size.
  private final List<Digest> subtrees;
  private long size;

  /** An empty log. */
  public MerkleLog() {
    this(new ArrayList<>(), 0);
  }

  private MerkleLog(List<Digest> subtrees, long size) {
    this.subtrees = subtrees;
    this.size = size;
  }

  /** A log that grows apart from this one. */
  public MerkleLog copy() {
    return new MerkleLog(new ArrayList<>(subtrees), size);
  }

  /**
   * Appends a leaf.
   *
   * @return its hash, then those of the subtrees that it completes, smallest first
   */
  public List<Digest> append(byte[] entry) {
    Digest subtree = MerkleTree.leaf(entry);
    List<Digest> known = new ArrayList<>();
    known.add(subtree);
    // Each trailing 1 bit of the size is a full subtree as large as the one in hand.
    for (long rest = size; (rest & 1) == 1; rest >>= 1) {
      subtree = MerkleTree.node(subtrees.remove(subtrees.size() - 1), subtree);
      known.add(subtree);
    }
    subtrees.add(subtree);
    size++;
    return known;
  }

  /** The count of leaves. */
  public long size() {
    return size;
  }

  /** The root over all leaves. */
  public Digest root() {
    if (size == 0) {
      return MerkleTree.root(List.of());
    }
    Digest root = subtrees.get(subtrees.size() - 1);
    for (int i = subtrees.size() - 2; i >= 0; i--) {
      root = MerkleTree.node(subtrees.get(i), root);
    }
    return root;
  }
}
