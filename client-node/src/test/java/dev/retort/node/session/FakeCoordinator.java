package dev.retort.node.session;

import com.google.protobuf.ByteString;
import dev.retort.data.StoredSamples;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.MalformedLabelBlockException;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.proto.v1.AddCheckpointRequest;
import dev.retort.proto.v1.AddCheckpointResponse;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.FetchChunkRequest;
import dev.retort.proto.v1.FetchChunkResponse;
import dev.retort.proto.v1.FetchManifestRequest;
import dev.retort.proto.v1.FetchManifestResponse;
import dev.retort.proto.v1.HandshakeGrpc;
import dev.retort.proto.v1.HelloAccepted;
import dev.retort.proto.v1.HelloIncompatible;
import dev.retort.proto.v1.HelloRequest;
import dev.retort.proto.v1.HelloResponse;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.LabelRequest;
import dev.retort.proto.v1.LabelsStored;
import dev.retort.proto.v1.LabelsTooLate;
import dev.retort.proto.v1.ListWitnessesRequest;
import dev.retort.proto.v1.ListWitnessesResponse;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.NotHeld;
import dev.retort.proto.v1.Ping;
import dev.retort.proto.v1.RoundOpened;
import dev.retort.proto.v1.SignedManifestMessage;
import dev.retort.proto.v1.StudyClosed;
import dev.retort.proto.v1.StudyOffer;
import dev.retort.proto.v1.SumFrame;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SignedManifest;
import dev.retort.wire.WireWitness;
import dev.retort.witness.Witness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessStore;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The coordinator's end of the wire and no more: it says what a test tells it to, and writes down what it hears. */
final class FakeCoordinator implements AutoCloseable {

  static final String FEDERATION = "test";

  final IdentityKey key;
  final Manifest manifest;
  final BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();
  final List<LabelBlockMessage> blocks = new CopyOnWriteArrayList<>();
  final List<Digest> chunksFetched = new CopyOnWriteArrayList<>();
  final AtomicInteger manifestsFetched = new AtomicInteger();
  final AtomicInteger streams = new AtomicInteger();
  final AtomicInteger chunksToCorrupt = new AtomicInteger();
  final AtomicInteger chunksUntilBreak = new AtomicInteger(Integer.MAX_VALUE);
  final AtomicInteger submissionsToBreak = new AtomicInteger();
  volatile boolean outdated;
  volatile boolean studyOver;
  volatile @Nullable IdentityKey signer;
  volatile LabelReceipt.@Nullable Builder receipt;

  /** The key by which the node's ledger is verified; the coordinator's witness knows no other. */
  volatile byte[] nodeKey;

  final AtomicInteger checkpoints = new AtomicInteger();
  final AtomicInteger checkpointsToBreak = new AtomicInteger();
  volatile @Nullable AddCheckpointResponse checkpointAnswer;

  private final Path witnessFile;
  private final Witness witness;
  private final Map<Digest, byte[]> chunks = new LinkedHashMap<>();
  private final Server server;
  private volatile @Nullable StreamObserver<WorkOrder> orders;

  FakeCoordinator(ServerBuilder<?> builder, StoredSamples samples, int samplesPerChunk)
      throws IOException {
    this(builder, samples, samplesPerChunk, IdentityKey.generate(new SecureRandom()), new byte[0]);
  }

  FakeCoordinator(
      ServerBuilder<?> builder,
      StoredSamples samples,
      int samplesPerChunk,
      IdentityKey key,
      byte[] nodeKey)
      throws IOException {
    this.key = key;
    this.nodeKey = nodeKey;
    List<Digest> leaves = new ArrayList<>();
    List<Digest> digests = new ArrayList<>();
    for (int first = 0; first < samples.count(); first += samplesPerChunk) {
      byte[] chunk = samples.encode(first, Math.min(samplesPerChunk, samples.count() - first));
      chunks.put(Digest.of(chunk), chunk);
      digests.add(Digest.of(chunk));
      leaves.add(MerkleTree.leaf(chunk));
    }
    manifest = new Manifest(
        "public",
        samples.count(),
        samples.shape(),
        samples.elementType(),
        samplesPerChunk,
        digests,
        MerkleTree.root(leaves),
        "CC0-1.0",
        List.of(),
        null);
    witnessFile = Files.createTempDirectory("witness").resolve("witness.db");
    try {
      witness = new Witness(
          WitnessStore.open(witnessFile),
          IdentitySigner.ofCoordinator(new FederationName(FEDERATION), key),
          InstantSource.system());
    } catch (LogUnavailableException e) {
      throw new AssertionError(e);
    }
    server =
        builder.addService(new Handshake()).addService(new Federation()).build().start();
  }

