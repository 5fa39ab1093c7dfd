package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.DealMessage.Ready;
import dev.retort.secagg.Dealer.SegmentSecrets;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.NodeAction.Released;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.NodeAction.ValuesWanted;
import dev.retort.secagg.OpeningMessage.SegmentResult;
import dev.retort.secagg.SurvivorMessage.SurvivorCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorProposal;
import dev.retort.secagg.SurvivorMessage.SurvivorVote;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javax.security.auth.Destroyable;

/**
 * A node's part in the segments of a session that is set up. It makes at most one masked vector for a segment. Not
 * thread-safe.
 */
final class NodeSegments implements Destroyable {

  private final Membership membership;
  private final Dealer dealer;
  private final CommitteeSeat seat;
  private final Map<Integer, Digest> ready = new TreeMap<>();
  private final Map<Integer, SegmentOpen> opens = new TreeMap<>();

  /** Segments whose sum is known; a late message of theirs is no offence. */
  private final Set<Integer> done = new HashSet<>();

  NodeSegments(Membership membership, MessageGate gate) {
    this.membership = membership;
    this.dealer = new Dealer(membership);
    this.seat = new CommitteeSeat(membership, gate);
  }

  Membership membership() {
    return membership;
  }

  Dealer dealer() {
    return dealer;
  }

  CommitteeSeat seat() {
    return seat;
  }

  /** Says that everything slow is done. */
  Send ready(int segment, Digest batch) {
    if (!dealer.has(segment)) {
      throw new IllegalStateException("segment must be dealt and unused: " + segment);
    }
    Digest before = ready.putIfAbsent(segment, batch);
    if (before != null && !before.equals(batch)) {
      throw new IllegalStateException("segment must be ready for one batch: " + segment);
    }
    return new Send(membership.signed(
        new Ready(membership.roster().session(), membership.self(), segment, batch)));
  }

  /** B0: a cohort is fixed. */
  List<NodeAction> open(Signed signed, SegmentOpen open) throws RefusalException, IOException {
    AggregationSite site = membership.site();
    SessionRoster roster = membership.roster();
    long now = site.nowEpochSecond();
    require(
        now < open.deadlineEpochSecond() && now < roster.proposal().expiresEpochSecond(),
        RefusalReason.DEADLINE_PASSED,
        signed);
    require(open.lanes() <= roster.proposal().sums().lanes(), RefusalReason.COHORT_INVALID, signed);
    roster.requireCohort(open.cohort(), signed);
    require(
        site.policy().recognised(roster.proposal(), open.cohort())
            >= roster.rules().terms().minimum(),
        RefusalReason.COHORT_TOO_SMALL,
        signed);
    require(!site.memory().isReleased(open.batch()), RefusalReason.BATCH_RELEASED, signed);
    if (open.cohort().contains(membership.self())) {
      require(open.batch().equals(ready.get(open.segment())), RefusalReason.BATCH_MISMATCH, signed);
      require(dealer.has(open.segment()), RefusalReason.NOT_DEALT, signed);
      require(
          roster
              .graph()
              .neighbours(membership.self())
              .filter(open.cohort()::contains)
              .allMatch(membership::hasKeysWith),
          RefusalReason.KEYS_MISSING,
          signed);
    }
    opens.put(open.segment(), open);
    return open.cohort().contains(membership.self())
        ? List.of(new ValuesWanted(
            open.segment(),
            open.batch(),
            open.lanes(),
            roster.proposal().sums().width(),
            open.cohort().size(),
            roster.localSigma(open.cohort())))
        : List.of();
  }

