package dev.retort.coordinator.witness;

import dev.retort.tlog.SignedRotation;
import java.util.Optional;

/** The identity keys of the enrolled nodes. Safe for use by several threads. */
@FunctionalInterface
public interface NodeKeys {

  /** The Ed25519 key with which a node signs its ledger, 32 bytes, if the node is enrolled. */
  Optional<byte[]> identityKey(String nodeId);

  /**
   * Makes the new key of a rotation the node's, and keeps the old one and the entry that replaced it; nothing if the node's
   * key is not the rotation's old one. On disk when it returns. Keys in memory, as in a simulation, never change.
   *
   * @param rotation signed by both keys, in a tree of the node's ledger that the witness has accepted
   * @throws IllegalStateException if these keys are in memory
   */
  default void follow(String nodeId, SignedRotation rotation) {
    throw new IllegalStateException("key of node must not change: " + nodeId);
  }
}