  int port() {
    return server.getPort();
  }

  void offer(String studyId, StudyPlan plan) {
    order(WorkOrder.newBuilder()
        .setStudyOffer(StudyOffer.newBuilder()
            .setStudyId(studyId)
            .setPlan(ByteString.copyFrom(StudyPlans.canonicalBytes(plan)))));
  }

  void ask(String studyId, long first, int count) {
    order(WorkOrder.newBuilder()
        .setLabelRequest(LabelRequest.newBuilder()
            .setStudyId(studyId)
            .setFirstSample(first)
            .setSampleCount(count)));
  }

  void openRound(String studyId, int round, byte[] input) {
    order(WorkOrder.newBuilder()
        .setRoundOpened(RoundOpened.newBuilder()
            .setStudyId(studyId)
            .setRound(round)
            .setInput(ByteString.copyFrom(input))));
  }

  void sumFrame(String studyId, byte[] frame) {
    order(WorkOrder.newBuilder()
        .setSumFrame(
            SumFrame.newBuilder().setStudyId(studyId).setFrame(ByteString.copyFrom(frame))));
  }

  void closeStudy(String studyId) {
    order(WorkOrder.newBuilder().setStudyClosed(StudyClosed.newBuilder().setStudyId(studyId)));
  }

  void ping(long nonce) {
    order(WorkOrder.newBuilder().setPing(Ping.newBuilder().setNonce(nonce)));
  }

  void breakStream() {
    StreamObserver<WorkOrder> current = orders;
    if (current == null) {
      throw new AssertionError("there is no stream to break");
    }
    orders = null;
    current.onError(Status.UNAVAILABLE.withDescription("broken by the test").asRuntimeException());
  }

  private synchronized void order(WorkOrder.Builder order) {
    StreamObserver<WorkOrder> current = orders;
    if (current == null) {
      throw new AssertionError("there is no stream to send on");
    }
    current.onNext(order.build());
  }

  LabelBlock block(int index) {
    LabelBlockMessage message = blocks.get(index);
    try {
      return LabelBlockCodec.decode(
          message.getFirstSample(),
          message.getSampleCount(),
          message.getClasses(),
          message.getValues().toByteArray());
    } catch (MalformedLabelBlockException e) {
      throw new AssertionError(e);
    }
  }

  /** Looks at a checkpoint of the node's ledger, as the coordinator does when a node asks. */
  WitnessOutcome look(String note, long oldSize, List<Digest> proof) throws MalformedLogException {
    String origin = Checkpoint.parse(SignedNote.parse(note).text()).origin();
    return witness.add(VerifierKey.ofLog(origin, nodeKey), oldSize, proof, note, List.of());
  }

