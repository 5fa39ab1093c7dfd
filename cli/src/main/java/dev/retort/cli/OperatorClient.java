package dev.retort.cli;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.coordinator.enroll.FederationKeys;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyPassphrase;
import dev.retort.proto.v1.ArtifactPart;
import dev.retort.proto.v1.CreateStudyRequest;
import dev.retort.proto.v1.CreateStudyResponse;
import dev.retort.proto.v1.FetchArtifactRequest;
import dev.retort.proto.v1.InviteRequest;
import dev.retort.proto.v1.InviteResponse;
import dev.retort.proto.v1.ListNodesRequest;
import dev.retort.proto.v1.ListStudiesRequest;
import dev.retort.proto.v1.NodeSummary;
import dev.retort.proto.v1.OperatorGrpc;
import dev.retort.proto.v1.StudyCreated;
import dev.retort.proto.v1.StudyStatus;
import dev.retort.proto.v1.WatchStudyRequest;
import dev.retort.wire.CoordinatorCallException;
import dev.retort.wire.TlsChannel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The operator's side of a running coordinator, with the operator's key from the coordinator's home. */
final class OperatorClient implements AutoCloseable {

  private static final int DEADLINE_SECONDS = 30;

  private final ManagedChannel channel;
  private final OperatorGrpc.OperatorBlockingStub stub;
  private final String target;

  private OperatorClient(ManagedChannel channel, String target) {
    this.channel = channel;
    this.stub = OperatorGrpc.newBlockingStub(channel);
    this.target = target;
  }

  /** Dials the coordinator of {@code home} at its configured port on this machine. */
  static OperatorClient dial(Path home) throws IOException, InvalidConfigException {
    CoordinatorConfig config = CoordinatorConfig.read(home, List.of());
    return dial(
        home,
        new KeyPassphraseOption().coordinator(home, config),
        config.hosts().get(0),
        config.listenPort());
  }

  /** Dials the coordinator of {@code home}, whose keys are not encrypted. */
  static OperatorClient dial(Path home, String host, int port) throws IOException {
    return dial(home, KeyPassphrase.none(), host, port);
  }

  private static OperatorClient dial(Path home, KeyPassphrase passphrase, String host, int port)
      throws IOException {
    CertifiedKey operator =
        FederationKeys.operator(KeyDirectory.open(home, new SecureRandom(), passphrase));
    return new OperatorClient(TlsChannel.mutual(host, port, operator).build(), host + ":" + port);
  }

  /** Issues a join token. */
  String invite(String nodeId, Duration life)
      throws CoordinatorCallException, CommandFailedException {
    InviteResponse answer = call(() -> within()
        .invite(InviteRequest.newBuilder()
            .setNodeId(nodeId)
            .setLifetimeSeconds(Math.toIntExact(life.toSeconds()))
            .build()));
    if (answer.hasRefused()) {
      throw new CommandFailedException(answer.getRefused().getMessage());
    }
    return answer.getToken();
  }

  /** The enrolled nodes. */
  List<NodeSummary> nodes() throws CoordinatorCallException {
    return call(() -> within().listNodes(ListNodesRequest.getDefaultInstance())).getNodesList();
  }

  /** Creates and starts a study. */
  StudyCreated createStudy(String yaml) throws CoordinatorCallException, CommandFailedException {
    CreateStudyResponse answer = call(() ->
        within().createStudy(CreateStudyRequest.newBuilder().setStudyFile(yaml).build()));
    if (answer.hasRefused()) {
      throw new CommandFailedException(answer.getRefused().getMessage());
    }
    return answer.getCreated();
  }

  /** Every study, newest first. */
  List<StudyStatus> studies() throws CoordinatorCallException {
    return call(() -> within().listStudies(ListStudiesRequest.getDefaultInstance()))
        .getStudiesList();
  }

  /** The status now. */
  StudyStatus status(String studyId) throws CoordinatorCallException {
    return call(() -> within().watchStudy(watch(studyId, false)).next());
  }

  /** Hands every status to {@code consumer} until the study has ended, and returns the last. */
  StudyStatus follow(String studyId, Consumer<StudyStatus> consumer)
      throws CoordinatorCallException {
    return call(() -> {
      Iterator<StudyStatus> statuses = stub.watchStudy(watch(studyId, true));
      StudyStatus last = statuses.next();
      consumer.accept(last);
      while (statuses.hasNext()) {
        last = statuses.next();
        consumer.accept(last);
      }
      return last;
    });
  }

  /** One artefact of a finished study. */
  byte[] artifact(String studyId, String name) throws CoordinatorCallException {
    return call(() -> {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Iterator<ArtifactPart> parts = within()
          .fetchArtifact(FetchArtifactRequest.newBuilder()
              .setStudyId(studyId)
              .setName(name)
              .build());
      while (parts.hasNext()) {
        out.writeBytes(parts.next().getBytes().toByteArray());
      }
      return out.toByteArray();
    });
  }

  private static WatchStudyRequest watch(String studyId, boolean follow) {
    return WatchStudyRequest.newBuilder().setStudyId(studyId).setFollow(follow).build();
  }

  private OperatorGrpc.OperatorBlockingStub within() {
    return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private <T> T call(Supplier<T> call) throws CoordinatorCallException {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw CoordinatorCallException.of(e, target);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
