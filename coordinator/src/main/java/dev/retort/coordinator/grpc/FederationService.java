package dev.retort.coordinator.grpc;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.round.NodeRoster;
import dev.retort.coordinator.round.StudyRunner;
import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.StoreOutcome;
import dev.retort.coordinator.study.StoredBlock;
import dev.retort.coordinator.study.SubmittedBlock;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.MalformedLabelBlockException;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Zcdp;
import dev.retort.proto.v1.AddCheckpointRequest;
import dev.retort.proto.v1.AddCheckpointResponse;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.FetchChunkRequest;
import dev.retort.proto.v1.FetchChunkResponse;
import dev.retort.proto.v1.FetchManifestRequest;
import dev.retort.proto.v1.FetchManifestResponse;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.LabelsRefused;
import dev.retort.proto.v1.LabelsRejected;
import dev.retort.proto.v1.LabelsStored;
import dev.retort.proto.v1.LabelsTooLate;
import dev.retort.proto.v1.ListWitnessesRequest;
import dev.retort.proto.v1.ListWitnessesResponse;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.NotHeld;
import dev.retort.proto.v1.OfferDeclined;
import dev.retort.proto.v1.SignedManifestMessage;
import dev.retort.proto.v1.SumRelease;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.secagg.Octets;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.DigestMismatchException;
import dev.retort.transfer.MalformedManifestException;
import dev.retort.transfer.MissingChunkException;
import dev.retort.transfer.SignedManifest;
import dev.retort.wire.ErrorReason;
import dev.retort.wire.Peers;
import dev.retort.wire.WireWitness;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls of enrolled nodes. Thin: it parses, asks the runner or the chunk store, and answers. */
public final class FederationService extends FederationGrpc.FederationImplBase {

  private static final Logger LOG = LoggerFactory.getLogger(FederationService.class);
  /** Labels held in memory before they are made durable: a submission may be of any length. */
  private static final int FLUSH_BYTES = 8 << 20;

  private final StudyRunner runner;
  private final ChunkStore chunks;
  private final NodeRoster roster;
  private final WitnessDesk witnesses;

  /** Serves studies of {@code runner} and transfer sets of {@code chunks} to the nodes of {@code roster}. */
  public FederationService(
      StudyRunner runner, ChunkStore chunks, NodeRoster roster, WitnessDesk witnesses) {
    this.runner = runner;
    this.chunks = chunks;
    this.roster = roster;
    this.witnesses = witnesses;
  }

  @Override
  public StreamObserver<NodeEvent> work(StreamObserver<WorkOrder> orders) {
    String nodeId = enrolledCaller();
    GrpcNodeLink link =
        new GrpcNodeLink(nodeId, Peers.certificate(), (ServerCallStreamObserver<WorkOrder>) orders);
    return new StreamObserver<>() {
      @Override
      public void onNext(NodeEvent event) {
        dispatch(link, event);
      }

      @Override
      public void onError(Throwable cause) {
        LOG.debug("work stream of {} broke", nodeId, cause);
        runner.disconnected(link);
      }

      @Override
      public void onCompleted() {
        runner.disconnected(link);
        link.supersede();
      }
    };
  }

  private void dispatch(GrpcNodeLink link, NodeEvent event) {
    String nodeId = link.nodeId();
    switch (event.getEventCase()) {
      case READY -> {
        LOG.info("node {} connected", nodeId);
        link.ready(event.getReady().getWitness());
        runner.connected(link);
      }
      case OFFER_ANSWER -> {
        var answer = event.getOfferAnswer();
        if (answer.hasAccepted()) {
          runner.accepted(nodeId, answer.getStudyId());
        } else if (answer.hasDeclined()) {
          declined(nodeId, answer.getStudyId(), answer.getDeclined());
        }
      }
      case TEACHER_PROGRESS ->
        runner.trained(
            nodeId,
            event.getTeacherProgress().getStudyId(),
            event.getTeacherProgress().getTrained());
      case TEACHERS_READY ->
        runner.teachersReady(
            nodeId,
            event.getTeachersReady().getStudyId(),
            event.getTeachersReady().getRound());
      case LABELS_REFUSED -> {
        var refused = event.getLabelsRefused();
        runner.ended(
            nodeId,
            refused.getStudyId(),
            new NodeState.Refused(
                refused.getReason() == LabelsRefused.Reason.REASON_QUOTA
                    ? NodeState.Refused.Limit.QUOTA
                    : NodeState.Refused.Limit.BUDGET,
                new Zcdp(Math.max(0, refused.getAskedPicoRho())),
                new Zcdp(Math.max(0, refused.getLeftPicoRho()))));
      }
      case STUDY_ABANDONED ->
        runner.ended(
            nodeId,
            event.getStudyAbandoned().getStudyId(),
            new NodeState.Abandoned(bounded(event.getStudyAbandoned().getMessage())));
      case SUM_FRAME ->
        runner
            .sums()
            .frame(
                nodeId,
                event.getSumFrame().getStudyId(),
                Octets.of(event.getSumFrame().getFrame().toByteArray()));
      case SUM_RELEASE -> shown(nodeId, event.getSumRelease());
      case PONG -> link.pong(event.getPong().getNonce());
      case WITNESS_ANSWER -> link.answered(event.getWitnessAnswer());
      case EVENT_NOT_SET -> LOG.debug("node {} sent an event this version does not know", nodeId);
    }
  }

