package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.CoordinatorAction.Failed;
import dev.retort.secagg.CoordinatorAction.Refused;
import dev.retort.secagg.CoordinatorAction.Send;
import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.DealMessage.Ready;
import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.JournalRecord.Abandoned;
import dev.retort.secagg.JournalRecord.Decided;
import dev.retort.secagg.JournalRecord.Opened;
import dev.retort.secagg.JournalRecord.Received;
import dev.retort.secagg.JournalRecord.SetupDeadline;
import dev.retort.secagg.MaskingMessage.Manifest;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.Message.Slot;
import dev.retort.secagg.OpeningMessage.ShareOpen;
import dev.retort.secagg.SetupMessage.BeaconReveal;
import dev.retort.secagg.SetupMessage.Complaint;
import dev.retort.secagg.SetupMessage.KemCiphertext;
import dev.retort.secagg.SetupMessage.KeyAdvert;
import dev.retort.secagg.SetupMessage.SetupConfirm;
import dev.retort.secagg.SurvivorMessage.SurvivorVote;
import dev.retort.tlog.LogSigner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator of one FD-SA/1 session. It is driven by frames from nodes and by events; each returns what to do next.
 * Everything that it signs follows from its journal, so that a coordinator that was restarted contradicts nothing that it
 * said. Nodes trust it with nothing but going on at all.
 *
 * <p>When a call throws {@link IOException}, the journal may or may not hold what happened: drop this object and make
 * another one on the same journal. Not thread-safe.
 */
public final class AggregationCoordinator {

  private final LogSigner signer;
  private final SessionProposal proposal;
  private final CoordinatorJournal journal;
  private final MessageGate gate;
  private final SetupRound setup;
  private final Set<Slot> taken = new HashSet<>();
  private final Set<Octets> complaints = new HashSet<>();
  private final Map<Integer, Map<Integer, Digest>> ready = new TreeMap<>();
  private final Map<Integer, SegmentRound> rounds = new TreeMap<>();
  private @Nullable DealBook deals;

  /**
   * The coordinator of a session, at its beginning or where its journal ends. Call {@link #resume} next.
   *
   * @param proposal the same after a restart
   * @param journal of this session alone
   * @throws IOException if the journal cannot be read
   */
  public AggregationCoordinator(
      LogSigner signer, SessionProposal proposal, CoordinatorJournal journal) throws IOException {
    this.signer = signer;
    this.proposal = proposal;
    this.journal = journal;
    this.gate = new MessageGate(VerifyingKey.of(signer.publicKey()));
    this.setup = new SetupRound(signer, proposal);
    gate.enroll(proposal);
    for (Octets record : journal.records()) {
      try {
        apply(JournalRecord.parse(record));
      } catch (MalformedMessageException e) {
        throw new IOException("journal must be that of this session", e);
      }
    }
  }

  /** Everything that nodes must have been sent, again: at the beginning, after a restart, when a node connects anew. */
  public List<CoordinatorAction> resume() {
    List<CoordinatorAction> actions = new ArrayList<>();
    for (int node = 0; node < proposal.roster().size(); node++) {
      actions.addAll(resume(node));
    }
    return actions;
  }

  /** Everything that one node must have been sent, again. */
  public List<CoordinatorAction> resume(int node) {
    List<Frame> frames = new ArrayList<>(setup.sentTo(node));
    SessionRoster roster = setup.done();
    if (roster != null && roster.members().contains(node)) {
      if (deals != null) {
        frames.addAll(deals.sentTo(node));
      }
      rounds.values().forEach(round -> frames.addAll(round.sentTo(node)));
    }
    List<CoordinatorAction> actions = new ArrayList<>();
    frames.forEach(frame -> actions.add(new Send(node, frame)));
    return actions;
  }

