package dev.retort.wire;

import dev.retort.identity.PeerIdentity;
import dev.retort.merkle.Digest;
import io.grpc.Context;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is calling, as an interceptor has established before a service runs. */
public final class Peers {

  /** The caller; absent from the context where the caller showed no certificate. */
  static final Context.Key<PeerIdentity> PEER = Context.key("retort-peer");

  /** SHA-256 of the certificate that the caller showed; absent where there is none. */
  static final Context.Key<Digest> CERTIFICATE = Context.key("retort-peer-certificate");

  private Peers() {}

  /** The caller of the current call, or null if it is anonymous. */
  public static @Nullable PeerIdentity current() {
    return PEER.get();
  }

  /** SHA-256 of the DER-encoded certificate that the caller showed; none within a process. */
  public static Optional<Digest> certificate() {
    return Optional.ofNullable(CERTIFICATE.get());
  }

  /**
   * The node that is calling.
   *
   * @throws io.grpc.StatusRuntimeException with {@link ErrorReason#ROLE_NOT_ALLOWED} if the caller is not a node
   */
  public static PeerIdentity.Node currentNode() {
    if (PEER.get() instanceof PeerIdentity.Node node) {
      return node;
    }
    throw ErrorReason.ROLE_NOT_ALLOWED.because("this call is for nodes");
  }
}
