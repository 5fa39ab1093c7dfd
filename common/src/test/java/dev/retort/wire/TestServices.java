package dev.retort.wire;

import dev.retort.identity.PeerIdentity;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.FetchManifestRequest;
import dev.retort.proto.v1.FetchManifestResponse;
import dev.retort.proto.v1.HandshakeGrpc;
import dev.retort.proto.v1.HelloAccepted;
import dev.retort.proto.v1.HelloIncompatible;
import dev.retort.proto.v1.HelloRequest;
import dev.retort.proto.v1.HelloResponse;
import dev.retort.proto.v1.ListNodesRequest;
import dev.retort.proto.v1.ListNodesResponse;
import dev.retort.proto.v1.NodeSummary;
import dev.retort.proto.v1.OperatorGrpc;
import io.grpc.stub.StreamObserver;

/** One small service of each kind. */
final class TestServices {

  private TestServices() {}

  /** Accepts the protocol of this build, in the name of a federation. */
  static final class Handshake extends HandshakeGrpc.HandshakeImplBase {

    private final String federation;

    Handshake(String federation) {
      this.federation = federation;
    }

    @Override
    public void hello(HelloRequest request, StreamObserver<HelloResponse> responses) {
      HelloResponse.Builder response = HelloResponse.newBuilder();
      int spoken = ProtocolRange.CURRENT.newest();
      if (request.getProtocol() == spoken) {
        response.setAccepted(HelloAccepted.newBuilder().setFederation(federation));
      } else {
        response.setIncompatible(HelloIncompatible.newBuilder()
            .setOldestProtocol(spoken)
            .setNewestProtocol(spoken)
            .setAdvice("install 0.1"));
      }
      responses.onNext(response.build());
      responses.onCompleted();
    }
  }

  /** Answers with the caller's identity. */
  static final class Operator extends OperatorGrpc.OperatorImplBase {
    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> responses) {
      responses.onNext(ListNodesResponse.newBuilder()
          .addNodes(NodeSummary.newBuilder().setNodeId(callerUri()))
          .build());
      responses.onCompleted();
    }
  }

  /** Runs a body, which sees the caller's context, and answers with an empty message. */
  static final class Federation extends FederationGrpc.FederationImplBase {

    private final Runnable body;

    Federation(Runnable body) {
      this.body = body;
    }

    @Override
    public void fetchManifest(
        FetchManifestRequest request, StreamObserver<FetchManifestResponse> responses) {
      body.run();
      responses.onNext(FetchManifestResponse.getDefaultInstance());
      responses.onCompleted();
    }
  }

  static String callerUri() {
    PeerIdentity peer = Peers.current();
    return peer == null ? "nobody" : peer.uri();
  }
}
