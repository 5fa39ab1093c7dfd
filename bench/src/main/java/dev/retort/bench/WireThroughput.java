package dev.retort.bench;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.FederationMembers;
import dev.retort.coordinator.enroll.HandshakeService;
import dev.retort.coordinator.round.NodeLink;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.study.Study;
import dev.retort.data.ByteSamples;
import dev.retort.data.SampleShape;
import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.CertificateRequest;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationRoot;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.NodeId;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.ledger.ChargeOutcome;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.Query;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlans;
import dev.retort.privacy.ApproxDp;
import dev.retort.proto.v1.AddCheckpointResponse;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.NodeReady;
import dev.retort.proto.v1.Pong;
import dev.retort.proto.v1.TeachersReady;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SampleRange;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferImport;
import dev.retort.wire.ProtocolRange;
import dev.retort.wire.TlsChannel;
import dev.retort.wire.TlsServer;
import dev.retort.wire.WireWitness;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Label blocks and no-op rounds through a coordinator's real services over mutual TLS on loopback, with its real store.
 * Prints labels per second for fresh blocks, the milliseconds of a round trip to ten nodes, and the growth of the resident
 * set over a thousand rounds of streaming.
 */
public final class WireThroughput {

  private static final int CLASSES = 10;
  private static final int NODES = 10;
  private static final int SAMPLES = 1_000_000;
  private static final int LABELLING = 4;
  private static final int CHECKPOINTS = 200;
  private static final FederationName FEDERATION = new FederationName("bench");

  private WireThroughput() {}

  /** Runs all three. */
  public static void main(String[] arguments) throws Exception {
    Path home = Files.createTempDirectory("retort-bench");
    SecureRandom random = new SecureRandom();
    CertificateAuthority authority = FederationRoot.create(FEDERATION, Clock.systemUTC(), random)
        .issueAuthority(Clock.systemUTC(), random);
    Map<String, IdentityKey> roster = new TreeMap<>();
    for (int node = 0; node < NODES; node++) {
      roster.put("node-" + node, IdentityKey.generate(random));
    }
    IdentityKey identity = IdentityKey.generate(random);
    LearnEngine engine = LearnEngine.start();
    try (CoordinatorCore core = CoordinatorCore.open(
        home,
        Database.open(CoordinatorCore.database(home)),
        new FederationMembers(
            FEDERATION,
            identity,
            roster::keySet,
            id -> Optional.ofNullable(roster.get(id)).map(IdentityKey::publicKey)),
        engine,
        engine.resolve(DeviceChoice.parse("cpu")),
        Clock.systemUTC(),
        random)) {
      Study study = study(home, core, identity);
      Server server = TlsServer.listeningOn(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              authority.issueServer(List.of("localhost"), Duration.ofDays(1)),
              core.traffic())
          .addService(new HandshakeService(FEDERATION, ProtocolRange.CURRENT, "bench"))
          .addService(core.federation())
          .build()
          .start();
      List<ManagedChannel> channels = new ArrayList<>();
      for (String node : roster.keySet()) {
        KeyPair keys = CertificateRequest.generateKeyPair(random);
        CertifiedKey key = new CertifiedKey(
            keys.getPrivate(),
            authority.issueNode(
                new NodeId(node), CertificateRequest.create(keys), Duration.ofDays(1)));
        channels.add(TlsChannel.mutual("localhost", server.getPort(), key).build());
      }
      List<List<LabelBlockMessage>> blocks = new ArrayList<>();
      List<String> names = List.copyOf(roster.keySet());
      for (int node = 0; node <= LABELLING; node++) {
        beAsked(channels.get(node), study);
        blocks.add(blocks(home, core, names.get(node), roster, identity, study));
      }
      System.out.printf(
          "growth over 1,000 rounds of streaming: %.1f MB%n",
          growth(channels.get(0), blocks.get(0).subList(0, 1)));
      System.out.printf(
          "labels through gRPC and into the store: %.1f M labels/s%n", labels(channels, blocks));
      System.out.printf(
          "checkpoint cosigned and kept, proof and all: %.2f ms (median of %d)%n",
          checkpoints(
              home,
              channels.get(NODES - 1),
              names.get(NODES - 1),
              roster,
              study,
              VerifierKey.ofWitness(IdentitySigner.ofCoordinator(FEDERATION, identity))),
          CHECKPOINTS);
      System.out.printf(
          "no-op round with %d nodes: %.2f ms (median of 200)%n",
          NODES, noOpRounds(core, channels));
      channels.forEach(ManagedChannel::shutdownNow);
      server.shutdownNow();
    }
    System.exit(0);
  }

  private static Study study(Path home, CoordinatorCore core, IdentityKey identity)
      throws Exception {
    ChunkStore chunks = ChunkStore.open(CoordinatorCore.transfer(home));
    byte[] pixels = new byte[SAMPLES];
    Manifest manifest = TransferImport.all("bench", "none")
        .samples(new ByteSamples(SampleShape.row(1), pixels), null, chunks);
    chunks.putManifest(SignedManifest.sign(manifest, identity.publicKey(), identity::sign));
    return core.desk().create("""
            study: bench
            task: { kind: classification, classes: [a, b, c, d, e, f, g, h, i, j] }
            transferSet: %s
            privacy: { epsilon: 8 }
            teachers: { architecture: linear }
            student: { architecture: linear }
            cohort: { minimum: 10 }
            """.formatted(manifest.ref()));
  }

