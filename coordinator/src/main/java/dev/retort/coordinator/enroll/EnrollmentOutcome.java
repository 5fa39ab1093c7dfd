package dev.retort.coordinator.enroll;

import java.security.cert.X509Certificate;
import java.util.List;

/** What became of an attempt to enrol. */
public sealed interface EnrollmentOutcome {

  /** The node is enrolled; its chain: leaf, authority, root. */
  record Granted(List<X509Certificate> chain) implements EnrollmentOutcome {
    public Granted {
      chain = List.copyOf(chain);
    }
  }

  /** The node is not enrolled by this attempt; the message is for the site's operator. */
  record Refused(Reason reason, String message) implements EnrollmentOutcome {}

  /** Why an attempt was refused. */
  enum Reason {
    /** No token was issued for the node, or the proof of its secret does not hold. */
    TOKEN_UNKNOWN,
    /** The token has enrolled a node already. */
    TOKEN_USED,
    /** The token is older than its lifetime. */
    TOKEN_EXPIRED,
    /** Five failed proofs have revoked the token. */
    TOKEN_REVOKED,
    /** The nonce, the certificate request or the identity signature does not hold. */
    REQUEST_INVALID
  }
}
