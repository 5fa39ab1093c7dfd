package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.merkle.Digest;
import dev.retort.secagg.EquivocationEvidence.Verdict;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.NodeAction.Refused;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.NodeAction.ValuesWanted;
import dev.retort.secagg.OpeningMessage.SegmentResult;
import dev.retort.secagg.SetupMessage.Roster;
import dev.retort.secagg.SetupMessage.SetupCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorProposal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ten nodes answer to a coordinator that signs whatever it likes. Terms: 7 at least, 3 collude, 1 excluded. */
class HostileCoordinatorTest {

  private static final Digest BATCH = TestCohort.batch(0);

  private TestCohort cohort;
  private TestSession session;
  private NodeSet all;

  @BeforeEach
  void setUp() throws IOException {
    cohort = TestCohort.of(10, 3, LaneWidth.W32, 20).setUp();
    session = cohort.session;
    all = NodeSet.all(10);
    // The honest coordinator of the fixture is left alone from here on: nodes hear what tests say.
    cohort.ready(0, BATCH);
    cohort.ready(1, BATCH);
  }

  private List<NodeAction> say(int node, Message message) throws IOException {
    return cohort
        .nodes
        .get(node)
        .receive(new SignedFrame(Signed.sign(message, session.coordinator)));
  }

  private SegmentOpen open(int segment, NodeSet members) {
    return new SegmentOpen(
        session.proposal.session(), segment, members, BATCH, 20, TestSession.DEADLINE);
  }

  private static RefusalReason refusal(List<NodeAction> actions) {
    return actions.stream()
        .filter(Refused.class::isInstance)
        .map(action -> ((Refused) action).refusal().reason())
        .findFirst()
        .orElseThrow(() -> new AssertionError("not refused: " + actions));
  }

  private NodeSet without(int... nodes) {
    return all.minus(NodeSet.of(10, IntStream.of(nodes)));
  }

