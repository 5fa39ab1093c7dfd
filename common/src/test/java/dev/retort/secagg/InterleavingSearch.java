package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.secagg.CoordinatorAction.Failed;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.NodeAction.Refused;
import dev.retort.secagg.NodeAction.Released;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.NodeAction.ValuesWanted;
import dev.retort.secagg.OpeningMessage.ShareOpen;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Visits every state that a segment's machines and channels can reach; see {@link InterleavingTest}. */
final class InterleavingSearch {

  private static final int SEGMENT = 0;

  private final int crashes;
  private final int restarts;

  /** How a search went. */
  record Outcome(int states, int sums, int failures) {}

  /** By identity: steps are computed once, so a frame is one object wherever it is. */
  private static final IdentityHashMap<Frame, Long> HASHES = new IdentityHashMap<>();

  private final Set<Long> checked = new HashSet<>();
  private final Map<String, NodeStep> nodeSteps = new HashMap<>();
  private final Map<String, CoordinatorStep> coordinatorSteps = new HashMap<>();
  private final TestCohort cohort;
  private final OpenedShares shares = new OpenedShares();

  /**
   * A search.
   *
   * @param crashes the most nodes that crash
   * @param restarts how often the coordinator restarts
   */
  InterleavingSearch(TestSession session, int crashes, int restarts) throws IOException {
    this.cohort = new TestCohort(session).setUp();
    this.crashes = crashes;
    this.restarts = restarts;
    cohort.ready(SEGMENT, TestCohort.batch(SEGMENT));
    cohort.fromNodes.stream()
        .filter(frame -> frame.message().type() == MessageType.DEAL)
        .forEach(shares::dealt);
  }

  private record NodeStep(Snapshot<AggregationNode> next, List<Frame> sent) {}

  private record CoordinatorStep(
      Snapshot<AggregationCoordinator> next, List<CoordinatorAction.Send> sent, boolean failed) {}

  /** A state of everything. A node that crashed is null. */
  private record World(
      List<@Nullable Snapshot<AggregationNode>> nodes,
      Snapshot<AggregationCoordinator> coordinator,
      List<List<Frame>> up,
      List<List<Frame>> down,
      Set<Octets> opened,
      boolean deadline,
      boolean failed,
      int crashes,
      int restarts) {

    long key() {
      long key = Snapshot.mix(coordinator.fingerprint(), crashes * 8L + restarts);
      for (int i = 0; i < nodes.size(); i++) {
        Snapshot<AggregationNode> node = nodes.get(i);
        key = Snapshot.mix(key, node == null ? 5 : node.fingerprint());
        key = Snapshot.mix(key, frames(up.get(i)));
        key = Snapshot.mix(key, frames(down.get(i)));
      }
      // In no order: what was opened is a set.
      key += opened.stream().mapToLong(share -> Snapshot.bytes(share.view())).sum();
      return Snapshot.mix(key, (deadline ? 2 : 0) + (failed ? 1 : 0));
    }

    private static long frames(List<Frame> frames) {
      long key = 41;
      for (Frame frame : frames) {
        key = Snapshot.mix(
            key, HASHES.computeIfAbsent(frame, f -> Snapshot.bytes(f.encode().view())));
      }
      return key;
    }
  }

  Outcome explore() throws IOException {
    World start = start();
    ArrayDeque<World> open = new ArrayDeque<>(List.of(start));
    Set<Long> seen = new HashSet<>(Set.of(start.key()));
    int sums = 0;
    int failures = 0;
    while (!open.isEmpty()) {
      World world = open.pop();
      check(world);
      List<World> next = new ArrayList<>();
      step(world, next);
      if (next.isEmpty()) {
        SegmentSum sum = world.coordinator().look().sum(SEGMENT);
        sums += sum == null ? 0 : 1;
        failures += sum == null ? 1 : 0;
        // With all alive and no deadline that came too early there is a sum.
        assertThat(sum != null || world.failed() || world.crashes() > 0).isTrue();
      }
      for (World reached : next) {
        if (seen.add(reached.key())) {
          open.push(reached);
        }
      }
    }
    System.out.printf(
        "%d nodes, %d crashes, %d restarts: %d states, %d ends with the sum and %d without%n",
        cohort.nodes.size(), crashes, restarts, seen.size(), sums, failures);
    HASHES.clear();
    Snapshot.forget();
    return new Outcome(seen.size(), sums, failures);
  }

