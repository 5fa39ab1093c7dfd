package dev.retort.coordinator.enroll;

import dev.retort.identity.NodeId;
import java.security.MessageDigest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a coordinator keeps of a join token: enough to check a proof of its secret.
 *
 * <p>Confined to this package, which does not change the arrays.
 *
 * @param secretHash SHA-256 of the secret
 * @param failures the failed proofs so far
 * @param requestHash SHA-256 of the certificate request that used the token, or null while it is unused
 */
@SuppressWarnings("ArrayRecordComponent") // Package-private, compared through isUsedBy only.
record IssuedToken(
    NodeId node,
    byte[] secretHash,
    Instant expiresAt,
    int failures,
    byte @Nullable [] requestHash) {

  /** After so many failed proofs a token is worth nothing. */
  static final int MAX_FAILURES = 5;

  boolean isRevoked() {
    return failures >= MAX_FAILURES;
  }

  boolean isUsed() {
    return requestHash != null;
  }

  boolean isUsedBy(byte[] otherRequestHash) {
    return requestHash != null && MessageDigest.isEqual(requestHash, otherRequestHash);
  }

  boolean isExpired(Instant now) {
    return !now.isBefore(expiresAt);
  }
}