  /** Opens a segment for a cohort and returns its nodes' manifests. */
  private List<Signed> masked(int segment, NodeSet members) throws IOException {
    List<Signed> manifests = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      for (NodeAction action : say(node, open(segment, members))) {
        if (action instanceof ValuesWanted wanted) {
          manifests.add(manifest(cohort
              .nodes
              .get(node)
              .supply(
                  segment,
                  Lanes.of(LaneWidth.W32, cohort.values(node, BATCH)),
                  wanted.localSigma())));
        }
      }
    }
    return manifests;
  }

  private static Signed manifest(List<NodeAction> actions) {
    SignedFrame last = (SignedFrame) ((Send) actions.get(actions.size() - 1)).frame();
    assertThat(last.message().type()).isEqualTo(MessageType.MANIFEST);
    return last.message();
  }

  private SurvivorProposal survivors(int segment, NodeSet survivors, List<Signed> manifests) {
    List<Signed> theirs =
        manifests.stream().filter(signed -> survivors.contains(sender(signed))).toList();
    return new SurvivorProposal(session.proposal.session(), segment, survivors, theirs);
  }

  private static int sender(Signed signed) {
    try {
      return signed.parse().sender();
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  private static Signed sent(List<NodeAction> actions, MessageType type) {
    return actions.stream()
        .filter(Send.class::isInstance)
        .map(action -> ((SignedFrame) ((Send) action).frame()).message())
        .filter(signed -> signed.type() == type)
        .findFirst()
        .orElseThrow(() -> new AssertionError("not sent: " + actions));
  }

  @Test
  void secondCohortForASegment_isEquivocationAndEndsTheSession() throws IOException {
    say(0, open(0, all));
    List<NodeAction> actions = say(0, open(0, without(9)));
    assertThat(refusal(actions)).isEqualTo(RefusalReason.EQUIVOCATION);
    assertThat(cohort.nodes.get(0).isDestroyed()).isTrue();
    List<Signed> kept = ((Refused) actions.get(0)).refusal().evidence();
    EquivocationEvidence evidence = new EquivocationEvidence(kept.get(0), kept.get(1));
    assertThat(evidence.judge(List.of(session.coordinator.key()))).isEqualTo(Verdict.PROVEN);
    assertThat(evidence.judge(List.of(session.identities.get(0).key())))
        .isEqualTo(Verdict.NOT_SIGNED);
  }

  @Test
  void sameOpeningAgain_isAnsweredAlikeByteByByte() throws IOException {
    say(0, open(0, all));
    List<NodeAction> first =
        cohort.nodes.get(0).supply(0, Lanes.of(LaneWidth.W32, cohort.values(0, BATCH)), 1000);
    assertThat(say(0, open(0, all))).isEqualTo(first);
  }

  /** Different cohorts to different nodes: the committee does not open, and the sum is noise even if it did. */
  @Test
  void differentCohortsToDifferentNodes_areNotOpened() throws IOException {
    List<Signed> manifests = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      NodeSet shown = node < 5 ? all : without(9);
      for (NodeAction action : say(node, open(0, shown))) {
        if (action instanceof ValuesWanted wanted) {
          manifests.add(manifest(cohort
              .nodes
              .get(node)
              .supply(0, Lanes.of(LaneWidth.W32, new long[20]), wanted.localSigma())));
        }
      }
    }
    for (int node = 0; node < 10; node++) {
      assertThat(refusal(say(node, survivors(0, without(9), manifests))))
          .isIn(RefusalReason.MANIFESTS_DISAGREE);
    }
  }

  @Test
  void forkedSurvivors_haveNoTwoCertificates() throws IOException {
    List<Signed> manifests = masked(0, all);
    List<Signed> forAll = new ArrayList<>();
    List<Signed> forNine = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      List<NodeAction> first = say(node, survivors(0, node % 2 == 0 ? all : without(4), manifests));
      (node % 2 == 0 ? forAll : forNine).add(sent(first, MessageType.SURVIVOR_VOTE));
      // The other proposal now is proof against the coordinator.
      assertThat(refusal(say(node, survivors(0, node % 2 == 0 ? without(4) : all, manifests))))
          .isEqualTo(RefusalReason.EQUIVOCATION);
    }
    // Ten votes are too few for two thresholds of seven, with any three colluders' votes for both.
    assertThat(forAll.size() + 3).isLessThan(7 + 2);
    assertThat(forAll.size() + forNine.size()).isEqualTo(10);
  }

  @Test
  void certificateOfAnotherProposal_opensNothing() throws IOException {
    List<Signed> manifests = masked(0, all);
    List<Signed> votes = new ArrayList<>();
    for (int node = 0; node < 9; node++) {
      votes.add(sent(say(node, survivors(0, all, manifests)), MessageType.SURVIVOR_VOTE));
    }
    say(9, survivors(0, without(4), manifests));
    SurvivorCertificate certificate = new SurvivorCertificate(session.proposal.session(), 0, votes);
    assertThat(refusal(say(9, certificate))).isEqualTo(RefusalReason.CERTIFICATE_INVALID);
  }

  @Test
  void tooFewOrRepeatedVotes_openNothing() throws IOException {
    List<Signed> manifests = masked(0, all);
    List<Signed> votes = new ArrayList<>();
    for (int node = 0; node < 6; node++) {
      votes.add(sent(say(node, survivors(0, all, manifests)), MessageType.SURVIVOR_VOTE));
    }
    assertThat(refusal(say(0, new SurvivorCertificate(session.proposal.session(), 0, votes))))
        .isEqualTo(RefusalReason.CERTIFICATE_INVALID);
    votes.add(votes.get(0));
    assertThat(refusal(say(1, new SurvivorCertificate(session.proposal.session(), 0, votes))))
        .isEqualTo(RefusalReason.CERTIFICATE_INVALID);
  }

  @Test
  void excludedHonestNodes_beyondTheTerms_areNotVotedFor() throws IOException {
    List<Signed> manifests = masked(0, all);
    assertThat(refusal(say(0, survivors(0, without(3, 4), manifests))))
        .isEqualTo(RefusalReason.TOO_MANY_EXCLUDED);
  }

  @Test
  void survivorsBelowTheMinimum_areNotVotedFor() throws IOException {
    List<Signed> manifests = masked(0, without(0, 1, 2));
    assertThat(refusal(say(5, survivors(0, without(0, 1, 2, 3), manifests))))
        .isEqualTo(RefusalReason.SURVIVORS_TOO_FEW);
  }

  @Test
  void survivorOutsideTheCohort_isNotVotedFor() throws IOException {
    List<Signed> manifests = masked(0, without(2));
    assertThat(refusal(say(5, survivors(0, all, manifests))))
        .isEqualTo(RefusalReason.SURVIVORS_INVALID);
  }

  @Test
  void missingManifest_isNotVotedFor() throws IOException {
    List<Signed> manifests = masked(0, all);
    manifests.remove(3);
    assertThat(refusal(say(5, survivors(0, all, manifests))))
        .isEqualTo(RefusalReason.SURVIVORS_INVALID);
  }

  @Test
  void shrinkingCohorts_stopAtTheMinimum() throws IOException {
    say(0, open(0, without(7, 8, 9)));
    assertThat(refusal(say(0, open(1, without(6, 7, 8, 9)))))
        .isEqualTo(RefusalReason.COHORT_TOO_SMALL);
  }

  /** Segments may be rerun, but of one batch one sum is opened: two would differ by single nodes. */
  @Test
  void batchThatWasOpened_isNotOpenedAgainWithoutANode() throws IOException {
    List<Signed> votes = new ArrayList<>();
    List<Signed> manifests = masked(0, all);
    List<Signed> rerun = masked(1, without(4));
    for (int node = 0; node < 10; node++) {
      votes.add(sent(say(node, survivors(0, all, manifests)), MessageType.SURVIVOR_VOTE));
    }
    List<Signed> rerunVotes = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      rerunVotes.add(sent(say(node, survivors(1, without(4), rerun)), MessageType.SURVIVOR_VOTE));
    }
    for (int node = 0; node < 10; node++) {
      say(node, new SurvivorCertificate(session.proposal.session(), 0, votes));
      assertThat(refusal(
              say(node, new SurvivorCertificate(session.proposal.session(), 1, rerunVotes))))
          .isEqualTo(RefusalReason.BATCH_RELEASED);
    }
  }

  @Test
  void openingOfAnotherBatch_isRefused() throws IOException {
    SegmentOpen other = new SegmentOpen(
        session.proposal.session(), 0, all, TestCohort.batch(9), 20, TestSession.DEADLINE);
    assertThat(refusal(say(0, other))).isEqualTo(RefusalReason.BATCH_MISMATCH);
  }

  @Test
  void openingAfterItsDeadline_isRefused() throws IOException {
    SegmentOpen late =
        new SegmentOpen(session.proposal.session(), 0, all, BATCH, 20, TestSession.NOW);
    assertThat(refusal(say(0, late))).isEqualTo(RefusalReason.DEADLINE_PASSED);
  }

  @Test
  void openingOfASegmentThatIsNotDealt_isRefused() throws IOException {
    assertThat(refusal(say(0, open(16, all)))).isEqualTo(RefusalReason.BATCH_MISMATCH);
  }

  @Test
  void resultThatWasNotCertified_isRefused() throws IOException {
    List<Signed> manifests = masked(0, all);
    List<Signed> votes = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      votes.add(sent(say(node, survivors(0, all, manifests)), MessageType.SURVIVOR_VOTE));
    }
    Octets sum = Octets.sha256(new byte[0]);
    SegmentResult claimed =
        new SegmentResult(session.proposal.session(), 0, without(4), sum, 1, votes);
    assertThat(refusal(say(0, claimed))).isEqualTo(RefusalReason.CERTIFICATE_INVALID);
    SegmentResult unsupported =
        new SegmentResult(session.proposal.session(), 0, all, sum, 1, votes.subList(0, 6));
    assertThat(refusal(say(1, unsupported))).isEqualTo(RefusalReason.CERTIFICATE_INVALID);
  }

  @Test
  void proposalThatIsReplayed_isRefusedAfterARestart() throws IOException {
    MemoryOfTests memory = new MemoryOfTests();
    AggregationNode first = new AggregationNode(session.site(0, session.policy(), memory));
    SignedFrame proposal = new SignedFrame(Signed.sign(session.proposal, session.coordinator));
    assertThat(first.receive(proposal)).hasSize(1);
    AggregationNode again = new AggregationNode(session.site(0, session.policy(), memory));
    assertThat(refusal(again.receive(proposal))).isEqualTo(RefusalReason.SESSION_REPLAYED);
  }

  @Test
  void alteredRoster_isRefused() throws IOException {
    List<Signed> adverts = new ArrayList<>();
    List<AggregationNode> fresh = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      fresh.add(new AggregationNode(session.site(node)));
      adverts.add(sent(
          fresh
              .get(node)
              .receive(new SignedFrame(Signed.sign(session.proposal, session.coordinator))),
          MessageType.KEY_ADVERT));
    }
    assertThat(refusal(roster(fresh.get(0), adverts.subList(1, 10))))
        .isEqualTo(RefusalReason.NOT_IN_ROSTER);
    List<Signed> twisted = new ArrayList<>(adverts);
    twisted.set(3, adverts.get(4));
    twisted.set(4, adverts.get(3));
    assertThat(refusal(roster(fresh.get(1), twisted))).isEqualTo(RefusalReason.ROSTER_INVALID);
    assertThat(refusal(roster(fresh.get(2), adverts.subList(0, 6))))
        .isEqualTo(RefusalReason.ROSTER_TOO_SMALL);
    List<Signed> forged = new ArrayList<>(adverts);
    Signed mine = adverts.get(3);
    forged.set(
        3,
        new Signed(mine.type(), mine.keyId(), mine.signature(), adverts.get(4).body()));
    assertThat(refusal(roster(fresh.get(3), forged))).isEqualTo(RefusalReason.BAD_SIGNATURE);
  }

  /** Nodes are shown two rosters: those that saw the one that fewer saw go no further. */
  @Test
  void splitRoster_leavesTheMinorityBehind() throws IOException {
    List<Signed> adverts = new ArrayList<>();
    List<AggregationNode> fresh = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      fresh.add(new AggregationNode(session.site(node)));
      adverts.add(sent(
          fresh
              .get(node)
              .receive(new SignedFrame(Signed.sign(session.proposal, session.coordinator))),
          MessageType.KEY_ADVERT));
    }
    List<Signed> confirms = new ArrayList<>();
    for (int node = 0; node < 10; node++) {
      confirms.add(sent(
          roster(fresh.get(node), node < 7 ? adverts.subList(0, 8) : adverts.subList(1, 10)),
          MessageType.SETUP_CONFIRM));
    }
    // Seven saw the one and could go on, three saw the other and cannot.
    SignedFrame certificate = new SignedFrame(Signed.sign(
        new SetupCertificate(session.proposal.session(), confirms), session.coordinator));
    assertThat(fresh.get(0).receive(certificate)).hasOnlyElementsOfType(NodeAction.Joined.class);
    assertThat(refusal(fresh.get(8).receive(certificate)))
        .isEqualTo(RefusalReason.SETUP_CERTIFICATE_INVALID);
    assertThat(fresh.get(8).isDestroyed()).isTrue();
  }

  private List<NodeAction> roster(AggregationNode node, List<Signed> adverts) throws IOException {
    return node.receive(new SignedFrame(
        Signed.sign(new Roster(session.proposal.session(), adverts), session.coordinator)));
  }
}
