package dev.retort.coordinator.enroll;

import dev.retort.identity.FederationName;
import dev.retort.proto.v1.HandshakeGrpc;
import dev.retort.proto.v1.HelloAccepted;
import dev.retort.proto.v1.HelloIncompatible;
import dev.retort.proto.v1.HelloRequest;
import dev.retort.proto.v1.HelloResponse;
import dev.retort.wire.ErrorReason;
import dev.retort.wire.ProtocolRange;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Handshake service of the wire contract. */
public final class HandshakeService extends HandshakeGrpc.HandshakeImplBase {

  private static final Logger LOG = LoggerFactory.getLogger(HandshakeService.class);
  private static final int MAX_SOFTWARE_CHARS = 64;

  private final FederationName federation;
  private final ProtocolRange protocols;
  private final String software;

  /**
   * The service.
   *
   * @param protocols what this coordinator speaks
   * @param software this coordinator's version
   */
  public HandshakeService(FederationName federation, ProtocolRange protocols, String software) {
    this.federation = federation;
    this.protocols = protocols;
    this.software = software;
  }

  @Override
  public void hello(HelloRequest request, StreamObserver<HelloResponse> responses) {
    if (request.getSoftware().length() > MAX_SOFTWARE_CHARS) {
      throw ErrorReason.INVALID_FIELD.because(
          "software must be at most 64 characters: " + request.getSoftware().length());
    }
    // Unsigned on the wire: a protocol of 2^31 or more is newer than any, not negative.
    int protocol = request.getProtocol() < 0 ? Integer.MAX_VALUE : request.getProtocol();
    if (protocols.contains(protocol)) {
      LOG.debug("hello from {}", request.getSoftware().replaceAll("[^\\x20-\\x7e]", "?"));
    }
    responses.onNext(protocols.contains(protocol) ? accepted() : incompatible(protocol));
    responses.onCompleted();
  }

  private HelloResponse accepted() {
    return HelloResponse.newBuilder()
        .setAccepted(
            HelloAccepted.newBuilder().setFederation(federation.value()).setSoftware(software))
        .build();
  }

  private HelloResponse incompatible(int protocol) {
    String advice = protocol < protocols.oldest()
        ? "upgrade this node's software to that of the coordinator, " + software
        : "this node's software is newer than the coordinator's, " + software
            + ": ask the consortium to upgrade, or install that version here";
    return HelloResponse.newBuilder()
        .setIncompatible(HelloIncompatible.newBuilder()
            .setOldestProtocol(protocols.oldest())
            .setNewestProtocol(protocols.newest())
            .setAdvice(advice))
        .build();
  }
}