  private void shown(String nodeId, SumRelease release) {
    if (release.getRound() != 0
        || release.getFirstSample() < 0
        || release.getSampleCount() < 1
        || release.getCommitment().size() != Digest.BYTES) {
      LOG.warn("node {} sent a malformed release of an answer to a sum", nodeId);
      return;
    }
    try {
      runner
          .sums()
          .shown(
              release.getStudyId(),
              new Place(nodeId, 0, release.getFirstSample(), release.getSampleCount()),
              Digest.ofBytes(release.getCommitment().toByteArray()),
              WireWitness.proof(release.getChargeSequence(), release.getProof()));
    } catch (UnprovenReleaseException e) {
      LOG.warn("node {} has not proven the release of its answer: {}", nodeId, e.getMessage());
    } catch (LogUnavailableException e) {
      LOG.error("an answer of node {} cannot be counted", nodeId, e);
      throw ErrorReason.INTERNAL.because("the coordinator's files cannot be read or written");
    }
  }

  private void declined(String nodeId, String studyId, OfferDeclined declined) {
    String message = bounded(declined.getMessage());
    if (declined.getReason() == OfferDeclined.Reason.REASON_NOT_APPROVED) {
      runner.awaitsApproval(nodeId, studyId, message);
    } else {
      runner.ended(nodeId, studyId, new NodeState.Declined(message));
    }
  }

  @Override
  public void fetchManifest(
      FetchManifestRequest request, StreamObserver<FetchManifestResponse> response) {
    FetchManifestResponse.Builder answer = FetchManifestResponse.newBuilder();
    try {
      SignedManifest manifest = chunks.readManifest(digest(request.getDigest()));
      answer.setManifest(SignedManifestMessage.newBuilder()
          .setManifest(ByteString.copyFrom(manifest.manifest()))
          .setSignature(ByteString.copyFrom(manifest.signature())));
    } catch (MissingChunkException e) {
      answer.setNotHeld(NotHeld.getDefaultInstance());
    } catch (IOException | DigestMismatchException | MalformedManifestException e) {
      LOG.error("a stored manifest cannot be read", e);
      throw ErrorReason.INTERNAL.because("the transfer set's store cannot be read");
    }
    response.onNext(answer.build());
    response.onCompleted();
  }

  @Override
  public void fetchChunk(FetchChunkRequest request, StreamObserver<FetchChunkResponse> response) {
    FetchChunkResponse.Builder answer = FetchChunkResponse.newBuilder();
    try {
      answer.setChunk(ByteString.copyFrom(chunks.read(digest(request.getDigest()))));
    } catch (MissingChunkException e) {
      answer.setNotHeld(NotHeld.getDefaultInstance());
    } catch (IOException | DigestMismatchException e) {
      LOG.error("a stored chunk cannot be read", e);
      throw ErrorReason.INTERNAL.because("the transfer set's store cannot be read");
    }
    response.onNext(answer.build());
    response.onCompleted();
  }

  @Override
  public void addCheckpoint(
      AddCheckpointRequest request, StreamObserver<AddCheckpointResponse> response) {
    witnesses.add(enrolledCaller(), request, response);
  }

  @Override
  public void listWitnesses(
      ListWitnessesRequest request, StreamObserver<ListWitnessesResponse> response) {
    response.onNext(witnesses.list(enrolledCaller()));
    response.onCompleted();
  }

  @Override
  public StreamObserver<LabelBlockMessage> submitLabels(StreamObserver<LabelReceipt> receipt) {
    return new Submission(enrolledCaller(), receipt);
  }