  /** B1: masks the values; see {@link AggregationNode#supply}. */
  List<Frame> supply(int segment, Lanes values, int localSigma) {
    SegmentOpen open = opens.get(segment);
    if (open == null || !open.cohort().contains(membership.self()) || !dealer.has(segment)) {
      throw new IllegalStateException("segment must be open and unanswered: " + segment);
    }
    if (values.length() != open.lanes()
        || values.width() != membership.roster().proposal().sums().width()) {
      throw new IllegalArgumentException(
          "values must be " + open.lanes() + " lanes of the session's" + " width: " + values);
    }
    int least = membership.roster().localSigma(open.cohort());
    if (localSigma < least || localSigma > 1 << 24) {
      throw new IllegalArgumentException(
          "localSigma must be in [" + least + ", 2^24]: " + localSigma);
    }
    SegmentSecrets secrets = Objects.requireNonNull(dealer.take(segment));
    return MaskedAnswer.frames(membership, open, secrets, values, localSigma);
  }

  /** B2: votes, if the segment still needs it. */
  List<NodeAction> vote(Signed signed, SurvivorProposal proposed)
      throws RefusalException, IOException {
    return done.contains(proposed.segment())
        ? List.of()
        : List.of(new Send(seat.vote(signed, proposed, opened(proposed.segment(), signed))));
  }

  /** B3: opens shares, if the segment still needs them. */
  List<NodeAction> certificate(Signed signed, SurvivorCertificate certificate)
      throws RefusalException, IOException {
    int segment = certificate.segment();
    return done.contains(segment)
        ? List.of()
        : List.of(new Send(seat.open(signed, certificate, opened(segment, signed))));
  }

  /** B4: what the coordinator claims was certified. */
  List<NodeAction> result(Signed signed, SegmentResult result)
      throws RefusalException, IOException {
    SegmentOpen open = opened(result.segment(), signed);
    NodeSet known = seat.openedSurvivors(result.segment());
    if (known != null) {
      require(known.equals(result.survivors()), RefusalReason.RESULT_INVALID, signed);
    } else {
      requireCertified(signed, result, open);
    }
    membership.site().memory().release(open.batch());
    forget(result.segment());
    done.add(result.segment());
    return List.of(new Released(
        result.segment(),
        open.batch(),
        result.survivors(),
        result.survivors().contains(membership.self()),
        result.sum()));
  }

  private void requireCertified(Signed signed, SegmentResult result, SegmentOpen open)
      throws RefusalException {
    require(
        result.survivors().rosterSize() == open.cohort().rosterSize()
            && open.cohort().containsAll(result.survivors())
            && !result.votes().isEmpty(),
        RefusalReason.RESULT_INVALID,
        signed);
    // Of the manifests a node that did not vote knows nothing but what the first vote says.
    Message first;
    try {
      first = result.votes().get(0).parse();
    } catch (MalformedMessageException e) {
      throw new RefusalException(RefusalReason.RESULT_INVALID, signed);
    }
    if (!(first instanceof SurvivorVote vote)) {
      throw new RefusalException(RefusalReason.RESULT_INVALID, signed);
    }
    SurvivorProposal claimed =
        new SurvivorProposal(result.session(), result.segment(), result.survivors(), List.of());
    seat.requireCertificate(
        result.votes(),
        new SurvivorVote(
            result.session(),
            result.segment(),
            vote.node(),
            open.cohortDigest(membership.roster().anchor()),
            claimed.survivorsDigest(),
            vote.manifests()),
        signed);
  }

  /** The opening of a segment that the node accepted. */
  SegmentOpen opened(int segment, Signed signed) throws RefusalException {
    SegmentOpen open = opens.get(segment);
    if (open == null) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    return open;
  }

  private void forget(int segment) {
    seat.forget(segment);
    SegmentSecrets unused = dealer.take(segment);
    if (unused != null) {
      unused.destroy();
    }
  }

  private static void require(boolean holds, RefusalReason reason, Signed evidence)
      throws RefusalException {
    if (!holds) {
      throw new RefusalException(reason, evidence);
    }
  }

  @Override
  public void destroy() {
    dealer.destroy();
    seat.destroy();
    membership.destroy();
  }
}
