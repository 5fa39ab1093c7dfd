package dev.retort.coordinator.grpc;

import com.google.protobuf.ByteString;
import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.enroll.EnrollmentStore;
import dev.retort.coordinator.enroll.Invitations;
import dev.retort.coordinator.round.NodeLinks;
import dev.retort.coordinator.round.StudyDesk;
import dev.retort.coordinator.round.StudyRunner;
import dev.retort.coordinator.round.StudyView;
import dev.retort.coordinator.study.Study;
import dev.retort.identity.InvalidNodeIdException;
import dev.retort.identity.NodeId;
import dev.retort.proto.v1.ArtifactPart;
import dev.retort.proto.v1.CreateStudyRequest;
import dev.retort.proto.v1.CreateStudyResponse;
import dev.retort.proto.v1.FetchArtifactRequest;
import dev.retort.proto.v1.InviteRequest;
import dev.retort.proto.v1.InviteResponse;
import dev.retort.proto.v1.ListNodesRequest;
import dev.retort.proto.v1.ListNodesResponse;
import dev.retort.proto.v1.ListStudiesRequest;
import dev.retort.proto.v1.ListStudiesResponse;
import dev.retort.proto.v1.NodeSummary;
import dev.retort.proto.v1.OperatorGrpc;
import dev.retort.proto.v1.RequestRefused;
import dev.retort.proto.v1.StudyCreated;
import dev.retort.proto.v1.StudyStatus;
import dev.retort.proto.v1.WatchStudyRequest;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.wire.ErrorReason;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The consortium operator's calls. Thin: it parses, asks, and answers. */
public final class OperatorService extends OperatorGrpc.OperatorImplBase {

  private static final Logger LOG = LoggerFactory.getLogger(OperatorService.class);
  private static final int PART_BYTES = 256 << 10;
  private static final Set<String> ARTIFACTS = Set.of(
      "report.json",
      "model-card.md",
      "model-card.json",
      "model.onnx",
      "model.safetensors",
      "architecture.json",
      "schema.json");

  private final StudyRunner runner;
  private final StudyDesk desk;
  private final EnrollmentStore nodes;
  private final Invitations invitations;
  private final NodeLinks links;
  private final WireStatus wire;
  private final Path studies;

  /** Serves the operator; artefacts lie under {@code studies}, one directory a study. */
  public OperatorService(
      StudyRunner runner,
      StudyDesk desk,
      EnrollmentStore nodes,
      Invitations invitations,
      NodeLinks links,
      WireStatus wire,
      Path studies) {
    this.runner = runner;
    this.desk = desk;
    this.nodes = nodes;
    this.invitations = invitations;
    this.links = links;
    this.wire = wire;
    this.studies = studies;
  }

  @Override
  public void invite(InviteRequest request, StreamObserver<InviteResponse> response) {
    Duration life = request.getLifetimeSeconds() == 0
        ? Invitations.DEFAULT_LIFETIME
        : Duration.ofSeconds(request.getLifetimeSeconds());
    InviteResponse.Builder answer = InviteResponse.newBuilder();
    try {
      Invitations.Outcome outcome = invitations.invite(NodeId.parse(request.getNodeId()), life);
      if (outcome instanceof Invitations.Outcome.Issued issued) {
        answer.setToken(issued.token().format());
      } else if (outcome instanceof Invitations.Outcome.Refused refused) {
        answer.setRefused(RequestRefused.newBuilder().setMessage(refused.message()));
      }
    } catch (InvalidNodeIdException e) {
      answer.setRefused(RequestRefused.newBuilder().setMessage(String.valueOf(e.getMessage())));
    }
    response.onNext(answer.build());
    response.onCompleted();
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> response) {
    ListNodesResponse.Builder answer = ListNodesResponse.newBuilder();
    nodes
        .nodes()
        .forEach(node -> answer.addNodes(NodeSummary.newBuilder()
            .setNodeId(node.id().value())
            .setIdentityKey(ByteString.copyFrom(node.identityKey()))
            .setConnected(links.of(node.id().value()).isPresent())));
    response.onNext(answer.build());
    response.onCompleted();
  }

