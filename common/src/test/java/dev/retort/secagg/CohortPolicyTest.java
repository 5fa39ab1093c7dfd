package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.merkle.Digest;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.NodeAction.Refused;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.SessionProposal.Sums;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A proposal may be stricter than a site's policy and never laxer. */
class CohortPolicyTest {

  private static final Sums SUMS = TestSession.sums(LaneWidth.W32, 100);
  private static final CohortTerms TERMS = TestSession.terms(7, 2, 1);

  private final TestSession session = new TestSession(10, TERMS, SUMS);
  private final CohortPolicy policy = session.policy();

  private static List<NodeAction> propose(TestSession session, int node, CohortPolicy policy)
      throws IOException {
    return new AggregationNode(session.site(node, policy, new MemoryOfTests()))
        .receive(new SignedFrame(Signed.sign(session.proposal, session.coordinator)));
  }

  private void assertRefused(TestSession proposed, CohortPolicy insisted, RefusalReason reason)
      throws IOException {
    List<NodeAction> actions = propose(proposed, 0, insisted);
    assertThat(((Refused) actions.get(0)).refusal().reason()).isEqualTo(reason);
    assertThat(reason.endsSession()).isTrue();
  }

  @Test
  void stricterProposal_isAccepted() throws IOException {
    TestSession stricter = new TestSession(10, TestSession.terms(8, 3, 0), SUMS);
    assertThat(propose(stricter, 0, policy)).hasOnlyElementsOfType(Send.class);
  }

  @Test
  void laxerProposal_isRefusedByName() throws IOException {
    assertRefused(
        new TestSession(10, TestSession.terms(6, 2, 1), SUMS),
        policy,
        RefusalReason.POLICY_MINIMUM_COHORT);
    assertRefused(
        new TestSession(10, TestSession.terms(7, 1, 1), SUMS),
        policy,
        RefusalReason.POLICY_COLLUDERS);
    assertRefused(
        new TestSession(10, TestSession.terms(7, 2, 2), SUMS),
        policy,
        RefusalReason.POLICY_EXCLUSIONS);
  }

  @Test
  void otherTaskNoiseOrSigma_isRefused() throws IOException {
    Digest other = TestSession.digest("other");
    Set<VerifyingKey> known = policy.recognised();
    assertRefused(
        session,
        new CohortPolicy(7, 2, 1, 1, other, TestSession.NOISE, known),
        RefusalReason.UNKNOWN_TASK);
    assertRefused(
        session,
        new CohortPolicy(7, 2, 1, 1, TestSession.TASK, other, known),
        RefusalReason.UNKNOWN_NOISE);
    assertRefused(
        session,
        new CohortPolicy(7, 2, 1, 1001, TestSession.TASK, TestSession.NOISE, known),
        RefusalReason.POLICY_NOISE);
  }

  /** Strangers count as colluders. */
  @Test
  void strangers_upToTheColludersAreAccepted() throws IOException {
    Set<VerifyingKey> known = new HashSet<>(policy.recognised());
    known.remove(session.identities.get(8).key());
    known.remove(session.identities.get(9).key());
    assertThat(propose(
            session, 0, new CohortPolicy(7, 2, 1, 1, TestSession.TASK, TestSession.NOISE, known)))
        .hasOnlyElementsOfType(Send.class);
    known.remove(session.identities.get(7).key());
    assertRefused(
        session,
        new CohortPolicy(7, 2, 1, 1, TestSession.TASK, TestSession.NOISE, known),
        RefusalReason.UNRECOGNISED_NODES);
  }

  @Test
  void lanesThatMayWrap_areRefused() throws IOException {
    assertRefused(
        new TestSession(10, TERMS, new Sums(1000, 4000, LaneWidth.W16, 100)),
        policy,
        RefusalReason.LANES_TOO_NARROW);
  }

  @Test
  void impossibleTerms_areRefused() throws IOException {
    TestSession two = new TestSession(2, TestSession.terms(2, 0, 0), SUMS);
    assertRefused(two, two.policy(), RefusalReason.IMPOSSIBLE_TERMS);
  }

  @Test
  void proposalOfAnotherCoordinator_isIgnored() throws IOException {
    List<NodeAction> actions = new AggregationNode(session.site(0))
        .receive(new SignedFrame(Signed.sign(session.proposal, new UnsafeIdentity("impostor"))));
    assertThat(((Refused) actions.get(0)).refusal().reason())
        .isEqualTo(RefusalReason.UNKNOWN_SIGNER);
  }
}
