package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.NodeAction.ValuesWanted;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Nodes and an honest coordinator in one thread, with frames that can be lost. Frames are encoded and parsed on the way. */
final class TestCohort {

  final TestSession session;
  final List<AggregationNode> nodes = new ArrayList<>();
  final JournalOfTests journal = new JournalOfTests();
  final Set<Integer> crashed = new HashSet<>();
  final List<Refusal> nodeRefusals = new ArrayList<>();
  final List<Refusal> coordinatorRefusals = new ArrayList<>();
  final List<RefusalReason> failures = new ArrayList<>();
  final List<SignedFrame> fromNodes = new ArrayList<>();
  final Map<Integer, List<NodeAction.Released>> released = new TreeMap<>();
  private final Set<Integer> dealt = new HashSet<>();
  private final ArrayDeque<Delivery> queue = new ArrayDeque<>();
  AggregationCoordinator coordinator;

  /** Whether a frame from a node (by index) gets through. */
  BiPredicate<Integer, Frame> up = (node, frame) -> true;

  /** Whether a frame to a node gets through. */
  BiPredicate<Integer, Frame> down = (node, frame) -> true;

  /** What arrives in a frame's place, in either direction. */
  UnaryOperator<Frame> replace = frame -> frame;

  /** What arrives at a node in a frame's place. */
  BiFunction<Integer, Frame, Frame> downReplace = (node, frame) -> frame;

  /** Whether frames are handed over as they are: a large cohort in one process has no room for everybody's copies. */
  boolean handsOver;

  /** Whether every value is the largest one. */
  boolean constant;

  /** How many lanes segments have. */
  int lanes;

  private interface Delivery {
    void run() throws IOException;
  }

  TestCohort(TestSession session) throws IOException {
    this.session = session;
    this.lanes = session.proposal.sums().lanes();
    this.coordinator = new AggregationCoordinator(session.coordinator, session.proposal, journal);
    for (int i = 0; i < session.identities.size(); i++) {
      nodes.add(new AggregationNode(session.site(i)));
    }
  }

  static TestCohort of(int nodes, int colluders, LaneWidth width, int lanes) throws IOException {
    return new TestCohort(new TestSession(
        nodes, CohortTerms.usual(nodes, colluders), TestSession.sums(width, lanes)));
  }

  /** Sets up, and deals the first window. */
  TestCohort setUp() throws IOException {
    coordinator(coordinator.resume());
    run();
    return deal();
  }

  TestCohort deal() throws IOException {
    for (int i = 0; i < nodes.size(); i++) {
      if (!crashed.contains(i) && nodes.get(i).canDeal()) {
        node(i, nodes.get(i).deal());
        dealt.add(i);
      }
    }
    run();
    return this;
  }

  /** Deals the first window for those that were set up late. */
  void dealLate() throws IOException {
    for (int i = 0; i < nodes.size(); i++) {
      if (!dealt.contains(i) && nodes.get(i).canDeal()) {
        node(i, nodes.get(i).deal());
      }
    }
    run();
  }

  void ready(int segment, Digest batch) throws IOException {
    for (int i = 0; i < nodes.size(); i++) {
      if (!crashed.contains(i) && nodes.get(i).isRunning()) {
        node(i, nodes.get(i).ready(segment, batch));
      }
    }
    run();
  }

  void open(int segment, Digest batch) throws IOException {
    coordinator(coordinator.open(segment, batch, lanes, TestSession.DEADLINE));
    run();
  }

  void uploadDeadline(int segment) throws IOException {
    coordinator(coordinator.uploadDeadline(segment));
    run();
  }

  /** Ready, open, deadline. */
  @Nullable
  SegmentSum sum(int segment) throws IOException {
    Digest batch = batch(segment);
    ready(segment, batch);
    open(segment, batch);
    uploadDeadline(segment);
    return coordinator.sum(segment);
  }

  static Digest batch(int segment) {
    return TestSession.digest("batch " + segment);
  }

  /** The coordinator dies, and another one reads its journal. */
  void restartCoordinator() throws IOException {
    queue.clear();
    coordinator = new AggregationCoordinator(session.coordinator, session.proposal, journal);
    coordinator(coordinator.resume());
  }

  /** The sum of a segment that must be known. */
  SegmentSum known(int segment) {
    return Objects.requireNonNull(coordinator.sum(segment), () -> "no sum: " + failures);
  }

  /** What a node has to say to a batch. */
  long[] values(int node, Digest batch) {
    UnsafeSeededRandom random = new UnsafeSeededRandom(31L * node + batch.hex().hashCode());
    int largest = (int) session.proposal.sums().largestValue();
    long[] values = new long[lanes];
    for (int i = 0; i < lanes; i++) {
      values[i] = constant ? largest : random.below(2 * largest + 1) - (long) largest;
    }
    return values;
  }

  long[] expected(NodeSet survivors, Digest batch) {
    long[] sum = new long[lanes];
    survivors.stream().forEach(node -> {
      long[] values = values(node, batch);
      for (int i = 0; i < lanes; i++) {
        sum[i] += values[i];
      }
    });
    return sum;
  }

  static long[] longs(Lanes lanes) {
    long[] values = new long[lanes.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = lanes.get(i);
    }
    return values;
  }

  void coordinator(List<CoordinatorAction> actions) {
    for (CoordinatorAction action : actions) {
      if (action instanceof CoordinatorAction.Send send) {
        queue.add(() -> toNode(send.node(), send.frame()));
      } else if (action instanceof CoordinatorAction.Refused refused) {
        coordinatorRefusals.add(refused.refusal());
      } else if (action instanceof CoordinatorAction.Failed failed) {
        failures.add(failed.reason());
      }
    }
  }

  void node(int node, List<NodeAction> actions) {
    for (NodeAction action : actions) {
      if (action instanceof NodeAction.Send send) {
        queue.add(() -> toCoordinator(node, send.frame()));
      } else if (action instanceof ValuesWanted wanted) {
        Lanes values = Lanes.of(session.proposal.sums().width(), values(node, wanted.batch()));
        node(node, nodes.get(node).supply(wanted.segment(), values, wanted.localSigma()));
      } else if (action instanceof NodeAction.Refused refused) {
        nodeRefusals.add(refused.refusal());
      } else if (action instanceof NodeAction.Released release) {
        released.computeIfAbsent(node, n -> new ArrayList<>()).add(release);
      }
    }
  }

  void toNode(int node, Frame frame) throws IOException {
    if (!crashed.contains(node) && down.test(node, frame)) {
      node(node, nodes.get(node).receive(travelled(downReplace.apply(node, frame))));
    }
  }

  private void toCoordinator(int node, Frame frame) throws IOException {
    if (!crashed.contains(node) && up.test(node, frame)) {
      if (frame instanceof SignedFrame signed) {
        fromNodes.add(signed);
      }
      coordinator(coordinator.receive(travelled(frame)));
    }
  }

  private Frame travelled(Frame frame) {
    if (handsOver) {
      return replace.apply(frame);
    }
    try {
      return Frame.parse(replace.apply(frame).encode());
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  void run() throws IOException {
    for (Delivery next = queue.poll(); next != null; next = queue.poll()) {
      next.run();
    }
  }
}
