package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.secagg.DealMessage.Commitment;
import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.DealMessage.Ready;
import dev.retort.secagg.EquivocationEvidence.Verdict;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.Manifest;
import dev.retort.secagg.OpeningMessage.OpenedShare;
import dev.retort.secagg.OpeningMessage.ShareOpen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who spoils something is named, and what is said twice is kept. */
class FaultAttributionTest {

  @Test
  void wrongShare_isItsMembersAndCostsNothing() throws IOException {
    TestCohort cohort = TestCohort.of(7, 2, LaneWidth.W32, 20).setUp();
    cohort.replace = frame -> {
      if (ExactSumTest.isOf(frame, MessageType.SHARE_OPEN)) {
        ShareOpen open = (ShareOpen) Adversary.parse(((SignedFrame) frame).message());
        if (open.node() == 2) {
          List<OpenedShare> shares = new ArrayList<>(open.shares());
          shares.set(
              1,
              new OpenedShare(
                  shares.get(1).dealer(), TamperTest.flipped(shares.get(1).share(), 0)));
          return new SignedFrame(Signed.sign(
              new ShareOpen(open.session(), open.segment(), 2, shares),
              cohort.session.identities.get(2)));
        }
      }
      return frame;
    };
    ExactSumTest.assertExact(cohort, 0, 7);
    Refusal refusal = cohort.coordinatorRefusals.get(0);
    assertThat(refusal.reason()).isEqualTo(RefusalReason.BAD_SHARE);
    assertThat(refusal.evidence().get(0).keyId())
        .isEqualTo(cohort.session.identities.get(2).key().id());
  }

  @Test
  void manifestOfAnotherDeal_isTakenOut() throws IOException {
    TestCohort cohort = TestCohort.of(7, 2, LaneWidth.W32, 20);
    cohort.replace = frame -> {
      if (ExactSumTest.isOf(frame, MessageType.DEAL)
          && ((SignedFrame) frame).parts().size() > 1) {
        SignedFrame signed = (SignedFrame) frame;
        Deal deal = (Deal) Adversary.parse(signed.message());
        if (deal.node() == 4) {
          List<Commitment> commitments = new ArrayList<>(deal.commitments());
          commitments.set(0, otherBeta(commitments.get(0)));
          return new SignedFrame(
              Signed.sign(
                  new Deal(deal.session(), 4, 0, commitments, deal.packets()),
                  cohort.session.identities.get(4)),
              signed.parts());
        }
      }
      return frame;
    };
    cohort.setUp();
    assertThat(cohort.sum(0)).isNotNull();
    assertThat(cohort.known(0).survivors().contains(4)).isFalse();
    assertThat(cohort.coordinatorRefusals)
        .extracting(Refusal::reason)
        .contains(RefusalReason.MANIFEST_INVALID);
  }

  @Test
  void sharesThatGiveAnotherSecret_areTheirDealersAndGiveNoSum() throws IOException {
    TestCohort cohort = TestCohort.of(7, 2, LaneWidth.W32, 20);
    UnsafeIdentity dealer = cohort.session.identities.get(4);
    Octets[] digest = {Octets.of(new byte[32])};
    cohort.replace = frame -> {
      if (!(frame instanceof SignedFrame signed)
          || !signed.message().keyId().equals(dealer.key().id())) {
        return frame;
      }
      Message message = Adversary.parse(signed.message());
      if (message instanceof Deal deal && signed.parts().size() > 1) {
        List<Commitment> commitments = new ArrayList<>(deal.commitments());
        commitments.set(0, otherBeta(commitments.get(0)));
        Signed lie =
            Signed.sign(new Deal(deal.session(), 4, 0, commitments, deal.packets()), dealer);
        digest[0] = lie.bodyDigest();
        return new SignedFrame(lie, signed.parts());
      }
      if (message instanceof Manifest said) {
        return new SignedFrame(Signed.sign(
            new Manifest(
                said.session(),
                said.segment(),
                4,
                said.cohort(),
                said.width(),
                said.lanes(),
                said.vector(),
                otherBeta(said.secrets()),
                said.noise(),
                digest[0],
                said.localSigma()),
            dealer));
      }
      return frame;
    };
    cohort.setUp();
    assertThat(cohort.sum(0)).isNull();
    assertThat(cohort.failures).containsExactly(RefusalReason.BAD_DEAL);
    assertThat(cohort.coordinatorRefusals.get(0).evidence().get(0).keyId())
        .isEqualTo(dealer.key().id());
  }

  private static Commitment otherBeta(Commitment honest) {
    return new Commitment(TamperTest.flipped(honest.beta(), 0), honest.kappa(), honest.locked());
  }

