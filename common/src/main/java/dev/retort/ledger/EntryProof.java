package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.MerkleProofs;
import java.util.List;

/**
 * An entry of a ledger, and the way from it to the root of a tree (RFC 6962, inclusion proof).
 *
 * @param seq the entry's sequence number
 * @param envelope the entry as it was signed
 * @param path digests from the leaf upwards
 */
public record EntryProof(long seq, Envelope envelope, List<Digest> path) {

  public EntryProof {
    path = List.copyOf(path);
  }

  /** Whether the entry is at its place in the tree of {@code size} entries with this root. */
  public boolean leadsTo(Digest root, long size) {
    return MerkleProofs.verifyInclusion(MerkleTree.leaf(envelope.encode()), seq, size, path, root);
  }
}