  /** One stream of label blocks: flushed to the store as it grows, receipted when all of it is durable. */
  private final class Submission implements StreamObserver<LabelBlockMessage> {

    private final String nodeId;
    private final StreamObserver<LabelReceipt> receipt;
    private final List<SubmittedBlock> held = new ArrayList<>();
    private @Nullable String studyId;
    private int heldBytes;
    private int blocks;
    private boolean over;

    Submission(String nodeId, StreamObserver<LabelReceipt> receipt) {
      this.nodeId = nodeId;
      this.receipt = receipt;
    }

    @Override
    public void onNext(LabelBlockMessage message) {
      if (over) {
        return;
      }
      if (studyId != null && !studyId.equals(message.getStudyId())) {
        flush();
      }
      studyId = message.getStudyId();
      try {
        if (message.getRound() < 0) {
          throw new MalformedLabelBlockException(
              "round must be < 2^31: " + Integer.toUnsignedString(message.getRound()));
        }
        LabelBlock block = LabelBlockCodec.decode(
            message.getFirstSample(),
            message.getSampleCount(),
            message.getClasses(),
            message.getValues().toByteArray());
        held.add(new SubmittedBlock(
            new StoredBlock(nodeId, message.getRound(), block, message.getChargeSequence()),
            proof(message)));
      } catch (MalformedLabelBlockException e) {
        rejected(new StoreOutcome.Rejected(
            message.getFirstSample(),
            StoreOutcome.Reason.MALFORMED,
            String.valueOf(e.getMessage())));
        return;
      }
      heldBytes += message.getValues().size();
      if (heldBytes >= FLUSH_BYTES) {
        flush();
      }
    }

    @Override
    public void onError(Throwable cause) {
      LOG.debug("label stream of {} broke", nodeId, cause);
    }

    @Override
    public void onCompleted() {
      if (!over) {
        flush();
      }
      if (!over) {
        answer(LabelReceipt.newBuilder()
            .setStored(LabelsStored.newBuilder().setBlocks(blocks))
            .build());
      }
    }

    private void flush() {
      String study = studyId;
      if (study == null || held.isEmpty()) {
        return;
      }
      StoreOutcome outcome;
      try {
        outcome = runner.submit(nodeId, study, List.copyOf(held));
      } catch (LogUnavailableException e) {
        LOG.error("labels of {} cannot be received", nodeId, e);
        throw ErrorReason.INTERNAL.because("the coordinator's files cannot be read or written");
      }
      held.clear();
      heldBytes = 0;
      if (outcome instanceof StoreOutcome.Stored stored) {
        blocks += stored.blocks();
      } else if (outcome instanceof StoreOutcome.Rejected rejected) {
        rejected(rejected);
      } else {
        answer(LabelReceipt.newBuilder()
            .setTooLate(LabelsTooLate.getDefaultInstance())
            .build());
      }
    }

    private void rejected(StoreOutcome.Rejected why) {
      answer(LabelReceipt.newBuilder()
          .setRejected(LabelsRejected.newBuilder()
              .setFirstSample(why.firstSample())
              .setReason(LabelsRejected.Reason.valueOf("REASON_" + why.reason().name()))
              .setMessage(why.message()))
          .build());
    }

    private void answer(LabelReceipt answer) {
      over = true;
      receipt.onNext(answer);
      receipt.onCompleted();
    }
  }

  private static SubmittedBlock.Proof proof(LabelBlockMessage message) {
    try {
      return new SubmittedBlock.Proof.Given(WireWitness.proof(message));
    } catch (UnprovenReleaseException e) {
      return new SubmittedBlock.Proof.Lacking(e.flaw(), String.valueOf(e.getMessage()));
    }
  }

  private static Digest digest(ByteString bytes) {
    if (bytes.size() != Digest.BYTES) {
      throw ErrorReason.INVALID_FIELD.because("digest must be 32 bytes: " + bytes.size());
    }
    return Digest.ofBytes(bytes.toByteArray());
  }

  /** The calling node. A certificate outlives its node's place in the directory, so the directory decides. */
  private String enrolledCaller() {
    String nodeId = Peers.currentNode().id().value();
    if (!roster.nodeIds().contains(nodeId)) {
      throw ErrorReason.NODE_NOT_ENROLLED.because(
          "node " + nodeId + " is not enrolled here: ask the consortium for a token, and join");
    }
    return nodeId;
  }

  private static String bounded(String message) {
    return message.length() <= 500 ? message : message.substring(0, 500);
  }
}