  /** Four nodes stream all their labels at once; the others keep the study open. */
  private static double labels(List<ManagedChannel> channels, List<List<LabelBlockMessage>> blocks)
      throws Exception {
    send(channels.get(LABELLING), blocks.get(LABELLING).subList(0, 1)).get(1, TimeUnit.MINUTES);
    long start = System.nanoTime();
    List<CompletableFuture<LabelReceipt>> receipts = new ArrayList<>();
    for (int node = 0; node < LABELLING; node++) {
      receipts.add(send(channels.get(node), blocks.get(node)));
    }
    for (CompletableFuture<LabelReceipt> receipt : receipts) {
      if (receipt.get(10, TimeUnit.MINUTES).getStored().getBlocks()
          != blocks.get(0).size()) {
        throw new IllegalStateException("not all blocks were stored: " + receipt.get());
      }
    }
    return (double) LABELLING * SAMPLES * CLASSES / ((System.nanoTime() - start) / 1e3);
  }

  private static double noOpRounds(CoordinatorCore core, List<ManagedChannel> channels)
      throws Exception {
    channels.forEach(WireThroughput::answerPings);
    while (core.links().all().size() < NODES) {
      Thread.sleep(20);
    }
    double[] millis = new double[400];
    for (int round = 0; round < millis.length; round++) {
      long start = System.nanoTime();
      List<CompletableFuture<Void>> pongs = new ArrayList<>();
      for (NodeLink link : core.links().all()) {
        pongs.add(link.ping(round));
      }
      for (CompletableFuture<Void> pong : pongs) {
        pong.get(10, TimeUnit.SECONDS);
      }
      millis[round] = (System.nanoTime() - start) / 1e6;
    }
    double[] warm = Arrays.copyOfRange(millis, 200, 400);
    Arrays.sort(warm);
    return warm[100];
  }

  private static void answerPings(ManagedChannel channel) {
    Out<NodeEvent> events = new Out<>();
    events.stream = FederationGrpc.newStub(channel).work(new StreamObserver<>() {
      @Override
      public void onNext(WorkOrder order) {
        if (order.hasPing()) {
          events.send(NodeEvent.newBuilder()
              .setPong(Pong.newBuilder().setNonce(order.getPing().getNonce()))
              .build());
        }
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {}
    });
    events.send(NodeEvent.newBuilder().setReady(NodeReady.getDefaultInstance()).build());
  }

  /** Only what was asked for is taken. */
  private static void beAsked(ManagedChannel channel, Study study) throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    Out<NodeEvent> events = new Out<>();
    events.stream = FederationGrpc.newStub(channel).work(new StreamObserver<>() {
      @Override
      public void onNext(WorkOrder order) {
        if (order.hasLabelRequest()) {
          asked.complete(null);
        }
      }

      @Override
      public void onError(Throwable cause) {
        asked.completeExceptionally(cause);
      }

      @Override
      public void onCompleted() {}
    });
    events.send(NodeEvent.newBuilder().setReady(NodeReady.getDefaultInstance()).build());
    events.send(NodeEvent.newBuilder()
        .setTeachersReady(TeachersReady.newBuilder().setStudyId(study.id()))
        .build());
    asked.get(30, TimeUnit.SECONDS);
    events.stream.onCompleted();
  }

  /** A stream that several threads write to. */
  private static final class Out<T> {
    private volatile StreamObserver<T> stream = new StreamObserver<>() {
      @Override
      public void onNext(T value) {}

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {}
    };

    synchronized void send(T value) {
      stream.onNext(value);
    }
  }

  private static double growth(ManagedChannel channel, List<LabelBlockMessage> block)
      throws Exception {
    Supplier<CompletableFuture<LabelReceipt>> round = () -> send(channel, block);
    for (int i = 0; i < 500; i++) {
      round.get().get(1, TimeUnit.MINUTES);
    }
    System.gc();
    long before = residentBytes();
    for (int i = 0; i < 1_000; i++) {
      round.get().get(1, TimeUnit.MINUTES);
    }
    System.gc();
    return (residentBytes() - before) / 1e6;
  }

  private static CompletableFuture<LabelReceipt> send(
      ManagedChannel channel, List<LabelBlockMessage> blocks) {
    CompletableFuture<LabelReceipt> receipt = new CompletableFuture<>();
    var unused = FederationGrpc.newStub(channel).submitLabels(new Sender(blocks, receipt));
    return receipt;
  }

