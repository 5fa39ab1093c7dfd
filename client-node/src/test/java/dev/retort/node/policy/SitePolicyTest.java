package dev.retort.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import dev.retort.node.Plans;
import dev.retort.node.policy.PolicyDecision.Approved;
import dev.retort.node.policy.PolicyDecision.Declined;
import dev.retort.node.policy.PolicyDecision.Reason;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SitePolicyTest {

  private static final ApproxDp BUDGET = new ApproxDp(8, 1e-6);
  private static final StudyPlan PLAN = Plans.plan(Plans.SOME_SET, 2, 100, 50);
  private static final Digest DIGEST = Plans.digest(PLAN);

  private static SitePolicy policy(String unit, Approval approval, @Nullable Double most) {
    return new SitePolicy(unit, approval, BUDGET, most);
  }

  private static Declined declined(PolicyDecision decision) {
    assertThat(decision).isInstanceOf(Declined.class);
    return (Declined) decision;
  }

  @Test
  void decide_nothingApproved_declines() {
    Declined declined = declined(policy("patient", Approval.none(), null).decide(PLAN, DIGEST));
    assertThat(declined.reason()).isEqualTo(Reason.NOT_APPROVED);
    assertThat(declined.message()).contains("sha256:" + DIGEST);
  }

  @Test
  void decide_anotherPlanApproved_declines() {
    Approval other = new Approval.Listed(Set.of(Digest.of(new byte[] {1})));
    assertThat(declined(policy("patient", other, null).decide(PLAN, DIGEST)).reason())
        .isEqualTo(Reason.NOT_APPROVED);
  }

  @Test
  void decide_listed_approves() {
    Approval listed = new Approval.Listed(Set.of(DIGEST));
    assertThat(policy("patient", listed, null).decide(PLAN, DIGEST)).isEqualTo(new Approved());
  }

  @Test
  void decide_anotherUnit_declines() {
    Declined declined = declined(policy("record", new Approval.Any(), null).decide(PLAN, DIGEST));
    assertThat(declined.reason()).isEqualTo(Reason.STRICTER);
    assertThat(declined.message())
        .isEqualTo("privacy.unit must be the site's unit, record: patient");
  }

  @Test
  void decide_noiseTooSmallForThePlansOwnEpsilon_declines() {
    StudyPlan boastful = Plans.plan(Plans.SOME_SET, 2, 100, 1, "privacy.epsilon=0.1");
    Declined declined = declined(
        policy("patient", new Approval.Any(), null).decide(boastful, Plans.digest(boastful)));
    assertThat(declined.reason()).isEqualTo(Reason.STRICTER);
    assertThat(declined.message()).contains("privacy.sigma");
  }

  @Test
  void decide_costAboveTheSitesLimit_declinesByTheCostAndNotByTheStatedEpsilon() {
    // The plan states epsilon 100; its noise keeps far less, and that is what counts.
    double cost = Conversion.epsilon(StudyNoise.cost(PLAN), BUDGET.delta());
    assertThat(cost).isLessThan(2);
    assertThat(policy("patient", new Approval.Any(), cost + 1e-6).decide(PLAN, DIGEST))
        .isEqualTo(new Approved());
    assertThat(declined(policy("patient", new Approval.Any(), cost - 1e-6).decide(PLAN, DIGEST))
            .message())
        .startsWith("a study's epsilon must be <= ");
  }

  @Test
  void constructor_limitZero_isRefused() {
    assertThatThrownBy(() -> policy("patient", new Approval.Any(), 0.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("policy.maxEpsilonPerStudy must be > 0 and finite: 0.0");
  }
}
