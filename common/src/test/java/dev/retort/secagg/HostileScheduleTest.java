package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.NodeAction.ValuesWanted;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/**
 * A coordinator with colluders tries every schedule, or many: it never gets a threshold of shares of both secrets of an
 * honest node, nor certificates for two sets of survivors of one segment, nor two sums of one batch.
 */
class HostileScheduleTest {

  /** What a node's state and a message make. */
  private record Step(Snapshot<AggregationNode> next, Set<Signed> said) {}

  private record World(List<Snapshot<AggregationNode>> nodes, Set<Signed> heard) {

    long key() {
      long key =
          heard.stream().mapToLong(said -> Snapshot.bytes(said.body().view())).sum();
      for (Snapshot<AggregationNode> node : nodes) {
        key = Snapshot.mix(key, node.fingerprint());
      }
      return key;
    }
  }

  /**
   * Four nodes, one of which colludes; two cohorts, every possible set of survivors of each, every certificate that can be
   * made; any message to any honest node at any time, also against its order. Every reachable state is visited.
   */
  @Test
  void everySchedule_ofFourNodes_opensOneSecretOfEach() throws IOException {
    Adversary adversary = new Adversary(4, TestSession.terms(3, 1, 1), Set.of(0));
    List<SegmentOpen> opens =
        List.of(adversary.open(0, adversary.set(0b1111)), adversary.open(0, adversary.set(0b0111)));
    List<NodeSet> survivors = List.of(
        adversary.set(0b1111),
        adversary.set(0b0111),
        adversary.set(0b1011),
        adversary.set(0b1101),
        adversary.set(0b1110));
    Map<String, Step> steps = new HashMap<>();
    List<Snapshot<AggregationNode>> nodes = new ArrayList<>();
    for (int i = 0; i < adversary.honest; i++) {
      nodes.add(Snapshot.of(adversary.cohort.nodes.get(i)));
    }
    World start = new World(nodes, Set.of());
    ArrayDeque<World> open = new ArrayDeque<>(List.of(start));
    Set<Long> seen = new HashSet<>(Set.of(start.key()));
    int opened = 0;
    while (!open.isEmpty()) {
      World world = open.pop();
      assertThat(adversary.hasBoth(0, world.heard())).isFalse();
      assertThat(adversary.certificates(world.heard())).hasSizeLessThanOrEqualTo(1);
      opened += adversary.hasBeta(0, world.heard()) ? 1 : 0;
      List<SignedFrame> messages = new ArrayList<>();
      for (SegmentOpen one : opens) {
        messages.add(adversary.say(one));
        adversary
            .proposals(one, survivors, world.heard())
            .forEach(proposal -> messages.add(adversary.say(proposal)));
      }
      adversary
          .certificates(world.heard())
          .forEach(certificate -> messages.add(adversary.say(certificate)));
      for (int i = 0; i < adversary.honest; i++) {
        for (SignedFrame message : messages) {
          World next = step(adversary, world, i, message, steps);
          if (seen.add(next.key())) {
            open.push(next);
          }
        }
      }
    }
    System.out.printf(
        "hostile coordinator, 4 nodes: %d states, in %d of them it could open own masks%n",
        seen.size(), opened);
    Snapshot.forget();
    assertThat(seen.size()).isGreaterThan(1000);
    assertThat(opened).isPositive();
  }

  private static World step(
      Adversary adversary, World world, int node, SignedFrame message, Map<String, Step> steps)
      throws IOException {
    Snapshot<AggregationNode> before = world.nodes().get(node);
    String key = before.fingerprint() + " "
        + Snapshot.bytes(message.message().signature().view());
    Step step = steps.get(key);
    if (step == null) {
      AggregationNode machine = before.branch();
      Set<Signed> said = new HashSet<>();
      hear(adversary, node, machine, machine.receive(message), said);
      step = new Step(Snapshot.of(machine), said);
      steps.put(key, step);
    }
    List<Snapshot<AggregationNode>> nodes = new ArrayList<>(world.nodes());
    nodes.set(node, step.next());
    Set<Signed> heard = new HashSet<>(world.heard());
    heard.addAll(step.said());
    return new World(nodes, heard);
  }

  /** Complaints are of no use to the adversary and would only multiply states. */
  private static void hear(
      Adversary adversary,
      int node,
      AggregationNode machine,
      List<NodeAction> actions,
      Set<Signed> said) {
    for (NodeAction action : actions) {
      if (action instanceof ValuesWanted wanted) {
        Lanes values = Lanes.of(LaneWidth.W32, adversary.cohort.values(node, Adversary.BATCH));
        hear(
            adversary,
            node,
            machine,
            machine.supply(wanted.segment(), values, wanted.localSigma()),
            said);
      } else if (action instanceof Send send
          && send.frame() instanceof SignedFrame signed
          && signed.message().type() != MessageType.COMPLAINT) {
        said.add(signed.message());
      }
    }
  }

  /**
   * Random schedules of larger cohorts over two segments of one batch: a step is any message that can be made, to any
   * honest node.
   */
  @Property(tries = 60)
  void anySchedule_ofAnyCohort_opensOneSecretOfEachAndOneSumOfABatch(
      @ForAll @IntRange(min = 3, max = 8) int nodes,
      @ForAll @IntRange(max = 2) int wantedColluders,
      @ForAll @LongRange(min = 1) long seed)
      throws IOException {
    int colluders = Math.min(wantedColluders, nodes - 2);
    int minimum = Math.max(3, colluders + 2);
    int excluded = Math.min(nodes - minimum, minimum - colluders - 1);
    Adversary adversary =
        new Adversary(nodes, TestSession.terms(minimum, colluders, excluded), Set.of(0, 1));
    UnsafeSeededRandom random = new UnsafeSeededRandom(seed);
    List<SegmentOpen> opens = new ArrayList<>();
    List<NodeSet> survivors = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      opens.add(adversary.open(i & 1, some(adversary, nodes, minimum, random)));
      survivors.add(some(adversary, nodes, minimum, random));
      survivors.add(opens.get(i).cohort());
    }
    Set<Signed> heard = new HashSet<>();
    for (int stepCount = 0; stepCount < 150; stepCount++) {
      List<SignedFrame> messages = new ArrayList<>();
      for (SegmentOpen one : opens) {
        messages.add(adversary.say(one));
        adversary
            .proposals(one, survivors, heard)
            .forEach(proposal -> messages.add(adversary.say(proposal)));
      }
      adversary
          .certificates(heard)
          .forEach(certificate -> messages.add(adversary.say(certificate)));
      int node = random.below(adversary.honest);
      AggregationNode machine = adversary.cohort.nodes.get(node);
      hear(
          adversary,
          node,
          machine,
          machine.receive(messages.get(random.below(messages.size()))),
          heard);
    }
    assertThat(adversary.hasBoth(0, heard)).isFalse();
    assertThat(adversary.hasBoth(1, heard)).isFalse();
    assertThat(adversary.hasBeta(0, heard) && adversary.hasBeta(1, heard)).isFalse();
  }

  private static NodeSet some(
      Adversary adversary, int nodes, int minimum, UnsafeSeededRandom random) {
    NodeSet set = adversary.set((1 << nodes) - 1);
    while (set.size() > minimum && random.below(3) != 0) {
      set = set.minus(NodeSet.of(nodes, java.util.stream.IntStream.of(random.below(nodes))));
    }
    return set;
  }
}
