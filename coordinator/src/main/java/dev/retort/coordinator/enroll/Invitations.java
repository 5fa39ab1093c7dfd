package dev.retort.coordinator.enroll;

import dev.retort.identity.JoinToken;
import dev.retort.identity.NodeId;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Issues join tokens. */
public final class Invitations {

  /** How long a token lives unless asked otherwise. */
  public static final Duration DEFAULT_LIFETIME = Duration.ofHours(24);

  /** How long a token may live. */
  public static final Duration MAX_LIFETIME = Duration.ofDays(7);

  /** What became of an invitation. */
  public sealed interface Outcome {

    /** The token, to be shown once: only the hash of its secret is kept. */
    record Issued(JoinToken token, Instant expiresAt) implements Outcome {}

    /** No token; the message says why and what to do. */
    record Refused(String message) implements Outcome {}
  }

  private final EnrollmentStore store;
  private final X509Certificate root;
  private final Clock clock;
  private final SecureRandom random;

  /** Invitations to the federation of a root. */
  public Invitations(
      EnrollmentStore store, X509Certificate root, Clock clock, SecureRandom random) {
    this.store = store;
    this.root = root;
    this.clock = clock;
    this.random = random;
  }

  /** A token for a node that is not enrolled. An earlier token of the same node, not used yet, becomes worthless. */
  public Outcome invite(NodeId node, Duration lifetime) {
    if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(MAX_LIFETIME) > 0) {
      return new Outcome.Refused("lifetime must be over 0 and at most 7 days: " + lifetime);
    }
    JoinToken token = JoinToken.create(node, root, random);
    Instant expiresAt = clock.instant().plus(lifetime);
    if (!store.addToken(node, token.secretHash(), expiresAt)) {
      return new Outcome.Refused("node " + node
          + " is enrolled already, and its identity signs its ledger;" + " invite another node id");
    }
    return new Outcome.Issued(token, expiresAt);
  }
}
