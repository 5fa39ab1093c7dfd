package dev.retort.tlog;

/** The node's Ed25519 identity as the ledger needs it. Safe for use by several threads. */
public interface LogSigner {

  /** The log's name: its origin in checkpoints. No spaces, no plus sign, no control characters. */
  String name();

  /** The raw public key, 32 bytes. */
  byte[] publicKey();

  /** The Ed25519 signature of {@code message}, 64 bytes. */
  byte[] sign(byte[] message);
}
