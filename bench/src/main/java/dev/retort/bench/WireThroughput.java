package dev.retort.bench;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.CoordinatorCore;
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
import dev.retort.identity.NodeId;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.plan.StudyPlans;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.NodeReady;
import dev.retort.proto.v1.Pong;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SampleRange;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferImport;
import dev.retort.wire.ProtocolRange;
import dev.retort.wire.TlsChannel;
import dev.retort.wire.TlsServer;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
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
  private static final int REPEATED_SAMPLES = 6_553;
  private static final FederationName FEDERATION = new FederationName("bench");

  private WireThroughput() {}

  /** Runs all three. */
  public static void main(String[] arguments) throws Exception {
    Path home = Files.createTempDirectory("retort-bench");
    SecureRandom random = new SecureRandom();
    CertificateAuthority authority = FederationRoot.create(FEDERATION, Clock.systemUTC(), random)
        .issueAuthority(Clock.systemUTC(), random);
    Set<String> roster = new TreeSet<>();
    for (int node = 0; node < NODES; node++) {
      roster.add("node-" + node);
    }
    LearnEngine engine = LearnEngine.start();
    try (CoordinatorCore core = CoordinatorCore.open(
        home,
        Database.open(CoordinatorCore.database(home)),
        () -> roster,
        engine,
        engine.resolve(DeviceChoice.parse("cpu")),
        Clock.systemUTC(),
        random)) {
      Study study = study(home, core, random);
      Server server = TlsServer.listeningOn(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              authority.issueServer(List.of("localhost"), Duration.ofDays(1)),
              core.traffic())
          .addService(new HandshakeService(FEDERATION, ProtocolRange.CURRENT, "bench"))
          .addService(core.federation())
          .build()
          .start();
      List<ManagedChannel> channels = new ArrayList<>();
      for (String node : roster) {
        KeyPair keys = CertificateRequest.generateKeyPair(random);
        CertifiedKey key = new CertifiedKey(
            keys.getPrivate(),
            authority.issueNode(
                new NodeId(node), CertificateRequest.create(keys), Duration.ofDays(1)));
        channels.add(TlsChannel.mutual("localhost", server.getPort(), key).build());
      }
      System.out.printf(
          "growth over 1,000 rounds of streaming: %.1f MB%n", growth(channels.get(0), study));
      System.out.printf(
          "labels through gRPC and into the store: %.1f M labels/s%n", labels(channels, study));
      System.out.printf(
          "no-op round with %d nodes: %.2f ms (median of 200)%n",
          NODES, noOpRounds(core, channels));
      channels.forEach(ManagedChannel::shutdownNow);
      server.shutdownNow();
    }
    System.exit(0);
  }

  private static Study study(Path home, CoordinatorCore core, SecureRandom random)
      throws Exception {
    ChunkStore chunks = ChunkStore.open(CoordinatorCore.transfer(home));
    byte[] pixels = new byte[SAMPLES];
    Manifest manifest = TransferImport.all("bench", "none")
        .samples(new ByteSamples(SampleShape.row(1), pixels), null, chunks);
    IdentityKey identity = IdentityKey.generate(random);
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
  private static double labels(List<ManagedChannel> channels, Study study) throws Exception {
    List<LabelBlockMessage> blocks = blocks(study, SAMPLES);
    send(channels.get(8), blocks.subList(0, 1)).get(1, TimeUnit.MINUTES);
    long start = System.nanoTime();
    List<CompletableFuture<LabelReceipt>> receipts = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      receipts.add(send(channels.get(node), blocks));
    }
    for (CompletableFuture<LabelReceipt> receipt : receipts) {
      if (receipt.get(10, TimeUnit.MINUTES).getStored().getBlocks() != blocks.size()) {
        throw new IllegalStateException("not all blocks were stored: " + receipt.get());
      }
    }
    return 4.0 * SAMPLES * CLASSES / ((System.nanoTime() - start) / 1e3);
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

  private static double growth(ManagedChannel channel, Study study) throws Exception {
    List<LabelBlockMessage> block = blocks(study, REPEATED_SAMPLES);
    Supplier<CompletableFuture<LabelReceipt>> round = () -> send(channel, block.subList(0, 1));
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

  private static List<LabelBlockMessage> blocks(Study study, int samples) {
    SplittableRandom random = new SplittableRandom(1);
    List<LabelBlockMessage> blocks = new ArrayList<>();
    for (SampleRange range : StudyPlans.blocks(SAMPLES, CLASSES)) {
      if (range.first() >= samples) {
        break;
      }
      int[] values = random.ints((long) range.count() * CLASSES, -1000, 1000).toArray();
      LabelBlock block = new LabelBlock(range.first(), range.count(), CLASSES, values);
      blocks.add(LabelBlockMessage.newBuilder()
          .setStudyId(study.id())
          .setFirstSample(range.first())
          .setSampleCount(range.count())
          .setClasses(CLASSES)
          .setValues(ByteString.copyFrom(LabelBlockCodec.encode(block)))
          .build());
    }
    return blocks;
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
