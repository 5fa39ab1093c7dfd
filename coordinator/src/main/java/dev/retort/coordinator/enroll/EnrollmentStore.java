package dev.retort.coordinator.enroll;

import dev.retort.identity.NodeId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The durable directory of nodes and join tokens. Every method is one transaction, safe for concurrent use. */
public interface EnrollmentStore {

  /** Every enrolled node, by id. */
  List<EnrolledNode> nodes();

  /** An enrolled node, or null. */
  @Nullable
  EnrolledNode node(NodeId id);

  /**
   * Keeps a token in the place of an unused one of the same node.
   *
   * @param secretHash SHA-256 of the token's secret
   * @return false, and nothing changed, if the node is enrolled already
   */
  boolean addToken(NodeId node, byte[] secretHash, Instant expiresAt);

  /** The token of a node, used or not, or null. */
  @Nullable
  IssuedToken token(NodeId node);

  /** Counts a failed proof against a token that is not used yet. */
  void countFailure(IssuedToken token);

  /**
   * Gives a node another identity key, and keeps the old one.
   *
   * @param from the key that the node must have, 32 bytes
   * @param to the key that it has from then on, 32 bytes
   * @param statement the entry of the node's ledger that says so, signed by both keys, as it stands there
   * @return false, and nothing changed, if the node's key is another one
   */
  boolean replaceIdentityKey(NodeId node, byte[] from, byte[] to, byte[] statement, Instant now);

  /**
   * Uses up a token and enrols its node, both or neither.
   *
   * @param requestHash SHA-256 of the certificate request
   * @return false, and nothing changed, if the token is no longer as it was read, or has been used, revoked or replaced
   */
  boolean enroll(IssuedToken token, byte[] requestHash, EnrolledNode node);
}
