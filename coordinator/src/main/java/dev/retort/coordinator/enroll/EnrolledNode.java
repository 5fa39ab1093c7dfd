package dev.retort.coordinator.enroll;

import dev.retort.identity.IdentityKey;
import dev.retort.identity.NodeId;
import java.time.Instant;
import java.util.Arrays;

/**
 * A node of the federation.
 *
 * @param identityKey the Ed25519 key, 32 bytes, by which the node signs its ledger
 */
@SuppressWarnings("ArrayRecordComponent") // Copied on the way in and out, compared by content.
public record EnrolledNode(NodeId id, byte[] identityKey, Instant enrolledAt) {

  public EnrolledNode {
    if (identityKey.length != IdentityKey.PUBLIC_KEY_BYTES) {
      throw new IllegalArgumentException("identity key must be 32 bytes: " + identityKey.length);
    }
    identityKey = identityKey.clone();
  }

  @Override
  public byte[] identityKey() {
    return identityKey.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EnrolledNode that
        && id.equals(that.id)
        && Arrays.equals(identityKey, that.identityKey)
        && enrolledAt.equals(that.enrolledAt);
  }

  @Override
  public int hashCode() {
    return id.hashCode() * 31 + Arrays.hashCode(identityKey);
  }

  @Override
  public String toString() {
    return "EnrolledNode[" + id + "]";
  }
}
