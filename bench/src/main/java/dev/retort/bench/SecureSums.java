package dev.retort.bench;

import com.sun.management.ThreadMXBean;
import dev.retort.identity.IdentityKey;
import dev.retort.merkle.Digest;
import dev.retort.noise.AesCtrRandom;
import dev.retort.secagg.AggregationCoordinator;
import dev.retort.secagg.AggregationNode;
import dev.retort.secagg.AggregationSite;
import dev.retort.secagg.CohortPolicy;
import dev.retort.secagg.CohortTerms;
import dev.retort.secagg.CoordinatorAction;
import dev.retort.secagg.CoordinatorJournal;
import dev.retort.secagg.Frame;
import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.LaneWidth;
import dev.retort.secagg.Lanes;
import dev.retort.secagg.MaskWarmUp;
import dev.retort.secagg.MessageType;
import dev.retort.secagg.NodeAction;
import dev.retort.secagg.Octets;
import dev.retort.secagg.SegmentSum;
import dev.retort.secagg.SessionMemory;
import dev.retort.secagg.SessionProposal;
import dev.retort.secagg.SessionProposal.RosterEntry;
import dev.retort.secagg.SessionProposal.Sums;
import dev.retort.secagg.VerifyingKey;
import dev.retort.tlog.LogSigner;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What secure sums cost, in processor time of one thread, for whole cohorts in one process: set-up, deal and a segment, at
 * each node and at the coordinator, and the bytes that a node sends. Transport is not in it, signatures and digests are. Every
 * sum is checked.
 */
public final class SecureSums {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long NOW = 1_800_000_000L;
  private static final Digest TASK = digest("task");

  private final int nodes;
  private final LaneWidth width;
  private final int lanes;
  private final List<LogSigner> signers = new ArrayList<>();
  private final List<AggregationNode> machines = new ArrayList<>();
  private final AggregationCoordinator coordinator;
  private final ArrayDeque<Delivery> queue = new ArrayDeque<>();
  private final Set<Integer> early = new HashSet<>();
  private final Set<Integer> late = new HashSet<>();
  private long nodeNanos;
  private long coordinatorNanos;
  private long sentBytes;

  private interface Delivery {
    void run() throws IOException;
  }

