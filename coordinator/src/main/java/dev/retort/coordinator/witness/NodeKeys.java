package dev.retort.coordinator.witness;

import java.util.Optional;

/** The identity keys of the enrolled nodes. */
@FunctionalInterface
public interface NodeKeys {

  /** The Ed25519 key with which a node signs its ledger, 32 bytes, if the node is enrolled. */
  Optional<byte[]> identityKey(String nodeId);
}