  @Override
  public void createStudy(
      CreateStudyRequest request, StreamObserver<CreateStudyResponse> response) {
    CreateStudyResponse.Builder answer = CreateStudyResponse.newBuilder();
    try {
      Study study = desk.create(request.getStudyFile());
      answer.setCreated(StudyCreated.newBuilder()
          .setStudyId(study.id())
          .setPlanDigest(ByteString.copyFrom(study.planDigest().bytes())));
    } catch (InvalidConfigException e) {
      answer.setRefused(RequestRefused.newBuilder().setMessage(String.valueOf(e.getMessage())));
    } catch (IOException | LogUnavailableException e) {
      LOG.error("a study could not be created", e);
      throw ErrorReason.INTERNAL.because("the transfer set's store cannot be read");
    }
    response.onNext(answer.build());
    response.onCompleted();
  }

  @Override
  public void listStudies(
      ListStudiesRequest request, StreamObserver<ListStudiesResponse> response) {
    ListStudiesResponse.Builder answer = ListStudiesResponse.newBuilder();
    runner.views().forEach(view -> answer.addStudies(wire.status(view)));
    response.onNext(answer.build());
    response.onCompleted();
  }

  @Override
  public void watchStudy(WatchStudyRequest request, StreamObserver<StudyStatus> response) {
    StudyView now =
        runner.view(request.getStudyId()).orElseThrow(() -> unknown(request.getStudyId()));
    if (!request.getFollow() || now.study().state().ended()) {
      response.onNext(wire.status(now));
      response.onCompleted();
      return;
    }
    follow(request.getStudyId(), (ServerCallStreamObserver<StudyStatus>) response);
  }

  private void follow(String studyId, ServerCallStreamObserver<StudyStatus> response) {
    AtomicBoolean over = new AtomicBoolean();
    // Snapshots arrive on the runner's one thread.
    Consumer<StudyView> watcher = view -> {
      boolean ended = view.study().state().ended();
      if (over.get() || response.isCancelled() || !(response.isReady() || ended)) {
        // A slow reader misses snapshots, never the last one.
        return;
      }
      response.onNext(wire.status(view));
      if (ended) {
        over.set(true);
        response.onCompleted();
      }
    };
    response.setOnCancelHandler(() -> runner.unwatch(studyId, watcher));
    response.setOnCloseHandler(() -> runner.unwatch(studyId, watcher));
    runner.watch(studyId, watcher);
  }

  @Override
  public void fetchArtifact(FetchArtifactRequest request, StreamObserver<ArtifactPart> response) {
    if (!ARTIFACTS.contains(request.getName())) {
      throw ErrorReason.INVALID_FIELD.because("name must be one of " + ARTIFACTS);
    }
    Study study = runner
        .view(request.getStudyId())
        .orElseThrow(() -> unknown(request.getStudyId()))
        .study();
    try (InputStream in =
        Files.newInputStream(studies.resolve(study.id()).resolve(request.getName()))) {
      for (byte[] part = in.readNBytes(PART_BYTES);
          part.length > 0;
          part = in.readNBytes(PART_BYTES)) {
        response.onNext(
            ArtifactPart.newBuilder().setBytes(ByteString.copyFrom(part)).build());
      }
      response.onCompleted();
    } catch (NoSuchFileException e) {
      throw ErrorReason.INVALID_FIELD.because(
          "study_id must be a finished study: " + request.getStudyId());
    } catch (IOException e) {
      LOG.error("an artefact cannot be read", e);
      throw ErrorReason.INTERNAL.because("the artefact cannot be read");
    }
  }

  private static RuntimeException unknown(String studyId) {
    return ErrorReason.INVALID_FIELD.because(
        "study_id must be a study of this coordinator: " + studyId);
  }
}