  private World start() throws IOException {
    List<@Nullable Snapshot<AggregationNode>> nodes = new ArrayList<>();
    List<List<Frame>> none = new ArrayList<>();
    for (AggregationNode node : cohort.nodes) {
      nodes.add(Snapshot.of(node));
      none.add(List.of());
    }
    World quiet = new World(
        nodes, Snapshot.of(cohort.coordinator), none, none, new HashSet<>(), false, false, 0, 0);
    return after(
        quiet,
        coordinatorStep(
            quiet,
            "open",
            c -> c.open(SEGMENT, TestCohort.batch(SEGMENT), 3, TestSession.DEADLINE)));
  }

  private void step(World world, List<World> next) throws IOException {
    boolean eager = world.restarts() == restarts;
    for (int i = 0; i < world.nodes().size(); i++) {
      if (!world.down().get(i).isEmpty()) {
        next.add(toNode(world, i));
        if (eager) {
          return;
        }
      }
    }
    for (int i = 0; i < world.nodes().size(); i++) {
      if (!world.up().get(i).isEmpty()) {
        next.add(toCoordinator(world, i));
      }
      if (world.nodes().get(i) != null && world.crashes() < crashes) {
        next.add(crashed(world, i));
      }
    }
    if (!world.deadline()) {
      World timed = new World(
          world.nodes(),
          world.coordinator(),
          world.up(),
          world.down(),
          world.opened(),
          true,
          world.failed(),
          world.crashes(),
          world.restarts());
      next.add(after(timed, coordinatorStep(timed, "deadline", c -> c.uploadDeadline(SEGMENT))));
    }
    if (world.restarts() < restarts) {
      next.add(restarted(world));
    }
  }

  private World toNode(World world, int node) throws IOException {
    Frame frame = world.down().get(node).get(0);
    List<List<Frame>> down = replaced(world.down(), node, rest(world.down().get(node)));
    Snapshot<AggregationNode> before = world.nodes().get(node);
    if (before == null) {
      return new World(
          world.nodes(),
          world.coordinator(),
          world.up(),
          down,
          world.opened(),
          world.deadline(),
          world.failed(),
          world.crashes(),
          world.restarts());
    }
    String key = before.fingerprint() + " " + Snapshot.bytes(frame.encode().view());
    NodeStep step = nodeSteps.get(key);
    if (step == null) {
      AggregationNode machine = before.branch();
      List<Frame> sent = new ArrayList<>();
      answer(node, machine, machine.receive(frame), sent);
      step = new NodeStep(Snapshot.of(machine), sent);
      nodeSteps.put(key, step);
    }
    List<@Nullable Snapshot<AggregationNode>> nodes = new ArrayList<>(world.nodes());
    nodes.set(node, step.next());
    List<Frame> up = new ArrayList<>(world.up().get(node));
    up.addAll(step.sent());
    Set<Octets> opened = new HashSet<>(world.opened());
    step.sent().forEach(frameSent -> {
      if (ExactSumTest.isOf(frameSent, MessageType.SHARE_OPEN)) {
        opened.add(((SignedFrame) frameSent).message().body());
      }
    });
    return new World(
        nodes,
        world.coordinator(),
        replaced(world.up(), node, up),
        down,
        opened,
        world.deadline(),
        world.failed(),
        world.crashes(),
        world.restarts());
  }

  private void answer(
      int node, AggregationNode machine, List<NodeAction> actions, List<Frame> sent) {
    for (NodeAction action : actions) {
      if (action instanceof Send send) {
        sent.add(send.frame());
      } else if (action instanceof ValuesWanted wanted) {
        Lanes values = Lanes.of(LaneWidth.W32, cohort.values(node, wanted.batch()));
        answer(node, machine, machine.supply(wanted.segment(), values, wanted.localSigma()), sent);
      } else if (action instanceof Refused refused) {
        // An honest coordinator is never refused for what it says, only for when it arrives.
        assertThat(refused.refusal().reason()).isEqualTo(RefusalReason.OUT_OF_ORDER);
      } else if (action instanceof Released released) {
        assertThat(released.survivors().size())
            .isGreaterThanOrEqualTo(cohort.session.proposal.terms().minimum());
      }
    }
  }

  private World toCoordinator(World world, int node) throws IOException {
    Frame frame = world.up().get(node).get(0);
    World taken = new World(
        world.nodes(),
        world.coordinator(),
        replaced(world.up(), node, rest(world.up().get(node))),
        world.down(),
        world.opened(),
        world.deadline(),
        world.failed(),
        world.crashes(),
        world.restarts());
    String input = "frame " + Snapshot.bytes(frame.encode().view());
    return after(taken, coordinatorStep(taken, input, c -> c.receive(frame)));
  }

