package dev.retort.transfer;

import java.security.GeneralSecurityException;

/** Signs with a publisher's Ed25519 key, wherever that key is kept. */
@FunctionalInterface
public interface ManifestSigner {

  /** The 64-byte Ed25519 signature (RFC 8032) of {@code message}. */
  byte[] sign(byte[] message) throws GeneralSecurityException;
}
