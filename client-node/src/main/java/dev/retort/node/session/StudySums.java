package dev.retort.node.session;

import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.node.release.HiddenOutcome;
import dev.retort.node.release.ReleaseRequest;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.node.teacher.CorruptAnswerTableException;
import dev.retort.plan.SecureSums;
import dev.retort.secagg.AggregationNode;
import dev.retort.secagg.AggregationSite;
import dev.retort.secagg.Frame;
import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.Lanes;
import dev.retort.secagg.MalformedMessageException;
import dev.retort.secagg.MessageType;
import dev.retort.secagg.NodeAction;
import dev.retort.secagg.NodeAction.Joined;
import dev.retort.secagg.NodeAction.Refused;
import dev.retort.secagg.NodeAction.Released;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.NodeAction.ValuesWanted;
import dev.retort.secagg.Octets;
import dev.retort.secagg.Refusal;
import dev.retort.secagg.RefusalReason;
import dev.retort.secagg.SessionProposal;
import dev.retort.secagg.Signed;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.SampleRange;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the secure sums of one study: it answers what the protocol asks, and charges the ledger before a
 * masked vector leaves. A later session replaces an earlier one; what was answered is answered again, from the same noise
 * and at no further charge. Not safe for use by several threads at once.
 */
final class StudySums {

  private static final Logger LOG = LoggerFactory.getLogger(StudySums.class);

  private final Site site;
  private final Uplink uplink;
  private final Coordinator coordinator;
  private final WitnessedLedger witnessed;
  private final JoinedStudy study;
  private final DatasetBind dataset;
  private final Runnable answered;
  private final AggregationSite aggregation;
  private final Map<Integer, SampleRange> asked = new HashMap<>();
  private final Map<Integer, Report.Shown> supplied = new HashMap<>();
  private int dealtSegments;
  private @Nullable Octets session;
  private @Nullable AggregationNode member;

  /** A part in sums that have not begun; {@code answered} is run whenever an answer has left. */
  StudySums(
      Site site,
      Uplink uplink,
      Coordinator coordinator,
      WitnessedLedger witnessed,
      JoinedStudy study,
      DatasetBind dataset,
      Runnable answered) {
    this.site = site;
    this.uplink = uplink;
    this.coordinator = coordinator;
    this.witnessed = witnessed;
    this.study = study;
    this.dataset = dataset;
    this.answered = answered;
    this.aggregation = site.sums()
        .member(uplink.node(), uplink.coordinatorKey(), site.policy().sums(), study, site.clock());
  }

  /** Takes a message of the protocol. */
  void receive(Octets bytes)
      throws StudyImpossibleException, CoordinatorLostException, RolledBackException,
          WitnessRefusedException, LogUnavailableException, IOException, InterruptedException {
    Frame frame;
    try {
      frame = Frame.parse(bytes);
      if (frame instanceof SignedFrame signed
          && signed.message().type() == MessageType.SESSION_PROPOSAL) {
        begin(signed.message());
      }
    } catch (MalformedMessageException e) {
      LOG.warn("study {}: a message of the sums is ignored: {}", study.id(), e.getMessage());
      return;
    }
    AggregationNode current = member;
    if (current == null) {
      LOG.debug("study {}: a message of sums that this node is not part of", study.id());
      return;
    }
    act(current, current.receive(frame));
  }

  /** Says that the answer to a block is there, as soon as the session is set up. */
  void ready(int segment, SampleRange block)
      throws StudyImpossibleException, CoordinatorLostException, RolledBackException,
          WitnessRefusedException, LogUnavailableException, IOException, InterruptedException {
    if (!study.blocks(block).equals(List.of(block))) {
      throw new StudyImpossibleException(
          "a sum must be over one of the plan's blocks: first sample " + block.first() + ", count "
              + block.count());
    }
    AggregationNode current = member;
    if (current == null || !current.isRunning() || supplied.containsKey(segment)) {
      return;
    }
    SampleRange before = asked.putIfAbsent(segment, block);
    if (before != null && !before.equals(block)) {
      throw new StudyImpossibleException("a segment must be over one block: " + segment);
    }
    while (segment >= dealtSegments && current.canDeal()) {
      deal(current);
    }
    if (segment < dealtSegments) {
      act(current, current.ready(segment, SecureSums.batch(study.digest(), block)));
    }
  }

  /** Leaves the session, if there is one. */
  void leave() {
    AggregationNode current = member;
    if (current != null) {
      current.destroy();
    }
    member = null;
    session = null;
    asked.clear();
    supplied.clear();
    dealtSegments = 0;
  }

  private void begin(Signed proposal) throws MalformedMessageException {
    Octets current = session;
    if (!proposal.isSignedBy(aggregation.coordinator())
        || !(proposal.parse() instanceof SessionProposal asks)
        || (current != null && asks.session().equals(current))) {
      return;
    }
    leave();
    session = asks.session();
    member = new AggregationNode(aggregation);
  }

  private void deal(AggregationNode current)
      throws StudyImpossibleException, CoordinatorLostException, RolledBackException,
          WitnessRefusedException, LogUnavailableException, IOException, InterruptedException {
    List<NodeAction> deal = current.deal();
    dealtSegments += SessionProposal.WINDOW;
    act(current, deal);
  }

