package dev.retort.wire;

import dev.retort.identity.FederationName;
import dev.retort.proto.v1.HandshakeGrpc;
import dev.retort.proto.v1.HelloIncompatible;
import dev.retort.proto.v1.HelloRequest;
import dev.retort.proto.v1.HelloResponse;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The first call of every program that dials a coordinator. */
public final class VersionHandshake {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private VersionHandshake() {}

  /**
   * Asks whether the coordinator speaks this build's newest protocol. With a client certificate, success also means that
   * the server has accepted it: a TLS 1.3 client does not learn that from the handshake.
   *
   * @param software this program's version, for the coordinator's log
   * @param target the coordinator's address, for messages
   * @return the federation that the coordinator says it is of
   * @throws IncompatibleProtocolException if it does not speak the protocol
   * @throws CoordinatorCallException if the call fails
   */
  public static FederationName hello(Channel channel, String software, String target)
      throws IncompatibleProtocolException, CoordinatorCallException {
    return hello(channel, software, target, ProtocolRange.CURRENT.newest());
  }

  static FederationName hello(Channel channel, String software, String target, int protocol)
      throws IncompatibleProtocolException, CoordinatorCallException {
    HelloResponse response;
    try {
      response = HandshakeGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
          .hello(HelloRequest.newBuilder()
              .setProtocol(protocol)
              .setSoftware(software)
              .build());
    } catch (StatusRuntimeException e) {
      throw CoordinatorCallException.of(e, target);
    }
    return switch (response.getOutcomeCase()) {
      case ACCEPTED -> federation(response.getAccepted().getFederation(), target);
      case INCOMPATIBLE -> throw incompatible(protocol, response.getIncompatible(), target);
      case OUTCOME_NOT_SET ->
        throw CoordinatorCallException.malformed("Hello has no outcome", target);
    };
  }

  private static FederationName federation(String name, String target)
      throws CoordinatorCallException {
    try {
      return new FederationName(name);
    } catch (IllegalArgumentException e) {
      throw CoordinatorCallException.malformed(String.valueOf(e.getMessage()), target);
    }
  }

  private static IncompatibleProtocolException incompatible(
      int protocol, HelloIncompatible answer, String target) throws CoordinatorCallException {
    try {
      ProtocolRange theirs =
          new ProtocolRange(answer.getOldestProtocol(), answer.getNewestProtocol());
      return new IncompatibleProtocolException(protocol, theirs, answer.getAdvice());
    } catch (IllegalArgumentException e) {
      throw CoordinatorCallException.malformed(String.valueOf(e.getMessage()), target);
    }
  }
}
