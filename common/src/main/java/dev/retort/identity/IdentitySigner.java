package dev.retort.identity;

import dev.retort.tlog.LogSigner;

/**
 * Signs logs and cosigns checkpoints by an identity key.
 *
 * @param name the name of the log and of the witness
 * @param key the key
 */
public record IdentitySigner(String name, IdentityKey key) implements LogSigner {

  /** Signs as a node. */
  public static IdentitySigner of(PeerIdentity.Node node, IdentityKey key) {
    return new IdentitySigner(name(node), key);
  }

  /** Signs as a federation's coordinator. */
  public static IdentitySigner ofCoordinator(FederationName federation, IdentityKey key) {
    return new IdentitySigner(coordinatorName(federation), key);
  }

  /** The name of a node's ledger and of the node as a witness. */
  public static String name(PeerIdentity.Node node) {
    return "retort/" + node.federation() + "/" + node.id();
  }

  /** The name of a coordinator as a witness. No node's name is the same. */
  public static String coordinatorName(FederationName federation) {
    return "retort/" + federation;
  }

  @Override
  public byte[] publicKey() {
    return key.publicKey();
  }

  @Override
  public byte[] sign(byte[] message) {
    return key.sign(message);
  }
}
