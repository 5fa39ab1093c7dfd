package dev.retort.wire;

import dev.retort.identity.PeerIdentity;
import dev.retort.proto.v1.EnrollmentGrpc;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.HandshakeGrpc;
import dev.retort.proto.v1.OperatorGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a caller reach only the services of its role: nodes the federation's, operators the operator's, anybody handshake
 * and enrolment. A service that nobody has listed here is closed to all.
 */
public final class RoleGate implements ServerInterceptor {

  private static final Set<String> OPEN =
      Set.of(HandshakeGrpc.SERVICE_NAME, EnrollmentGrpc.SERVICE_NAME);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String service = Objects.requireNonNullElse(call.getMethodDescriptor().getServiceName(), "");
    if (!OPEN.contains(service)) {
      check(service, Peers.current());
    }
    return next.startCall(call, headers);
  }

  private static void check(String service, @Nullable PeerIdentity peer) {
    if (peer == null) {
      throw ErrorReason.CERTIFICATE_REQUIRED.because(
          "service " + service + " needs a client certificate of this"
              + " federation: none was shown, or it was issued by another one; join with: retort node join TOKEN");
    }
    boolean allowed =
        (service.equals(FederationGrpc.SERVICE_NAME) && peer instanceof PeerIdentity.Node)
            || (service.equals(OperatorGrpc.SERVICE_NAME) && peer instanceof PeerIdentity.Operator);
    if (!allowed) {
      throw ErrorReason.ROLE_NOT_ALLOWED.because(
          "service " + service + " is not for " + peer.uri());
    }
  }
}
