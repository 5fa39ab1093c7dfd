package dev.retort.tlog;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.util.List;

/**
 * A rotation as it stands in its log, and the way from it to a root: what whoever knows the old key needs to trust the new
 * one.
 *
 * @param seq the entry's index
 * @param rotation what it says
 * @param envelope the entry as it was signed
 * @param path digests from the leaf upwards (RFC 6962, inclusion proof); empty where nobody asks for the way
 */
public record SignedRotation(long seq, KeyRotation rotation, Envelope envelope, List<Digest> path) {

  public SignedRotation {
    path = List.copyOf(path);
  }

  /**
   * Reads a rotation from its envelope.
   *
   * @throws MalformedLogException if the envelope holds another kind of entry, or a malformed one
   */
  public static SignedRotation of(Envelope envelope, List<Digest> path)
      throws MalformedLogException {
    FieldReader fields = new FieldReader(CanonicalJson.parse(envelope.payload()));
    fields.constant("type", KeyRotation.TYPE);
    long seq = fields.integer("seq");
    fields.digest("prevRoot");
    fields.integer("tick");
    try {
      KeyRotation rotation = KeyRotation.read(fields);
      fields.requireAllRead();
      return new SignedRotation(seq, rotation, envelope, path);
    } catch (IllegalArgumentException e) {
      throw new MalformedLogException("rotation must be valid: " + e.getMessage(), e);
    }
  }

  /** Whether both keys signed it. */
  public boolean isSignedByBoth() {
    return envelope.isSignedBy(rotation.from()) && envelope.isSignedBy(rotation.to());
  }

  /** Whether the entry is at its place in the tree of {@code size} entries with this root. */
  public boolean leadsTo(Digest root, long size) {
    return MerkleProofs.verifyInclusion(MerkleTree.leaf(envelope.encode()), seq, size, path, root);
  }
}
