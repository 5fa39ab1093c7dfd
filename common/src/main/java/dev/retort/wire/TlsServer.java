package dev.retort.wire;

import dev.retort.identity.CertifiedKey;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Servers as a coordinator needs them: TLS 1.3 only, one port for joining and for members, trust in the federation root
 * alone, and the guards that every call passes.
 */
public final class TlsServer {

  /** The largest message that either side accepts. */
  public static final int MAX_MESSAGE_BYTES = 4 << 20;

  /** How often a quiet connection is probed, so that a firewall does not forget it. */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  /** What the server tolerates: less than {@link #KEEP_ALIVE}, because probes arrive unevenly. */
  private static final Duration FASTEST_KEEP_ALIVE = Duration.ofSeconds(15);

  private static final int MAX_METADATA_BYTES = 16 << 10;

  private TlsServer() {}

  /**
   * A server builder to which the services are still to be added.
   *
   * @param address where to listen; port 0 takes a free one
   * @param identity the server's key and the whole chain, root included: joining nodes pin it
   */
  public static NettyServerBuilder listeningOn(
      SocketAddress address, CertifiedKey identity, TrafficMeter meter) {
    NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
        .sslContext(sslContext(identity))
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .maxInboundMetadataSize(MAX_METADATA_BYTES)
        .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
        .permitKeepAliveTime(FASTEST_KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
    return guarded(builder, new TlsPeers(), meter);
  }

  /**
   * Adds the guards that every call passes: error catalogue, traffic meter, identity, role. For the servers of simulations;
   * {@link #listeningOn} has them.
   *
   * @param identification {@link TlsPeers}, or {@link UnsafeInProcessIdentity#believed} within one process
   */
  public static <B extends ServerBuilder<B>> B guarded(
      B builder, ServerInterceptor identification, TrafficMeter meter) {
    // The interceptor added last sees a call first.
    return builder
        .intercept(new RoleGate())
        .intercept(identification)
        .intercept(meter)
        .intercept(new ErrorCatalog());
  }

  private static SslContext sslContext(CertifiedKey identity) {
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forServer(
                  identity.privateKey(), identity.chain().toArray(X509Certificate[]::new)),
              SslProvider.JDK)
          .trustManager(identity.root())
          // Optional, since a node that is joining has no certificate yet; RoleGate refuses it
          // everything else.
          .clientAuth(ClientAuth.OPTIONAL)
          .protocols("TLSv1.3")
          .build();
    } catch (SSLException e) {
      throw new IllegalArgumentException(
          "identity must be a server's key and chain: " + identity, e);
    }
  }
}