  private World crashed(World world, int node) {
    List<@Nullable Snapshot<AggregationNode>> nodes = new ArrayList<>(world.nodes());
    nodes.set(node, null);
    return new World(
        nodes,
        world.coordinator(),
        replaced(world.up(), node, List.of()),
        replaced(world.down(), node, List.of()),
        world.opened(),
        world.deadline(),
        world.failed(),
        world.crashes() + 1,
        world.restarts());
  }

  /** The coordinator is gone with everything under way; another one reads its journal and says all again. */
  private World restarted(World world) throws IOException {
    List<List<Frame>> none = new ArrayList<>();
    world.nodes().forEach(node -> none.add(List.of()));
    World silent = new World(
        world.nodes(),
        world.coordinator(),
        none,
        none,
        world.opened(),
        world.deadline(),
        world.failed(),
        world.crashes(),
        world.restarts() + 1);
    AggregationCoordinator old = world.coordinator().branch();
    AggregationCoordinator again = new AggregationCoordinator(
        cohort.session.coordinator, cohort.session.proposal, old.journal());
    List<CoordinatorAction> actions = new ArrayList<>(again.resume());
    if (world.deadline()) {
      actions.addAll(again.uploadDeadline(SEGMENT));
    }
    return after(silent, result(again, actions));
  }

  private interface Input {
    List<CoordinatorAction> to(AggregationCoordinator coordinator) throws IOException;
  }

  private CoordinatorStep coordinatorStep(World world, String name, Input input)
      throws IOException {
    String key = world.coordinator().fingerprint() + " " + name;
    CoordinatorStep step = coordinatorSteps.get(key);
    if (step == null) {
      AggregationCoordinator machine = world.coordinator().branch();
      step = result(machine, input.to(machine));
      coordinatorSteps.put(key, step);
    }
    return step;
  }

  private static CoordinatorStep result(
      AggregationCoordinator machine, List<CoordinatorAction> actions) {
    List<CoordinatorAction.Send> sent = new ArrayList<>();
    boolean failed = false;
    for (CoordinatorAction action : actions) {
      if (action instanceof CoordinatorAction.Send send) {
        sent.add(send);
      }
      failed |= action instanceof Failed;
    }
    return new CoordinatorStep(Snapshot.of(machine), sent, failed);
  }

  private static World after(World world, CoordinatorStep step) {
    List<List<Frame>> down = new ArrayList<>(world.down());
    step.sent().forEach(send -> {
      if (world.nodes().get(send.node()) != null) {
        List<Frame> frames = new ArrayList<>(down.get(send.node()));
        frames.add(send.frame());
        down.set(send.node(), frames);
      }
    });
    return new World(
        world.nodes(),
        step.next(),
        world.up(),
        down,
        world.opened(),
        world.deadline(),
        world.failed() || step.failed(),
        world.crashes(),
        world.restarts());
  }

  /** What must hold in every state. */
  private void check(World world) {
    long what = Snapshot.mix(
        world.coordinator().fingerprint(),
        world.opened().stream().mapToLong(share -> Snapshot.bytes(share.view())).sum());
    if (!checked.add(what)) {
      return;
    }
    List<ShareOpen> opened = new ArrayList<>();
    try {
      for (Octets body : world.opened()) {
        opened.add((ShareOpen) Message.parse(MessageType.SHARE_OPEN, body));
      }
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
    OpenedShares.Tally tally = shares.tally(SEGMENT, opened);
    for (int node = 0; node < world.nodes().size(); node++) {
      // Under an honest coordinator not one share of the other secret leaves.
      assertThat(tally.smallerOf(node)).isZero();
    }
    SegmentSum sum = world.coordinator().look().sum(SEGMENT);
    if (sum != null) {
      assertThat(TestCohort.longs(sum.lanes()))
          .isEqualTo(cohort.expected(sum.survivors(), TestCohort.batch(SEGMENT)));
    }
  }

  private static List<List<Frame>> replaced(
      List<List<Frame>> channels, int node, List<Frame> frames) {
    List<List<Frame>> copy = new ArrayList<>(channels);
    copy.set(node, frames);
    return copy;
  }

  private static List<Frame> rest(List<Frame> frames) {
    return List.copyOf(frames.subList(1, frames.size()));
  }
}
