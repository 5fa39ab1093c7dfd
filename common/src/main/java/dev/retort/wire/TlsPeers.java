package dev.retort.wire;

import dev.retort.identity.InvalidPeerCertificateException;
import dev.retort.identity.PeerIdentity;
import dev.retort.merkle.Digest;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Reads the caller's identity from the certificate that TLS has verified against the federation root. A caller without a
 * certificate goes on as anonymous; {@link RoleGate} decides what that is good for.
 */
public final class TlsPeers implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return next.startCall(call, headers);
    }
    PeerIdentity peer;
    Digest certificate;
    try {
      X509Certificate shown = (X509Certificate) session.getPeerCertificates()[0];
      peer = PeerIdentity.of(shown);
      certificate = Digest.of(shown.getEncoded());
    } catch (SSLPeerUnverifiedException e) {
      return next.startCall(call, headers); // No certificate was shown.
    } catch (InvalidPeerCertificateException | CertificateEncodingException e) {
      throw ErrorReason.CERTIFICATE_INVALID.because(String.valueOf(e.getMessage()));
    }
    return Contexts.interceptCall(
        Context.current().withValues(Peers.PEER, peer, Peers.CERTIFICATE, certificate),
        call,
        headers,
        next);
  }
}