  /** The size of the newest tree that it has accepted of the node's ledger. */
  long accepted() {
    try {
      return witness.store().logOf(nodeKey).map(log -> log.checkpoint().size()).orElse(0L);
    } catch (LogUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  /** The blocks without their proofs: of a block that is sent again, the ledger may have grown. */
  List<LabelBlockMessage> labels() {
    return blocks.stream().map(block -> block.toBuilder().clearProof().build()).toList();
  }

  /** The proof that came with a block. */
  ReleaseProof proof(int index) {
    try {
      return WireWitness.proof(blocks.get(index));
    } catch (UnprovenReleaseException e) {
      throw new AssertionError(e);
    }
  }

  WitnessStore witnessed() {
    return witness.store();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      witness.store().close();
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(witnessFile.resolveSibling(witnessFile.getFileName() + suffix));
      }
      Files.deleteIfExists(witnessFile.getParent());
    } catch (IOException | LogUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  private final class Handshake extends HandshakeGrpc.HandshakeImplBase {
    @Override
    public void hello(HelloRequest request, StreamObserver<HelloResponse> response) {
      HelloResponse.Builder answer = HelloResponse.newBuilder();
      if (outdated) {
        answer.setIncompatible(HelloIncompatible.newBuilder()
            .setOldestProtocol(7)
            .setNewestProtocol(8)
            .setAdvice("install retort 9 at this site"));
      } else {
        answer.setAccepted(HelloAccepted.newBuilder().setFederation(FEDERATION).setSoftware("0"));
      }
      response.onNext(answer.build());
      response.onCompleted();
    }
  }

  private final class Federation extends FederationGrpc.FederationImplBase {

    @Override
    public StreamObserver<NodeEvent> work(StreamObserver<WorkOrder> response) {
      return new StreamObserver<>() {
        @Override
        public void onNext(NodeEvent event) {
          if (event.hasReady()) {
            orders = response;
            streams.incrementAndGet();
          }
          events.add(event);
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
          response.onCompleted();
        }
      };
    }

    @Override
    public void addCheckpoint(
        AddCheckpointRequest request, StreamObserver<AddCheckpointResponse> response) {
      if (checkpointsToBreak.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        response.onError(Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      checkpoints.incrementAndGet();
      AddCheckpointResponse told = checkpointAnswer;
      if (told == null) {
        try {
          WireWitness.Question asked = WireWitness.question(request);
          String origin =
              Checkpoint.parse(SignedNote.parse(asked.note()).text()).origin();
          told = WireWitness.response(witness.add(
              VerifierKey.ofLog(origin, nodeKey),
              asked.oldSize(),
              asked.proof(),
              asked.note(),
              List.of()));
        } catch (MalformedLogException e) {
          throw new AssertionError(e);
        }
      }
      response.onNext(told);
      response.onCompleted();
    }

    @Override
    public void listWitnesses(
        ListWitnessesRequest request, StreamObserver<ListWitnessesResponse> response) {
      response.onNext(ListWitnessesResponse.getDefaultInstance());
      response.onCompleted();
    }

    @Override
    public void fetchManifest(
        FetchManifestRequest request, StreamObserver<FetchManifestResponse> response) {
      manifestsFetched.incrementAndGet();
      IdentityKey by = signer == null ? key : signer;
      FetchManifestResponse.Builder answer = FetchManifestResponse.newBuilder();
      try {
        SignedManifest signed = SignedManifest.sign(manifest, by.publicKey(), by::sign);
        if (request.getDigest().equals(ByteString.copyFrom(manifest.digest().bytes()))) {
          answer.setManifest(SignedManifestMessage.newBuilder()
              .setManifest(ByteString.copyFrom(signed.manifest()))
              .setSignature(ByteString.copyFrom(signed.signature())));
        } else {
          answer.setNotHeld(NotHeld.getDefaultInstance());
        }
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
      response.onNext(answer.build());
      response.onCompleted();
    }

    @Override
    public void fetchChunk(FetchChunkRequest request, StreamObserver<FetchChunkResponse> response) {
      if (chunksUntilBreak.getAndDecrement() <= 0) {
        response.onError(Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      Digest digest = Digest.ofBytes(request.getDigest().toByteArray());
      byte[] chunk = chunks.getOrDefault(digest, new byte[0]).clone();
      if (chunksToCorrupt.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        chunk[chunk.length / 2] ^= 1;
      }
      chunksFetched.add(digest);
      response.onNext(
          FetchChunkResponse.newBuilder().setChunk(ByteString.copyFrom(chunk)).build());
      response.onCompleted();
    }

    @Override
    public StreamObserver<LabelBlockMessage> submitLabels(StreamObserver<LabelReceipt> response) {
      return new StreamObserver<>() {
        private int count;

        @Override
        public void onNext(LabelBlockMessage block) {
          count++;
          blocks.add(block);
          if (studyOver && count == 1) {
            response.onNext(LabelReceipt.newBuilder()
                .setTooLate(LabelsTooLate.getDefaultInstance())
                .build());
            response.onCompleted();
          }
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
          if (studyOver) {
            return;
          }
          if (submissionsToBreak.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            response.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
          }
          LabelReceipt.Builder told = receipt;
          response.onNext((told != null
                  ? told
                  : LabelReceipt.newBuilder()
                      .setStored(LabelsStored.newBuilder().setBlocks(count)))
              .build());
          response.onCompleted();
        }
      };
    }
  }
}
