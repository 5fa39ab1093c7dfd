package dev.retort.node.session;

import dev.retort.identity.IdentitySigner;
import dev.retort.identity.PeerIdentity;
import dev.retort.ledger.Party;
import dev.retort.tlog.VerifierKey;
import io.grpc.ManagedChannel;
import java.util.function.Supplier;

/**
 * The way to a coordinator.
 *
 * @param node who this node is
 * @param channel makes the channel, authenticated as this node; called once, and the session closes what it made
 * @param target the coordinator's address, for messages
 * @param coordinatorKey the Ed25519 key by which the coordinator signs manifests, 32 bytes
 * @param software this program's version, for the coordinator's log
 */
public record Uplink(
    PeerIdentity.Node node,
    Supplier<ManagedChannel> channel,
    String target,
    PublicKey coordinatorKey,
    String software) {

  /** The coordinator as the ledger names it: by its federation and the key that enrolment pinned. */
  Party party() {
    return Party.ofKey(node.federation().value(), coordinatorKey.bytes());
  }

  /** The key by which the coordinator cosigns checkpoints. */
  VerifierKey witnessKey() {
    return VerifierKey.ofWitness(
        IdentitySigner.coordinatorName(node.federation()), coordinatorKey.bytes());
  }

  /** An Ed25519 public key. Immutable. */
  public static final class PublicKey {

    private final byte[] bytes;

    /** The key of these 32 bytes; copied. */
    public PublicKey(byte[] bytes) {
      if (bytes.length != 32) {
        throw new IllegalArgumentException("public key must be 32 bytes: " + bytes.length);
      }
      this.bytes = bytes.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }
  }
}