  private void act(AggregationNode current, List<NodeAction> actions)
      throws StudyImpossibleException, CoordinatorLostException, RolledBackException,
          WitnessRefusedException, LogUnavailableException, IOException, InterruptedException {
    for (NodeAction action : actions) {
      if (action instanceof Send send) {
        showBefore(send.frame());
        coordinator.tell(new Report.OfSum(study.id(), send.frame().encode()));
      } else if (action instanceof Joined joined) {
        LOG.info("study {}: a sum with {} sites is set up", study.id(), joined.nodes());
        deal(current);
      } else if (action instanceof ValuesWanted wanted) {
        supply(current, wanted);
      } else if (action instanceof Released released) {
        answered.run();
        LOG.info(
            "study {}: a block is summed over {} sites{}",
            study.id(),
            released.survivors().size(),
            released.isIncluded() ? "" : ", without this one");
      } else if (action instanceof Refused refused) {
        refuse(refused.refusal());
      }
    }
  }

  /** A vector is not taken without the release; and what comes again, as after a lost connection, comes whole. */
  private void showBefore(Frame frame) {
    if (frame instanceof Chunk chunk && chunk.index() == 0) {
      Report.Shown shown = supplied.get(chunk.segment());
      if (shown != null) {
        coordinator.tell(shown);
      }
    }
  }

  private void supply(AggregationNode current, ValuesWanted wanted)
      throws StudyImpossibleException, CoordinatorLostException, RolledBackException,
          WitnessRefusedException, LogUnavailableException, IOException, InterruptedException {
    SampleRange block = asked.get(wanted.segment());
    int sigma = study.plan().privacy().sigma();
    if (block == null
        || wanted.lanes() != block.count() * study.mechanism().width()
        || wanted.localSigma() > sigma) {
      LOG.warn(
          "study {}: a cohort of {} sites is refused: the plan's {} and its noise are for larger ones",
          study.id(),
          wanted.cohort(),
          study.plan().cohort().minimum());
      return;
    }
    AnswerTable exact;
    try {
      exact = study
          .answers()
          .of(study.round(block))
          .orElseThrow(
              () -> new StudyImpossibleException("a sum must be of a round that was opened"))
          .read(study.mechanism(), study.rows());
    } catch (CorruptAnswerTableException e) {
      throw new IOException("saved answers must be readable", e);
    }
    HiddenOutcome outcome = site.tick()
        .hold(() -> site.release()
            .releaseHidden(
                dataset, request(block), () -> exact.block(study.inRound(block)).values()));
    if (outcome instanceof HiddenOutcome.Refused over) {
      LOG.warn(
          "study {}: {} asked, {} left: the sum is without this site",
          study.id(),
          over.asked(),
          over.left());
      coordinator.tell(
          new Report.Refused(study.id(), block, over.limit(), over.asked(), over.left()));
    } else if (outcome instanceof HiddenOutcome.Changed) {
      throw new StudyImpossibleException(
          "the site answered this question before, and its records have changed since; ask under"
              + " another seed, at a new charge");
    } else if (outcome instanceof HiddenOutcome.Released released) {
      long tree = witnessed.accepted();
      ReleaseProof proof =
          site.tick().hold(() -> site.ledger().releaseProof(released.chargeSeq(), tree));
      supplied.put(
          wanted.segment(), new Report.Shown(study.id(), block, released.commitment(), proof));
      act(
          current,
          current.supply(
              wanted.segment(), Lanes.of(wanted.width(), released.block().values()), sigma));
    }
  }

  private ReleaseRequest request(SampleRange block) {
    return new ReleaseRequest(
        uplink.party(),
        site.lineage(),
        study.digest(),
        study.plan().transferSetRef().manifest(),
        block.first(),
        block.count(),
        study.mechanism());
  }

  private void refuse(Refusal refusal) throws StudyImpossibleException, LogUnavailableException {
    RefusalReason reason = refusal.reason();
    LOG.warn("study {}: refused in a secure sum: {} (code {})", study.id(), reason, reason.code());
    Octets refused = session;
    if (refused == null || !reason.endsSession()) {
      return;
    }
    OptionalLong written = site.ledger()
        .refuseSum(
            study.digest(),
            Digest.ofBytes(refused.bytes()),
            reason.name(),
            reason.code(),
            refusal.evidence().stream().map(signed -> signed.encode().bytes()).toList());
    if (written.isPresent()) {
      LOG.info(
          "study {}: the refusal and what shows it are entry {} of the ledger",
          study.id(),
          written.getAsLong());
    }
    leave();
    switch (reason) {
      case SESSION_REPLAYED, EXPIRED ->
        LOG.info("study {}: another session may be set up", study.id());
      case UNRECOGNISED_NODES ->
        throw new StudyImpossibleException("the site does not know enough of the other sites' keys"
            + " (UNRECOGNISED_NODES): its operator adds what \"retort ledger key\" prints there to"
            + " policy.secureSums.peers");
      default ->
        throw new StudyImpossibleException(
            "the site refuses to sum: " + reason + " (code " + reason.code() + ")");
    }
  }
}