  @Test
  void dealThatFewMembersCannotRead_isForgivenAndThatManyCannotIsNot() throws IOException {
    for (int unreadable : new int[] {2, 3}) {
      TestCohort cohort = TestCohort.of(7, 2, LaneWidth.W32, 20);
      cohort.replace = frame -> {
        if (ExactSumTest.isOf(frame, MessageType.DEAL)
            && ((SignedFrame) frame).parts().size() > 1) {
          return spoilt(cohort, (SignedFrame) frame, unreadable);
        }
        return frame;
      };
      cohort.setUp();
      assertThat(cohort.nodeRefusals)
          .extracting(Refusal::reason)
          .hasSize(unreadable)
          .containsOnly(RefusalReason.SHARE_UNREADABLE);
      cohort.ready(0, TestCohort.batch(0));
      assertThat(cohort.coordinator.ready(0, TestCohort.batch(0)).contains(6))
          .isEqualTo(unreadable <= 2);
    }
  }

  // Node 6 seals nothing that its first members can open.
  private static SignedFrame spoilt(TestCohort cohort, SignedFrame frame, int unreadable) {
    Deal deal = (Deal) Adversary.parse(frame.message());
    if (deal.node() != 6) {
      return frame;
    }
    List<Octets> parts = new ArrayList<>(frame.parts());
    List<Octets> packets = new ArrayList<>(deal.packets());
    for (int i = 0; i < unreadable; i++) {
      parts.set(i, TamperTest.flipped(parts.get(i), 100));
      packets.set(i, Octets.sha256(parts.get(i).view()));
    }
    return new SignedFrame(
        Signed.sign(
            new Deal(deal.session(), 6, 0, deal.commitments(), packets),
            cohort.session.identities.get(6)),
        parts);
  }

  @Test
  void nodeThatSaysTwoThings_isProvenToAnybody() throws IOException {
    TestCohort cohort = TestCohort.of(4, 1, LaneWidth.W32, 20).setUp();
    cohort.ready(0, TestCohort.batch(0));
    Signed other = Signed.sign(
        new Ready(cohort.session.proposal.session(), 1, 0, TestCohort.batch(5)),
        cohort.session.identities.get(1));
    cohort.coordinator(cohort.coordinator.receive(new SignedFrame(other)));
    Refusal refusal = cohort.coordinatorRefusals.get(0);
    assertThat(refusal.reason()).isEqualTo(RefusalReason.EQUIVOCATION);
    EquivocationEvidence evidence =
        new EquivocationEvidence(refusal.evidence().get(0), refusal.evidence().get(1));
    VerifyingKey key = cohort.session.identities.get(1).key();
    assertThat(evidence.judge(List.of(key))).isEqualTo(Verdict.PROVEN);
    assertThat(new EquivocationEvidence(evidence.first(), evidence.first()).judge(List.of(key)))
        .isEqualTo(Verdict.NO_CONTRADICTION);
    Signed elsewhere = Signed.sign(
        new Ready(cohort.session.proposal.session(), 1, 1, TestCohort.batch(5)),
        cohort.session.identities.get(1));
    assertThat(new EquivocationEvidence(evidence.first(), elsewhere).judge(List.of(key)))
        .isEqualTo(Verdict.NO_CONTRADICTION);
  }

  @Test
  void restartedCoordinator_goesOnWhereItStood() throws IOException {
    TestCohort cohort = TestCohort.of(5, 1, LaneWidth.W32, 300_000).setUp();
    cohort.restartCoordinator();
    cohort.run();
    cohort.ready(0, TestCohort.batch(0));
    cohort.up = (node, frame) -> !(node == 1 && ExactSumTest.isOf(frame, MessageType.MANIFEST))
        && !ExactSumTest.isOf(frame, MessageType.SURVIVOR_VOTE);
    cohort.open(0, TestCohort.batch(0));
    // Vectors of before the restart are lost, and are sent again as they were.
    cohort.up = (node, frame) -> !ExactSumTest.isOf(frame, MessageType.SURVIVOR_VOTE);
    cohort.restartCoordinator();
    cohort.run();
    assertThat(cohort.coordinator.sum(0)).isNull();
    // The sum is kept once its survivors are decided.
    cohort.up = (node, frame) -> !ExactSumTest.isOf(frame, MessageType.SHARE_OPEN);
    cohort.restartCoordinator();
    cohort.run();
    cohort.up = (node, frame) -> true;
    cohort.restartCoordinator();
    cohort.run();
    assertThat(TestCohort.longs(cohort.known(0).lanes()))
        .isEqualTo(cohort.expected(NodeSet.all(5), TestCohort.batch(0)));
    Octets published = cohort.known(0).result().body();
    cohort.restartCoordinator();
    assertThat(cohort.known(0).result().body()).isEqualTo(published);
    assertThat(cohort.nodeRefusals).isEmpty();
  }

  @Test
  void messages_showNoSecretsInText() throws IOException {
    TestCohort cohort = TestCohort.of(3, 0, LaneWidth.W32, 20).setUp();
    cohort.sum(0);
    cohort.fromNodes.stream()
        .map(SignedFrame::message)
        .filter(signed -> signed.type() == MessageType.SHARE_OPEN)
        .map(signed -> (ShareOpen) Adversary.parse(signed))
        .forEach(open -> open.shares()
            .forEach(share -> assertThat(open.toString())
                .doesNotContain(java.util.HexFormat.of().formatHex(share.share().bytes(), 0, 8))));
  }
}