  /** Takes a frame that came from a node; whoever delivered it, its signature says whose it is. */
  public List<CoordinatorAction> receive(Frame frame) throws IOException {
    if (frame instanceof Chunk chunk) {
      SegmentRound round = rounds.get(chunk.segment());
      return chunk.session().equals(proposal.session()) && round != null
          ? decideIfAll(chunk.segment(), round.chunk(chunk))
          : List.of();
    }
    SignedFrame signed = (SignedFrame) frame;
    try {
      Message message = gate.admit(signed.message());
      // A vector that is not decided on is sent again after a restart, and so is its manifest.
      if (message instanceof Manifest manifest) {
        SegmentRound round = rounds.get(manifest.segment());
        return round == null
            ? List.of()
            : decideIfAll(manifest.segment(), round.manifest(signed.message(), manifest));
      }
      if (isTaken(signed.message(), message)) {
        // Known, and kept. A member that votes again has perhaps not been sent the certificate.
        return message instanceof SurvivorVote ? dispatch(signed, message) : List.of();
      }
      journal.append(new Received(signed).encode());
      return dispatch(signed, message);
    } catch (RefusalException e) {
      return List.of(new Refused(e.refusal()));
    }
  }

  /** The nodes that did not answer a step of the set-up are left behind; or the set-up fails. */
  public List<CoordinatorAction> setupDeadline() throws IOException {
    journal.append(new SetupDeadline().encode());
    return apply(new SetupDeadline());
  }

  /** The nodes that dealt for a segment, can mask with each other, and are ready for a batch. */
  public NodeSet ready(int segment, Digest batch) {
    SessionRoster roster = setup.done();
    DealBook dealt = deals;
    if (roster == null || dealt == null) {
      return NodeSet.of(proposal.roster().size(), IntStream.empty());
    }
    Map<Integer, Digest> batches = ready.getOrDefault(segment, Map.of());
    return NodeSet.of(
        proposal.roster().size(),
        setup.usable(roster).stream()
            .filter(node -> batch.equals(batches.get(node)) && dealt.isDealt(node, segment)));
  }

  /**
   * Opens a segment for all that are ready.
   *
   * @param segment never opened before; a batch whose segment failed takes another one
   * @param deadlineEpochSecond until when vectors are taken; the caller then calls {@link #uploadDeadline}
   */
  public List<CoordinatorAction> open(
      int segment, Digest batch, int lanes, long deadlineEpochSecond) throws IOException {
    if (rounds.containsKey(segment)) {
      throw new IllegalStateException("segment must be opened once: " + segment);
    }
    SessionRoster roster = setup.done();
    if (roster == null || ready(segment, batch).size() < roster.rules().terms().minimum()) {
      return List.of(new Failed(RefusalReason.TOO_FEW_READY));
    }
    Opened opened = new Opened(segment, batch, lanes, deadlineEpochSecond);
    journal.append(opened.encode());
    return apply(opened);
  }

  /** Ends the wait for vectors: those that are whole are in the sum. */
  public List<CoordinatorAction> uploadDeadline(int segment) throws IOException {
    SegmentRound round = rounds.get(segment);
    return round != null && round.isCollecting() ? decide(segment, round) : List.of();
  }

  /** Gives a segment up. Its batch may be summed in another, unless members opened shares of this one. */
  public List<CoordinatorAction> abandon(int segment) throws IOException {
    Abandoned abandoned = new Abandoned(segment);
    journal.append(abandoned.encode());
    return apply(abandoned);
  }

  CoordinatorJournal journal() {
    return journal;
  }

  /** Whether a segment was opened, before a restart or after. */
  public boolean isOpened(int segment) {
    return rounds.containsKey(segment);
  }

  /** A segment's sum, or null while there is none. */
  public @Nullable SegmentSum sum(int segment) {
    SegmentRound round = rounds.get(segment);
    return round == null ? null : round.result();
  }

  private List<CoordinatorAction> decideIfAll(int segment, List<CoordinatorAction> soFar)
      throws IOException {
    SegmentRound round = rounds.get(segment);
    if (round == null || !round.isCollecting() || !round.hasAll()) {
      return soFar;
    }
    List<CoordinatorAction> actions = new ArrayList<>(soFar);
    actions.addAll(decide(segment, round));
    return actions;
  }

