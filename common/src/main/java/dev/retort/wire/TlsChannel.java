package dev.retort.wire;

import dev.retort.identity.CertifiedKey;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * Channels to a coordinator: TLS 1.3 only, the federation root as the only trust, and the host name checked against the
 * server's certificate.
 */
public final class TlsChannel {

  private TlsChannel() {}

  /** A channel of a member, authenticated by its certificate on both sides. */
  public static NettyChannelBuilder mutual(String host, int port, CertifiedKey identity) {
    return mutual(host, port, identity, identity.root());
  }

  /** For tests of refusals: with a certificate that may be of another federation than the server trusted. */
  static NettyChannelBuilder mutual(
      String host, int port, CertifiedKey identity, X509Certificate root) {
    return channel(
        host,
        port,
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .keyManager(identity.privateKey(), identity.chain().toArray(X509Certificate[]::new))
            .trustManager(root));
  }

  /** A channel of somebody without a certificate, who knows the root. */
  public static NettyChannelBuilder anonymous(String host, int port, X509Certificate root) {
    return channel(
        host,
        port,
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(root));
  }

  /**
   * A channel of somebody who knows no more than the SHA-256 of the root's DER: the server sends its root along, and it is
   * trusted if it is the one pinned.
   */
  public static NettyChannelBuilder pinned(String host, int port, byte[] rootFingerprint) {
    TrustManager pin = new PinnedRootTrust(rootFingerprint);
    return channel(
        host,
        port,
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(pin));
  }

  private static NettyChannelBuilder channel(String host, int port, SslContextBuilder ssl) {
    try {
      return NettyChannelBuilder.forAddress(host, port)
          .sslContext(ssl.protocols("TLSv1.3").build())
          .maxInboundMessageSize(TlsServer.MAX_MESSAGE_BYTES)
          .keepAliveTime(TlsServer.KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
          .keepAliveWithoutCalls(true);
    } catch (SSLException e) {
      throw new IllegalArgumentException("identity must be a key and its chain", e);
    }
  }
}