  private SecureSums(int nodes, int colluders, LaneWidth width, int lanes) throws IOException {
    this.nodes = nodes;
    this.width = width;
    this.lanes = lanes;
    Map<VerifyingKey, LogSigner> byKey = new HashMap<>();
    List<RosterEntry> entries = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      LogSigner signer = new BenchSigner();
      VerifyingKey key = VerifyingKey.of(signer.publicKey());
      byKey.put(key, signer);
      entries.add(new RosterEntry(key, digest("certificate " + i)));
    }
    CohortTerms usual = CohortTerms.usual(nodes, colluders);
    int excluded = nodes < 10 ? usual.maxExcluded() : lost(nodes);
    CohortTerms terms = new CohortTerms(
        nodes > 128 ? nodes - excluded : usual.minimum(),
        colluders,
        excluded,
        CohortTerms.USUAL_LIMIT,
        CohortTerms.USUAL_LIMIT);
    byte[] session = new byte[32];
    new SecureRandom().nextBytes(session);
    SessionProposal proposal = new SessionProposal(
        Octets.of(session),
        NOW + 1_000_000,
        TASK,
        TASK,
        new Sums(100, 1, width, lanes),
        terms,
        SessionProposal.inOrder(entries));
    LogSigner coordinatorSigner = new BenchSigner();
    VerifyingKey coordinatorKey = VerifyingKey.of(coordinatorSigner.publicKey());
    this.coordinator = new AggregationCoordinator(coordinatorSigner, proposal, new NoJournal());
    proposal.roster().forEach(entry -> signers.add(byKey.get(entry.key())));
    CohortPolicy policy = new CohortPolicy(
        terms.minimum(), colluders, terms.maxExcluded(), 1, TASK, TASK, byKey.keySet());
    for (LogSigner signer : signers) {
      machines.add(new AggregationNode(new AggregationSite(
          signer,
          coordinatorKey,
          policy,
          new NoMemory(),
          AesCtrRandom.fromOperatingSystem(),
          InstantSource.fixed(Instant.ofEpochSecond(NOW)))));
    }
  }

  /**
   * Prints a table.
   *
   * @param args how many lanes, and the largest cohort
   */
  public static void main(String[] args) throws Exception {
    int lanes = Integer.parseInt(args[0]);
    int largest = Integer.parseInt(args[1]);
    rates(lanes);
    System.out.println(
        "medians of several segments up to 50 nodes; node ms, coordinator ms, node kB");
    // So that everything is compiled.
    measure(10, 3, LaneWidth.W32, lanes, 6);
    measure(10, 3, LaneWidth.W16, lanes, 6);
    int[] colluders = {1, 3, 16, 20, 100};
    int[] sizes = {3, 10, 50, 200, 1000};
    for (int i = 0; i < sizes.length && sizes[i] <= largest; i++) {
      if (sizes[i] <= 128) {
        System.out.println(measure(sizes[i], colluders[i], LaneWidth.W32, lanes, 7));
      }
      System.out.println(
          measure(sizes[i], colluders[i], LaneWidth.W16, lanes, sizes[i] <= 128 ? 7 : 1));
    }
  }

  /** A line of the table: medians of so many segments. */
  private static String measure(int nodes, int colluders, LaneWidth width, int lanes, int segments)
      throws IOException {
    SecureSums bench = new SecureSums(nodes, colluders, width, lanes);
    StringBuilder line = new StringBuilder();
    line.append(String.format("%d nodes, %d bits", nodes, width.bits()));
    bench.coordinator(bench.coordinator.resume());
    bench.run();
    bench.report(line, "set-up");
    for (int i = 0; i < nodes; i++) {
      int node = i;
      bench.node(node, () -> bench.machines.get(node).deal());
    }
    bench.run();
    bench.report(line, "deal of 16");
    bench.segments(line, 0, segments, "segment");
    if (nodes >= 10) {
      for (int i = 0; i < lost(nodes); i++) {
        bench.early.add(7 * i % nodes);
        bench.late.add((7 * i + 3) % nodes);
      }
      bench.segments(
          line,
          segments,
          segments,
          "segment, " + bench.early.size() + " early and " + bench.late.size() + " late");
    }
    return line.toString();
  }

  private void segments(StringBuilder line, int first, int count, String what) throws IOException {
    long[] ofNodes = new long[count];
    long[] ofCoordinator = new long[count];
    for (int i = 0; i < count; i++) {
      clear();
      segment(first + i);
      ofNodes[i] = nodeNanos;
      ofCoordinator[i] = coordinatorNanos;
    }
    Arrays.sort(ofNodes);
    Arrays.sort(ofCoordinator);
    nodeNanos = ofNodes[count / 2];
    coordinatorNanos = ofCoordinator[count / 2];
    report(line, what);
  }

  /** A tenth, or of large cohorts, whose ring pays for every exclusion, a twentieth. */
  private static int lost(int nodes) {
    return nodes > 128 ? nodes / 20 : nodes / 10;
  }

  private void clear() {
    nodeNanos = 0;
    coordinatorNanos = 0;
    sentBytes = 0;
  }

  private void report(StringBuilder line, String what) {
    line.append(String.format(
        " | %s %.2f, %.2f, %.1f",
        what, nodeNanos / 1e6 / nodes, coordinatorNanos / 1e6, sentBytes / 1e3 / nodes));
    clear();
  }

  private void segment(int segment) throws IOException {
    Digest batch = digest("batch " + segment);
    for (int i = 0; i < nodes; i++) {
      int node = i;
      node(node, () -> machines.get(node).ready(segment, batch));
    }
    run();
    coordinator(() -> coordinator.open(segment, batch, lanes, NOW + 60));
    run();
    coordinator(() -> coordinator.uploadDeadline(segment));
    run();
    SegmentSum sum = coordinator.sum(segment);
    if (sum == null || sum.survivors().size() != nodes - early.size()) {
      throw new IllegalStateException("segment must have its sum: " + segment);
    }
    for (int i = 0; i < lanes; i++) {
      if (sum.lanes().get(i) != (long) (i % 3 - 1) * sum.survivors().size()) {
        throw new IllegalStateException("sum must be exact at lane " + i);
      }
    }
  }

  private interface CoordinatorCall {
    List<CoordinatorAction> get() throws IOException;
  }

  private interface NodeCall {
    List<NodeAction> get() throws IOException;
  }

  private void coordinator(CoordinatorCall call) throws IOException {
    long start = THREADS.getCurrentThreadCpuTime();
    List<CoordinatorAction> actions = call.get();
    coordinatorNanos += THREADS.getCurrentThreadCpuTime() - start;
    coordinator(actions);
  }

  private void coordinator(List<CoordinatorAction> actions) {
    for (CoordinatorAction action : actions) {
      if (action instanceof CoordinatorAction.Send send) {
        queue.add(() -> node(send.node(), () -> machines.get(send.node()).receive(send.frame())));
      } else if (action instanceof CoordinatorAction.Refused
          || action instanceof CoordinatorAction.Failed) {
        throw new IllegalStateException("nothing must be refused: " + action);
      }
    }
  }

  private void node(int node, NodeCall call) throws IOException {
    long start = THREADS.getCurrentThreadCpuTime();
    List<NodeAction> actions = call.get();
    nodeNanos += THREADS.getCurrentThreadCpuTime() - start;
    for (NodeAction action : actions) {
      if (action instanceof NodeAction.Send send) {
        if (!isLost(node, send.frame())) {
          sentBytes += bytes(send.frame());
          queue.add(() -> coordinator(() -> coordinator.receive(send.frame())));
        }
      } else if (action instanceof NodeAction.ValuesWanted wanted && !early.contains(node)) {
        int[] values = new int[lanes];
        for (int i = 0; i < lanes; i++) {
          values[i] = i % 3 - 1;
        }
        Lanes noised = Lanes.of(width, values);
        node(node, () -> machines.get(node).supply(wanted.segment(), noised, wanted.localSigma()));
      } else if (action instanceof NodeAction.Refused refused) {
        throw new IllegalStateException("nothing must be refused: " + refused);
      }
    }
  }

  private boolean isLost(int node, Frame frame) {
    return late.contains(node)
        && frame instanceof SignedFrame signed
        && signed.message().type() == MessageType.SHARE_OPEN;
  }

  private static long bytes(Frame frame) {
    if (frame instanceof Chunk chunk) {
      return 49L + chunk.bytes().length();
    }
    SignedFrame signed = (SignedFrame) frame;
    return 107L
        + signed.message().body().length()
        + signed.parts().stream().mapToLong(part -> 4L + part.length()).sum();
  }

  private void run() throws IOException {
    for (Delivery next = queue.poll(); next != null; next = queue.poll()) {
      next.run();
    }
  }

  /** Mask bytes made and added, against the same bytes of AES-256-CTR alone, in turns. */
  private static void rates(int lanes) throws GeneralSecurityException {
    byte[] zeros = new byte[16 * 1024];
    byte[] tile = new byte[zeros.length];
    Cipher aes = Cipher.getInstance("AES/CTR/NoPadding");
    aes.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(new byte[32], "AES"),
        new IvParameterSpec(new byte[16]));
    for (LaneWidth width : LaneWidth.values()) {
      MaskWarmUp masks = new MaskWarmUp(width, lanes, 16);
      double bestAes = 0;
      double bestMasks = 0;
      for (int round = 0; round < 20; round++) {
        long start = THREADS.getCurrentThreadCpuTime();
        long bytes = masks.run();
        long middle = THREADS.getCurrentThreadCpuTime();
        for (long done = 0; done < bytes; done += tile.length) {
          aes.update(zeros, 0, zeros.length, tile, 0);
        }
        long end = THREADS.getCurrentThreadCpuTime();
        bestMasks = Math.max(bestMasks, (double) bytes / (middle - start));
        bestAes = Math.max(bestAes, (double) bytes / (end - middle));
      }
      System.out.printf(
          "lanes of %d bits: masks %.1f GB/s of AES-256-CTR's %.1f GB/s, %.0f %%%n",
          width.bits(), bestMasks, bestAes, 100 * bestMasks / bestAes);
    }
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A coordinator that need not survive. */
  private static final class NoJournal implements CoordinatorJournal {

    @Override
    public void append(Octets record) {}

    @Override
    public List<Octets> records() {
      return List.of();
    }
  }

  /** A node that need not survive. */
  private static final class NoMemory implements SessionMemory {

    @Override
    public boolean enter(Octets session) {
      return true;
    }

    @Override
    public boolean isReleased(Digest batch) {
      return false;
    }

    @Override
    public void release(Digest batch) {}
  }

  private record BenchSigner(IdentityKey key) implements LogSigner {

    BenchSigner() {
      this(IdentityKey.generate(new SecureRandom()));
    }

    @Override
    public String name() {
      return "bench";
    }

    @Override
    public byte[] publicKey() {
      return key.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      return key.sign(message);
    }
  }
}
