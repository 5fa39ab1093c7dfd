package dev.retort.coordinator;

import dev.retort.coordinator.round.NodeRoster;
import dev.retort.coordinator.witness.NodeKeys;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;

/**
 * Who belongs to a federation.
 *
 * @param name its name
 * @param identity the coordinator's key, which signs manifests and cosigns checkpoints
 * @param roster the enrolled nodes
 * @param keys their identity keys
 */
public record FederationMembers(
    FederationName name, IdentityKey identity, NodeRoster roster, NodeKeys keys) {}
