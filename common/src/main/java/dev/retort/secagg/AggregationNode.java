package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.Message.Slot;
import dev.retort.secagg.NodeAction.Joined;
import dev.retort.secagg.NodeAction.Refused;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.OpeningMessage.SegmentResult;
import dev.retort.secagg.SetupMessage.Beacon;
import dev.retort.secagg.SetupMessage.Complaint;
import dev.retort.secagg.SetupMessage.KemCiphertext;
import dev.retort.secagg.SetupMessage.Roster;
import dev.retort.secagg.SetupMessage.SetupCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorProposal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * A node of one FD-SA/1 session, and its seat in the committee if it has one. It is driven by frames from the coordinator
 * and by three events: {@link #deal}, {@link #ready} and {@link #supply}; each returns what to do next.
 *
 * <p>Security guarantees, against a coordinator that works with at most {@code colluders} of the nodes: of this node's
 * values it learns nothing but a sum over at least {@code minimum} nodes, at most once for a batch; see
 * docs/secure-aggregation.md. All keys are in memory only. A node that crashes has left the session: do not try to bring
 * this object back, make another for a new session.
 *
 * <p>A frame that arrives again is answered as before, byte by byte. When a call throws {@link IOException}, memory is not
 * to be relied on: {@link #destroy} it. Not thread-safe.
 */
public final class AggregationNode implements Destroyable {

  private final AggregationSite site;
  private final MessageGate gate;
  private final NodeSetup setup;
  private final Map<Slot, List<NodeAction>> answers = new HashMap<>();
  private @Nullable NodeSegments segments;
  private boolean destroyed;

  /** A node that waits for a proposal. */
  public AggregationNode(AggregationSite site) {
    this.site = site;
    this.gate = new MessageGate(site.coordinator());
    this.setup = new NodeSetup(site, gate);
  }

  /** Takes a frame that came from the coordinator. */
  public List<NodeAction> receive(Frame frame) throws IOException {
    if (destroyed || !(frame instanceof SignedFrame signed)) {
      return List.of();
    }
    try {
      return admit(signed);
    } catch (RefusalException e) {
      return refuse(e.refusal());
    }
  }

  /**
   * Deals the secrets of the next 16 segments. It may be called ahead of time, at most four times a session.
   *
   * @throws IllegalStateException if the session is not set up or all is dealt
   */
  public List<NodeAction> deal() {
    return List.of(new Send(running().dealer().deal()));
  }

  /** Whether the session is set up and not left. */
  public boolean isRunning() {
    return !destroyed && segments != null;
  }

  /** Whether {@link #deal} may be called. */
  public boolean canDeal() {
    return !destroyed && segments != null && segments.dealer().canDeal();
  }

  /**
   * Says that this node's values for a batch exist and are valid, so that nothing slow is left to do after the cohort is
   * fixed.
   *
   * @throws IllegalStateException if the segment is not dealt, or used, or promised to another batch
   */
  public List<NodeAction> ready(int segment, Digest batch) {
    return List.of(running().ready(segment, batch));
  }

  /**
   * Masks the values that {@link NodeAction.ValuesWanted} asked for. There is one masked vector for a segment: a second
   * call throws.
   *
   * @param values with their noise; taken over and overwritten
   * @param localSigma the standard deviation of that noise
   * @throws IllegalStateException if the segment does not wait for values
   * @throws IllegalArgumentException if the values have not the form or the noise that was asked for
   */
  public List<NodeAction> supply(int segment, Lanes values, int localSigma) {
    NodeSegments running = running();
    List<NodeAction> actions = new ArrayList<>();
    running.supply(segment, values, localSigma).forEach(frame -> actions.add(new Send(frame)));
    answers.put(openSlot(running, segment), List.copyOf(actions));
    return List.copyOf(actions);
  }

  /** The node's index in the roster, once it accepted a proposal. */
  public int index() {
    return setup.self();
  }

  private List<NodeAction> admit(SignedFrame frame) throws RefusalException, IOException {
    Message message = gate.admit(frame.message());
    List<NodeAction> before = answers.get(message.slot());
    if (before != null) {
      return before;
    }
    List<NodeAction> actions = List.copyOf(dispatch(frame, message));
    // Certificates are not remembered here: the seat gives the same shares to each.
    if (message.type().repeats() == MessageType.Repeats.NEVER) {
      answers.put(message.slot(), actions);
    }
    return actions;
  }

  private List<NodeAction> dispatch(SignedFrame frame, Message message)
      throws RefusalException, IOException {
    Signed signed = frame.message();
    return switch (message.type()) {
      case SESSION_PROPOSAL -> setup.propose(signed, (SessionProposal) message);
      case ROSTER -> setup.roster(signed, (Roster) message);
      case BEACON -> setup.beacon(signed, (Beacon) message);
      case KEM_CIPHERTEXT -> setup.key(signed, (KemCiphertext) message);
      case SETUP_CERTIFICATE -> join(signed, (SetupCertificate) message);
      case DEAL -> {
        running(signed).seat().accept(frame, (Deal) message);
        yield List.of();
      }
      case SEGMENT_OPEN -> running(signed).open(signed, (SegmentOpen) message);
      case SURVIVOR_PROPOSAL -> running(signed).vote(signed, (SurvivorProposal) message);
      case SURVIVOR_CERTIFICATE ->
        running(signed).certificate(signed, (SurvivorCertificate) message);
      case SEGMENT_RESULT -> result(signed, (SegmentResult) message);
      case KEY_ADVERT,
          BEACON_REVEAL,
          SETUP_CONFIRM,
          READY,
          MANIFEST,
          SURVIVOR_VOTE,
          SHARE_OPEN,
          COMPLAINT -> throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    };
  }

  private List<NodeAction> join(Signed signed, SetupCertificate certificate)
      throws RefusalException {
    if (segments != null) {
      return List.of();
    }
    Membership membership = setup.certificate(signed, certificate);
    segments = new NodeSegments(membership, gate);
    return List.of(new Joined(membership.roster().members().size()));
  }

  private List<NodeAction> result(Signed signed, SegmentResult result)
      throws RefusalException, IOException {
    NodeSegments running = running(signed);
    List<NodeAction> actions = running.result(signed, result);
    // The masked vector need not be sent again.
    answers.put(openSlot(running, result.segment()), List.of());
    return actions;
  }

  private static Slot openSlot(NodeSegments running, int segment) {
    return new Slot(
        MessageType.SEGMENT_OPEN,
        running.membership().roster().session(),
        Message.COORDINATOR,
        segment);
  }

  private List<NodeAction> refuse(Refusal refusal) {
    List<NodeAction> actions = new ArrayList<>();
    actions.add(new Refused(refusal));
    SessionProposal proposal = setup.proposal();
    if (proposal != null) {
      List<Octets> evidence =
          refusal.evidence().stream().map(Signed::bodyDigest).toList();
      actions.add(new Send(new SignedFrame(Signed.sign(
          new Complaint(proposal.session(), setup.self(), refusal.reason(), evidence),
          site.signer()))));
    }
    if (refusal.reason().endsSession()) {
      destroy();
    }
    return List.copyOf(actions);
  }

  private NodeSegments running() {
    NodeSegments running = segments;
    if (destroyed || running == null) {
      throw new IllegalStateException("session must be set up and not left");
    }
    return running;
  }

  private NodeSegments running(Signed signed) throws RefusalException {
    if (segments == null) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    return segments;
  }

  /** Leaves the session and wipes all its secrets. */
  @Override
  public void destroy() {
    destroyed = true;
    setup.destroy();
    if (segments != null) {
      segments.destroy();
    }
    answers.clear();
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }
}
