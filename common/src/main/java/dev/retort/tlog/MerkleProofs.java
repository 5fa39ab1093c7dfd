package dev.retort.tlog;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.util.List;

/** Verifies inclusion and consistency proofs of RFC 6962 (section 2.1) by the algorithms of RFC 9162. */
public final class MerkleProofs {

  private MerkleProofs() {}

  /** Whether {@code proof} shows that {@code leaf} is at {@code index} of the tree of {@code size} leaves and that root. */
  public static boolean verifyInclusion(
      Digest leaf, long index, long size, List<Digest> proof, Digest root) {
    if (index < 0 || index >= size) {
      return false;
    }
    long node = index;
    long last = size - 1;
    Digest hash = leaf;
    for (Digest sibling : proof) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = MerkleTree.node(sibling, hash);
        // The last node of an odd level has no sibling: climb to where it has one.
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = MerkleTree.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && hash.equals(root);
  }

  /** Whether {@code proof} shows that the tree of {@code oldSize} leaves and {@code oldRoot} is a prefix of the other. */
  public static boolean verifyConsistency(
      long oldSize, Digest oldRoot, long size, Digest root, List<Digest> proof) {
    if (oldSize < 0 || oldSize > size) {
      return false;
    }
    if (oldSize == size) {
      return proof.isEmpty() && oldRoot.equals(root);
    }
    if (oldSize == 0) {
      return proof.isEmpty() && oldRoot.equals(MerkleTree.root(List.of()));
    }
    // A tree of 2^k leaves is a node of the larger one, and its hash is left out of the proof.
    boolean oldRootIsNode = Long.bitCount(oldSize) == 1;
    if (!oldRootIsNode && proof.isEmpty()) {
      return false;
    }
    long node = oldSize - 1;
    long last = size - 1;
    while ((node & 1) == 1) {
      node >>= 1;
      last >>= 1;
    }
    Digest oldHash = oldRootIsNode ? oldRoot : proof.get(0);
    Digest hash = oldHash;
    for (Digest sibling : oldRootIsNode ? proof : proof.subList(1, proof.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        oldHash = MerkleTree.node(sibling, oldHash);
        hash = MerkleTree.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = MerkleTree.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && oldHash.equals(oldRoot) && hash.equals(root);
  }
}
