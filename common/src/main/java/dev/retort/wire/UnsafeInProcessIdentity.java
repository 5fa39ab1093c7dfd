package dev.retort.wire;

import dev.retort.identity.InvalidPeerCertificateException;
import dev.retort.identity.PeerIdentity;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Identity by assertion, for simulations in one process. Unsafe because the caller merely says who it is: on a server that
 * listens on a network, anybody would be any node. There, {@link TlsPeers} reads the identity from a verified certificate.
 */
public final class UnsafeInProcessIdentity {

  private static final Metadata.Key<String> PEER =
      Metadata.Key.of("retort-unsafe-peer", Metadata.ASCII_STRING_MARSHALLER);

  private UnsafeInProcessIdentity() {}

  /** Makes every call of a channel in the name of a peer. */
  public static ClientInterceptor assertedBy(PeerIdentity peer) {
    return new ClientInterceptor() {
      @Override
      public <Q, R> ClientCall<Q, R> interceptCall(
          MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
          @Override
          public void start(Listener<R> listener, Metadata headers) {
            headers.put(PEER, peer.uri());
            super.start(listener, headers);
          }
        };
      }
    };
  }

  /** Believes what callers say of themselves: stands where {@link TlsPeers} stands on a network server. */
  public static ServerInterceptor believed() {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String uri = headers.get(PEER);
        if (uri == null) {
          return next.startCall(call, headers);
        }
        try {
          Context context = Context.current().withValue(Peers.PEER, PeerIdentity.ofUri(uri));
          return Contexts.interceptCall(context, call, headers, next);
        } catch (InvalidPeerCertificateException e) {
          throw ErrorReason.CERTIFICATE_INVALID.because(String.valueOf(e.getMessage()));
        }
      }
    };
  }
}
