package dev.retort.tlog;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.util.ArrayList;
import java.util.List;

/**
 * Roots and proofs of RFC 6962 (section 2.1) from stored hashes, reading a number of them that grows with the logarithm of
 * the log's size. {@link MerkleProofs} verifies them. As thread-safe as its reader.
 */
public final class MerkleProver {

  private final HashReader hashes;

  /** A prover for the log with these hashes. */
  public MerkleProver(HashReader hashes) {
    this.hashes = hashes;
  }

  /** The root of the tree over the first {@code size} entries. */
  public Digest root(long size) throws LogUnavailableException {
    requireNotNegative("size", size);
    return size == 0 ? MerkleTree.root(List.of()) : subtree(0, size);
  }

  /** Proves that the leaf at {@code index} is in the tree over the first {@code size} entries. */
  public List<Digest> inclusion(long index, long size) throws LogUnavailableException {
    requireNotNegative("index", index);
    if (index >= size) {
      throw new IllegalArgumentException("index must be in [0, " + size + "): " + index);
    }
    List<Digest> proof = new ArrayList<>();
    collectInclusion(0, size, index, proof);
    return List.copyOf(proof);
  }

  /** Proves that the tree over the first {@code oldSize} entries is a prefix of that over the first {@code size}. */
  public List<Digest> consistency(long oldSize, long size) throws LogUnavailableException {
    requireNotNegative("oldSize", oldSize);
    if (oldSize > size) {
      throw new IllegalArgumentException("oldSize must be in [0, " + size + "]: " + oldSize);
    }
    List<Digest> proof = new ArrayList<>();
    if (oldSize > 0) {
      collectConsistency(0, size, oldSize, true, proof);
    }
    return List.copyOf(proof);
  }

  // The root over entries [first, first + size): with the RFC's splits, first is a multiple of the
  // largest power of two that size can be.
  private Digest subtree(long first, long size) throws LogUnavailableException {
    if (Long.bitCount(size) == 1) {
      int level = Long.numberOfTrailingZeros(size);
      return hashes.hash(level, first >> level);
    }
    long split = split(size);
    return MerkleTree.node(subtree(first, split), subtree(first + split, size - split));
  }

  private void collectInclusion(long first, long size, long index, List<Digest> proof)
      throws LogUnavailableException {
    if (size == 1) {
      return;
    }
    long split = split(size);
    if (index < split) {
      collectInclusion(first, split, index, proof);
      proof.add(subtree(first + split, size - split));
    } else {
      collectInclusion(first + split, size - split, index - split, proof);
      proof.add(subtree(first, split));
    }
  }

  private void collectConsistency(
      long first, long size, long oldSize, boolean oldRootIsKnown, List<Digest> proof)
      throws LogUnavailableException {
    if (oldSize == size) {
      if (!oldRootIsKnown) {
        proof.add(subtree(first, size));
      }
      return;
    }
    long split = split(size);
    if (oldSize <= split) {
      collectConsistency(first, split, oldSize, oldRootIsKnown, proof);
      proof.add(subtree(first + split, size - split));
    } else {
      collectConsistency(first + split, size - split, oldSize - split, false, proof);
      proof.add(subtree(first, split));
    }
  }

  // The largest power of two below size.
  private static long split(long size) {
    return Long.highestOneBit(size - 1);
  }

  private static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be >= 0: " + value);
    }
  }
}
