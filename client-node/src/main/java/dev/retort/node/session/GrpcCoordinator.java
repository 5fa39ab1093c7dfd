package dev.retort.node.session;

import com.google.protobuf.ByteString;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.InvalidNodeIdException;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.label.LabelBlock;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.proto.v1.AddCheckpointRequest;
import dev.retort.proto.v1.AddCheckpointResponse;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.FetchChunkRequest;
import dev.retort.proto.v1.FetchChunkResponse;
import dev.retort.proto.v1.FetchManifestRequest;
import dev.retort.proto.v1.FetchManifestResponse;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.ListWitnessesRequest;
import dev.retort.proto.v1.ListWitnessesResponse;
import dev.retort.proto.v1.WitnessNode;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SignedManifest;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The calls of a node over gRPC, each with a deadline; what may pass is tried again a few times. */
final class GrpcCoordinator implements Coordinator {

  // What may be different a moment later. Everything else fails at once.
  private static final Set<Status.Code> PASSING = Set.of(
      Status.Code.UNAVAILABLE,
      Status.Code.DEADLINE_EXCEEDED,
      Status.Code.RESOURCE_EXHAUSTED,
      Status.Code.ABORTED);

  private final Channel channel;
  private final Uplink uplink;
  private final SessionSettings settings;
  private final Consumer<Report> stream;

  GrpcCoordinator(
      Channel channel, Uplink uplink, SessionSettings settings, Consumer<Report> stream) {
    this.channel = channel;
    this.uplink = uplink;
    this.settings = settings;
    this.stream = stream;
  }

  @Override
  public void tell(Report report) {
    stream.accept(report);
  }

  @Override
  public @Nullable SignedManifest manifest(Digest digest)
      throws CoordinatorLostException, InterruptedException {
    FetchManifestRequest request = FetchManifestRequest.newBuilder()
        .setDigest(ByteString.copyFrom(digest.bytes()))
        .build();
    FetchManifestResponse response = call("manifest", stub -> stub.fetchManifest(request));
    if (!response.hasManifest()) {
      return null;
    }
    // The wire names no key: only the coordinator's, known since enrolment, can have signed.
    return new SignedManifest(
        response.getManifest().getManifest().toByteArray(),
        uplink.coordinatorKey().bytes(),
        response.getManifest().getSignature().toByteArray());
  }

  @Override
  public byte @Nullable [] chunk(Digest digest)
      throws CoordinatorLostException, InterruptedException {
    FetchChunkRequest request = FetchChunkRequest.newBuilder()
        .setDigest(ByteString.copyFrom(digest.bytes()))
        .build();
    FetchChunkResponse response = call("chunk", stub -> stub.fetchChunk(request));
    return response.hasChunk() ? response.getChunk().toByteArray() : null;
  }

  @Override
  public WitnessOutcome witness(WireWitness.Question question)
      throws CoordinatorLostException, InterruptedException {
    AddCheckpointRequest request = WireWitness.request(question);
    AddCheckpointResponse response = call("cosignature", stub -> stub.addCheckpoint(request));
    try {
      return WireWitness.outcome(response);
    } catch (MalformedLogException e) {
      throw lost("fetching a cosignature", e);
    }
  }

  @Override
  public List<Peer> peers(int most) throws CoordinatorLostException, InterruptedException {
    ListWitnessesResponse response = call(
        "list of witnesses", stub -> stub.listWitnesses(ListWitnessesRequest.getDefaultInstance()));
    List<Peer> peers = new ArrayList<>();
    for (WitnessNode node : response.getWitnessesList()) {
      try {
        NodeId id = NodeId.parse(node.getNodeId());
        if (!id.equals(uplink.node().id()) && node.getIdentityKey().size() == 32) {
          String name = IdentitySigner.name(new PeerIdentity.Node(uplink.node().federation(), id));
          peers.add(new Peer(
              id.value(), VerifierKey.ofWitness(name, node.getIdentityKey().toByteArray())));
        }
      } catch (InvalidNodeIdException e) {
        throw lost("fetching a list of witnesses", e);
      }
    }
    // From this node's place onwards, so that nobody is asked by everybody.
    String own = uplink.node().id().value();
    peers.sort(Comparator.comparing((Peer peer) -> peer.node().compareTo(own) < 0)
        .thenComparing(Peer::node));
    return List.copyOf(peers.subList(0, Math.min(most, peers.size())));
  }

  private <T> T call(String what, Function<FederationGrpc.FederationBlockingStub, T> call)
      throws CoordinatorLostException, InterruptedException {
    BackOff backOff = new BackOff(
        settings.firstDelay(), settings.longestDelay(), uplink.node().hashCode());
    for (int attempt = 1; ; attempt++) {
      try {
        return call.apply(FederationGrpc.newBlockingStub(channel)
            .withDeadlineAfter(settings.callDeadline().toMillis(), TimeUnit.MILLISECONDS));
      } catch (StatusRuntimeException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("while fetching a " + what);
        }
        if (attempt >= settings.attempts() || !PASSING.contains(e.getStatus().getCode())) {
          throw lost("fetching a " + what, e);
        }
      }
      Thread.sleep(backOff.next().toMillis());
    }
  }

  private CoordinatorLostException lost(String doing, Exception cause) {
    return new CoordinatorLostException(
        doing + " from " + uplink.target() + " failed: " + Status.fromThrowable(cause), cause);
  }

  @Override
  public Submission submit(String studyId, int round) {
    return new GrpcSubmission(
        studyId,
        round,
        FederationGrpc.newBlockingV2Stub(channel)
            .withDeadlineAfter(settings.submitDeadline().toMillis(), TimeUnit.MILLISECONDS)
            .submitLabels());
  }

  private final class GrpcSubmission implements Submission {

    private final String studyId;
    private final int round;
    private final BlockingClientCall<LabelBlockMessage, LabelReceipt> call;
    private boolean finished;

    GrpcSubmission(
        String studyId, int round, BlockingClientCall<LabelBlockMessage, LabelReceipt> call) {
      this.studyId = studyId;
      this.round = round;
      this.call = call;
    }

    @Override
    public boolean send(LabelBlock block, ReleaseProof proof)
        throws CoordinatorLostException, InterruptedException {
      try {
        return call.write(WireOrders.block(studyId, round, block, proof));
      } catch (StatusException e) {
        throw lost("submitting labels", e);
      }
    }

    @Override
    public Receipt finish() throws CoordinatorLostException, InterruptedException {
      try {
        call.halfClose();
        LabelReceipt receipt = call.read();
        finished = true;
        return receipt(receipt == null ? LabelReceipt.getDefaultInstance() : receipt);
      } catch (StatusException e) {
        throw lost("submitting labels", e);
      }
    }

    private Receipt receipt(LabelReceipt receipt) throws CoordinatorLostException {
      return switch (receipt.getOutcomeCase()) {
        case STORED -> new Receipt.Stored(receipt.getStored().getBlocks());
        case TOO_LATE -> new Receipt.TooLate();
        case REJECTED ->
          new Receipt.Rejected(
              receipt.getRejected().getFirstSample(), receipt.getRejected().getMessage());
        case OUTCOME_NOT_SET ->
          throw lost("submitting labels", new IllegalStateException("there was no receipt"));
      };
    }

    @Override
    public void close() {
      if (!finished) {
        call.cancel("given up", null);
      }
    }
  }
}
