package dev.retort.merkle;

import java.security.MessageDigest;
import java.util.List;

/** The hash tree of RFC 6962 section 2.1 over SHA-256. */
public final class MerkleTree {

  private MerkleTree() {}

  /** The hash of a leaf: SHA-256(0x00 || {@code entry}). */
  public static Digest leaf(byte[] entry) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update((byte) 0);
    return Digest.ofBytes(sha256.digest(entry));
  }

  /** The hash of an inner node: SHA-256(0x01 || {@code left} || {@code right}). */
  public static Digest node(Digest left, Digest right) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update((byte) 1);
    sha256.update(left.bytes());
    return Digest.ofBytes(sha256.digest(right.bytes()));
  }

  /** The root over leaf hashes in order; SHA-256 of nothing for no leaves. */
  public static Digest root(List<Digest> leaves) {
    return switch (leaves.size()) {
      case 0 -> Digest.of(new byte[0]);
      case 1 -> leaves.get(0);
      default -> {
        // The largest power of two smaller than the count goes left.
        int split = Integer.highestOneBit(leaves.size() - 1);
        yield node(root(leaves.subList(0, split)), root(leaves.subList(split, leaves.size())));
      }
    };
  }
}
