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
   * Uses up a token and enrols its node, both or neither.
   *
   * @param requestHash SHA-256 of the certificate request
   * @return false, and nothing changed, if the token is no longer as it was read, or has been used, revoked or replaced
   */
  boolean enroll(IssuedToken token, byte[] requestHash, EnrolledNode node);
}