  private List<CoordinatorAction> decide(int segment, SegmentRound round) throws IOException {
    try {
      round.requireSurvivors();
    } catch (RefusalException e) {
      List<CoordinatorAction> actions = new ArrayList<>(abandon(segment));
      actions.add(new Failed(e.refusal().reason()));
      return actions;
    }
    journal.append(round.decision().encode());
    return round.propose();
  }

  private boolean isTaken(Signed signed, Message message) {
    return message instanceof Complaint
        ? complaints.contains(signed.bodyDigest())
        : taken.contains(message.slot());
  }

  private List<CoordinatorAction> apply(JournalRecord record) {
    try {
      if (record instanceof Received received) {
        Message message = gate.admit(received.frame().message());
        return dispatch(received.frame(), message);
      } else if (record instanceof SetupDeadline) {
        return setup.deadline();
      } else if (record instanceof Opened opened) {
        return apply(opened);
      } else if (record instanceof Decided decided) {
        SegmentRound round = round(decided.segment());
        round.restore(decided);
        return round.propose();
      } else if (record instanceof Abandoned abandoned) {
        SegmentRound round = rounds.get(abandoned.segment());
        if (round != null) {
          round.fail();
        }
      }
      return List.of();
    } catch (RefusalException e) {
      return List.of(new Refused(e.refusal()));
    }
  }

  private List<CoordinatorAction> apply(Opened opened) {
    SessionRoster roster = setup.done();
    DealBook dealt = deals;
    if (roster == null || dealt == null || rounds.containsKey(opened.segment())) {
      return List.of();
    }
    SegmentRound round = new SegmentRound(
        signer,
        roster,
        dealt,
        new SegmentOpen(
            proposal.session(),
            opened.segment(),
            ready(opened.segment(), opened.batch()),
            opened.batch(),
            opened.lanes(),
            opened.deadlineEpochSecond()));
    rounds.put(opened.segment(), round);
    return round.opening();
  }

  private List<CoordinatorAction> dispatch(SignedFrame frame, Message message)
      throws RefusalException {
    Signed signed = frame.message();
    List<CoordinatorAction> actions = switch (message.type()) {
      case KEY_ADVERT -> setup.advert(signed, (KeyAdvert) message);
      case BEACON_REVEAL -> setup.reveal(signed, (BeaconReveal) message);
      case KEM_CIPHERTEXT -> setup.ciphertext(signed, (KemCiphertext) message);
      case SETUP_CONFIRM -> setup.confirm(signed, (SetupConfirm) message);
      case DEAL -> deals(signed).accept(frame, (Deal) message);
      case READY -> ready((Ready) message);
      case SURVIVOR_VOTE -> round(message.number()).vote(signed, (SurvivorVote) message);
      case SHARE_OPEN -> round(message.number()).shares(signed, (ShareOpen) message);
      case COMPLAINT -> complaint(signed, (Complaint) message);
      case SESSION_PROPOSAL,
          ROSTER,
          BEACON,
          SETUP_CERTIFICATE,
          SEGMENT_OPEN,
          MANIFEST,
          SURVIVOR_PROPOSAL,
          SURVIVOR_CERTIFICATE,
          SEGMENT_RESULT -> throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    };
    taken.add(message.slot());
    return actions;
  }

  private List<CoordinatorAction> ready(Ready said) {
    ready
        .computeIfAbsent(said.segment(), segment -> new TreeMap<>())
        .put(said.node(), said.batch());
    return List.of();
  }

  private List<CoordinatorAction> complaint(Signed signed, Complaint complaint) {
    complaints.add(signed.bodyDigest());
    setup.complaint(complaint);
    if (deals != null) {
      deals.complaint(complaint);
    }
    return List.of(new Refused(new Refusal(complaint.reason(), List.of(signed))));
  }

  private DealBook deals(Signed signed) throws RefusalException {
    SessionRoster roster = setup.done();
    if (roster == null) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    DealBook book = deals;
    if (book == null) {
      book = new DealBook(roster);
      deals = book;
    }
    return book;
  }

  private SegmentRound round(int segment) throws RefusalException {
    SegmentRound round = rounds.get(segment);
    if (round == null) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER);
    }
    return round;
  }
}