  /** Sends as fast as the other side reads, as a node's session does. */
  private static final class Sender
      implements ClientResponseObserver<LabelBlockMessage, LabelReceipt> {

    private final List<LabelBlockMessage> blocks;
    private final CompletableFuture<LabelReceipt> receipt;
    private int next;

    Sender(List<LabelBlockMessage> blocks, CompletableFuture<LabelReceipt> receipt) {
      this.blocks = blocks;
      this.receipt = receipt;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<LabelBlockMessage> stream) {
      stream.setOnReadyHandler(() -> {
        while (stream.isReady() && next < blocks.size()) {
          stream.onNext(blocks.get(next++));
          if (next == blocks.size()) {
            stream.onCompleted();
          }
        }
      });
    }

    @Override
    public void onNext(LabelReceipt value) {
      receipt.complete(value);
    }

    @Override
    public void onError(Throwable cause) {
      receipt.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {}
  }

  private static PrivacyLedger ledger(
      Path home, String node, Map<String, IdentityKey> roster, Study study) throws Exception {
    PrivacyLedger ledger = PrivacyLedger.open(
        home.resolve(node + ".db"),
        new IdentitySigner(
            "retort/" + FEDERATION + "/" + node, Objects.requireNonNull(roster.get(node))),
        InstantSource.system());
    ledger.openPolicy("bench", "record", new ApproxDp(8, study.plan().privacy().delta()));
    ledger.bindDataset(new DatasetBind("bench", Digest.of(new byte[0]), 1, "none/1"));
    ledger.openCampaign(study.planDigest(), StudyNoise.mechanism(study.plan()));
    return ledger;
  }

  /** Charges and releases a block; returns the charge. */
  private static long release(PrivacyLedger ledger, Study study, Party party, LabelBlock block)
      throws Exception {
    Query query = new Query(
        "bench",
        study.planDigest(),
        Query.batch(study.plan().transferSetRef().manifest(), block.firstSample(), block.count()),
        block.count());
    long charge = ((ChargeOutcome.Charged) ledger.charge(query, party)).seq();
    ledger.release(charge, block, Digest.of(new byte[0]));
    return charge;
  }

  /** All blocks of a node, each with the proof of its release in its ledger. */
  private static List<LabelBlockMessage> blocks(
      Path home,
      CoordinatorCore core,
      String node,
      Map<String, IdentityKey> roster,
      IdentityKey coordinator,
      Study study)
      throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    Party party = Party.ofKey(FEDERATION.value(), coordinator.publicKey());
    try (PrivacyLedger ledger = ledger(home, node, roster, study)) {
      Map<LabelBlock, Long> charges = new LinkedHashMap<>();
      for (SampleRange range : StudyPlans.blocks(study.plan())) {
        int[] values = random.ints((long) range.count() * CLASSES, -1000, 1000).toArray();
        LabelBlock block = new LabelBlock(range.first(), range.count(), CLASSES, values);
        charges.put(block, release(ledger, study, party, block));
      }
      var unused = core.witness()
          .add(node, new WireWitness.Question("", 0, List.of(), ledger.checkpoint(), List.of()));
      List<LabelBlockMessage> blocks = new ArrayList<>();
      for (Map.Entry<LabelBlock, Long> one : charges.entrySet()) {
        LabelBlock block = one.getKey();
        blocks.add(LabelBlockMessage.newBuilder()
            .setStudyId(study.id())
            .setFirstSample(block.firstSample())
            .setSampleCount(block.count())
            .setClasses(CLASSES)
            .setValues(ByteString.copyFrom(LabelBlockCodec.encode(block)))
            .setChargeSequence(one.getValue())
            .setProof(WireWitness.proof(ledger.releaseProof(one.getValue(), ledger.size())))
            .build());
      }
      return blocks;
    }
  }

  /** What a block waits for besides its own line: the coordinator's cosignature, written down on both sides. */
  private static double checkpoints(
      Path home,
      ManagedChannel channel,
      String node,
      Map<String, IdentityKey> roster,
      Study study,
      VerifierKey coordinator)
      throws Exception {
    Party party = new Party(FEDERATION.value(), Digest.of(new byte[0]));
    double[] millis = new double[CHECKPOINTS];
    try (PrivacyLedger ledger = ledger(home, node, roster, study)) {
      long old = 0;
      for (int i = 0; i < CHECKPOINTS; i++) {
        release(ledger, study, party, new LabelBlock(i, 1, CLASSES, new int[CLASSES]));
        long start = System.nanoTime();
        String note = ledger.checkpoint();
        AddCheckpointResponse response = FederationGrpc.newBlockingStub(channel)
            .addCheckpoint(WireWitness.request(new WireWitness.Question(
                "", old, ledger.consistency(old, ledger.size()), note, List.of())));
        ledger.putCosigned(coordinator, note + response.getCosigned().getLines());
        millis[i] = (System.nanoTime() - start) / 1e6;
        if (!response.hasCosigned()) {
          throw new IllegalStateException("the coordinator must cosign: " + response);
        }
        old = ledger.size();
      }
    }
    Arrays.sort(millis);
    return millis[CHECKPOINTS / 2];
  }

  private static long residentBytes() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IllegalStateException("the system does not say how large this process is");
  }
}
