package dev.retort.coordinator.enroll;

import dev.retort.coordinator.enroll.EnrollmentOutcome.Granted;
import dev.retort.coordinator.enroll.EnrollmentOutcome.Reason;
import dev.retort.coordinator.enroll.EnrollmentOutcome.Refused;
import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.CertificateRequest;
import dev.retort.identity.EnrollmentProof;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.InvalidCertificateRequestException;
import dev.retort.identity.NodeId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges proofs of a join token for node certificates. A token enrols one node: its first success uses it up, in the
 * same transaction as the node's entry in the directory. The very same request may be repeated while the token lives, for
 * a node that has missed the answer; it gets a certificate for the same keys and changes nothing.
 *
 * <p>Safe for concurrent use, also by several processes over one database.
 */
public final class Enrollment {

  private static final Logger LOG = LoggerFactory.getLogger(Enrollment.class);
  private static final int MAX_NONCES = 10_000;

  private final EnrollmentStore store;
  private final CertificateAuthority authority;
  private final Duration leafLife;
  private final Clock clock;
  private final Nonces nonces;

  /**
   * Enrolment into the authority's federation.
   *
   * @param leafLife how long a node's certificate lives
   */
  public Enrollment(
      EnrollmentStore store,
      CertificateAuthority authority,
      Duration leafLife,
      Clock clock,
      SecureRandom random) {
    this.store = store;
    this.authority = authority;
    this.leafLife = leafLife;
    this.clock = clock;
    this.nonces = new Nonces(clock, random, MAX_NONCES);
  }

  /** A nonce of 32 bytes for one attempt within two minutes, or null while too many are out. */
  public byte @Nullable [] begin(NodeId node) {
    return nonces.give(node);
  }

  /** Enrols a node, or says why not. */
  public EnrollmentOutcome enroll(EnrollmentAttempt attempt) {
    EnrollmentOutcome outcome = decide(attempt);
    if (outcome instanceof Refused refused) {
      LOG.warn("refused to enrol node {}: {}", attempt.node(), refused.reason());
    } else {
      LOG.info("enrolled node {}", attempt.node());
    }
    return outcome;
  }

  private EnrollmentOutcome decide(EnrollmentAttempt attempt) {
    if (!nonces.redeem(attempt.nonce(), attempt.node())) {
      return new Refused(
          Reason.REQUEST_INVALID, "nonce must be fresh, unused and of this node: join again");
    }
    IssuedToken token = store.token(attempt.node());
    if (token == null) {
      return unknown(attempt.node());
    }
    // The proof comes first: whoever does not hold the secret learns nothing about the token.
    if (!proofHolds(token, attempt)) {
      store.countFailure(token);
      return unknown(attempt.node());
    }
    byte[] requestHash = sha256(attempt.request());
    if (token.isUsed()) {
      return used(token, attempt, requestHash);
    }
    if (token.isRevoked()) {
      return new Refused(
          Reason.TOKEN_REVOKED, "five failed proofs have revoked this token: ask for a new one");
    }
    if (token.isExpired(clock.instant())) {
      return new Refused(
          Reason.TOKEN_EXPIRED, "this token ended at " + token.expiresAt() + ": ask for a new one");
    }
    return grant(token, attempt, requestHash);
  }

  private static boolean proofHolds(IssuedToken token, EnrollmentAttempt attempt) {
    byte[] expected = EnrollmentProof.mac(
        token.secretHash(), attempt.request(), attempt.identityKey(), attempt.nonce());
    return EnrollmentProof.sameMac(expected, attempt.mac());
  }

  private static Refused unknown(NodeId node) {
    return new Refused(
        Reason.TOKEN_UNKNOWN,
        "no valid token for node " + node
            + ": copy the whole token, or ask for a new one if a later token was"
            + " issued for this node");
  }

  private EnrollmentOutcome grant(
      IssuedToken token, EnrollmentAttempt attempt, byte[] requestHash) {
    CertificateRequest request;
    try {
      request = CertificateRequest.parse(attempt.request());
    } catch (InvalidCertificateRequestException e) {
      return new Refused(Reason.REQUEST_INVALID, String.valueOf(e.getMessage()));
    }
    byte[] message = EnrollmentProof.identityMessage(attempt.request(), attempt.node());
    if (!IdentityKey.verify(attempt.identityKey(), message, attempt.identitySignature())) {
      return new Refused(
          Reason.REQUEST_INVALID,
          "identity signature must hold for the request, the node and the identity key");
    }
    Instant now = clock.instant();
    var chain = authority.issueNode(attempt.node(), request, leafLife);
    if (store.enroll(
        token, requestHash, new EnrolledNode(attempt.node(), attempt.identityKey(), now))) {
      return new Granted(chain);
    }
    // Another attempt was faster, or the token was replaced or revoked meanwhile.
    IssuedToken after = store.token(attempt.node());
    if (after == null || !Arrays.equals(after.secretHash(), token.secretHash())) {
      return unknown(attempt.node());
    }
    return after.isUsed()
        ? used(after, attempt, requestHash)
        : new Refused(
            Reason.TOKEN_REVOKED, "five failed proofs have revoked this token: ask for a new one");
  }

  private EnrollmentOutcome used(IssuedToken token, EnrollmentAttempt attempt, byte[] requestHash) {
    EnrolledNode node = store.node(attempt.node());
    boolean repeated = token.isUsedBy(requestHash)
        && node != null
        && Arrays.equals(node.identityKey(), attempt.identityKey())
        && !token.isExpired(clock.instant());
    if (!repeated) {
      return new Refused(
          Reason.TOKEN_USED,
          "this token has enrolled node " + attempt.node() + " already: ask for a new one");
    }
    try {
      return new Granted(authority.issueNode(
          attempt.node(), CertificateRequest.parse(attempt.request()), leafLife));
    } catch (InvalidCertificateRequestException e) {
      throw new IllegalStateException("a request that was granted once is well formed", e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
