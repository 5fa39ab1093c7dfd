package dev.retort.coordinator.round;

import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.SumStore.KeptSession;
import dev.retort.merkle.Digest;
import dev.retort.plan.SecureSums;
import dev.retort.secagg.AggregationCoordinator;
import dev.retort.secagg.MalformedMessageException;
import dev.retort.secagg.Message;
import dev.retort.secagg.MessageType;
import dev.retort.secagg.NodeSet;
import dev.retort.secagg.Octets;
import dev.retort.secagg.SessionProposal;
import dev.retort.secagg.SessionProposal.RosterEntry;
import dev.retort.secagg.VerifyingKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One session of a study's secure sums, and how far it is. Not safe for use by several threads at once. */
final class SumSession {

  private static final long LIFETIME_SECONDS = 24 * 3600;
  private static final int SESSION_BYTES = 32;

  /** What is waited for. */
  enum Step {
    /** Keys. */
    SETTING_UP,
    /** That nodes say that their answer to the block is there. */
    GETTING_READY,
    /** Masked vectors. */
    UPLOADING,
    /** Votes and shares. */
    OPENING
  }

  private final List<String> nodes;
  private final int firstBlock;
  private final SumRecords records;
  private final AggregationCoordinator coordinator;
  private Step step = Step.SETTING_UP;
  private @Nullable NodeSet members;

  private SumSession(
      List<String> nodes, int firstBlock, SumRecords records, AggregationCoordinator coordinator) {
    this.nodes = nodes;
    this.firstBlock = firstBlock;
    this.records = records;
    this.coordinator = coordinator;
  }

  /**
   * Begins a session.
   *
   * @param ids the nodes, each with a key and a place of its own
   * @param firstBlock the plan's block that segment 0 is about
   * @throws IllegalArgumentException if the nodes cannot be a session's roster
   */
  static SumSession begin(
      CollectionParts parts, Study study, NodeLinks links, Collection<String> ids, int firstBlock)
      throws IOException {
    Map<VerifyingKey, String> byKey = new HashMap<>();
    List<RosterEntry> entries = new ArrayList<>();
    for (String id : ids) {
      Optional<byte[]> key = parts.keys().identityKey(id);
      if (key.isPresent()) {
        VerifyingKey verifying = VerifyingKey.of(key.get());
        byKey.put(verifying, id);
        entries.add(new RosterEntry(verifying, certificate(links, id)));
      }
    }
    byte[] session = new byte[SESSION_BYTES];
    parts.random().nextBytes(session);
    List<RosterEntry> roster = SessionProposal.inOrder(entries);
    SessionProposal proposal = new SessionProposal(
        Octets.of(session),
        parts.clock().instant().getEpochSecond() + LIFETIME_SECONDS,
        study.planDigest(),
        SecureSums.noise(study.plan()),
        SecureSums.sums(study.plan(), roster.size()),
        SecureSums.terms(study.plan()),
        roster);
    List<String> nodes = roster.stream().map(entry -> byKey.get(entry.key())).toList();
    SumRecords records = SumRecords.begin(
        parts.sums(), study.id(), new KeptSession(firstBlock, nodes, proposal.encode(), List.of()));
    return new SumSession(
        nodes, firstBlock, records, new AggregationCoordinator(parts.signer(), proposal, records));
  }

  /** The session that was kept of a study, whose set-up is over. */
  static SumSession resume(CollectionParts parts, Study study, KeptSession kept)
      throws IOException, MalformedMessageException {
    SessionProposal proposal =
        (SessionProposal) Message.parse(MessageType.SESSION_PROPOSAL, kept.proposal());
    SumRecords records = SumRecords.resume(parts.sums(), study.id(), kept);
    SumSession session = new SumSession(
        kept.nodes(),
        kept.firstBlock(),
        records,
        new AggregationCoordinator(parts.signer(), proposal, records));
    session.step = Step.GETTING_READY;
    return session;
  }

  private static Digest certificate(NodeLinks links, String node) {
    return links.of(node).flatMap(NodeLink::certificate).orElseGet(() -> Digest.of(new byte[0]));
  }

  AggregationCoordinator coordinator() {
    return coordinator;
  }

  /** The node ids, in the order of the roster. */
  List<String> nodes() {
    return nodes;
  }

  int indexOf(String node) {
    return nodes.indexOf(node);
  }

  String node(int index) {
    return nodes.get(index);
  }

  /** The segment in which the plan's block {@code block} is summed. */
  int segment(int block) {
    return block - firstBlock;
  }

  Step step() {
    return step;
  }

  void step(Step next) {
    step = next;
  }

  void setUp(NodeSet set) {
    members = set;
  }

  /** The nodes that are set up, as far as is known. */
  List<String> members() {
    NodeSet set = members;
    return set == null ? nodes : set.stream().mapToObj(nodes::get).toList();
  }

  /** From here on the session outlives a restart. */
  void keep() {
    records.keep();
  }
}
