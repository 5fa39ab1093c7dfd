package dev.retort.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.identity.IdentityKey;
import dev.retort.node.Plans;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyPlan;
import dev.retort.secagg.CohortPolicy;
import dev.retort.secagg.VerifyingKey;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SumPolicyTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private static VerifyingKey key() {
    return VerifyingKey.of(IdentityKey.generate(RANDOM).publicKey());
  }

  private static Set<VerifyingKey> keys(int count) {
    Set<VerifyingKey> keys = new HashSet<>();
    while (keys.size() < count) {
      keys.add(key());
    }
    return keys;
  }

  /** A plan with these minimum, colluders and maxExcluded. */
  private static StudyPlan secure(String cohort) {
    String[] terms = cohort.split(" ", -1);
    return Plans.plan(
        Plans.SOME_SET,
        2,
        100,
        50,
        "privacy.aggregation=secure",
        "cohort.minimum=" + terms[0],
        "cohort.colluders=" + terms[1],
        "cohort.maxExcluded=" + terms[2]);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      false | 3 | 0 | 9 | 3 1 0 | 2 |
      false | 3 | 0 | 9 | 3 0 0 | 1 | at least 2 other sites
      false | 3 | 0 | 9 | 6 1 1 | 3 | at least 4 other sites
      false | 3 | 0 | 9 | 6 1 1 | 4 |
      false | 5 | 0 | 9 | 5 1 1 | 9 | cohort.minimum - cohort.maxExcluded must be at least 5
      false | 3 | 2 | 9 | 5 1 0 | 9 | cohort.colluders must be at least 2
      false | 3 | 0 | 0 | 5 1 1 | 9 | cohort.maxExcluded must be at most 0
      """)
  void objection_laxerPlan_namesTheRule(
      boolean required,
      int minimum,
      int colluders,
      int maxExcluded,
      String cohort,
      int peers,
      String message) {
    SumPolicy policy = new SumPolicy(required, minimum, colluders, maxExcluded, keys(peers));
    if (message == null) {
      assertThat(policy.objection(secure(cohort))).isEmpty();
    } else {
      assertThat(policy.objection(secure(cohort)).orElseThrow()).contains(message);
    }
  }

  @Test
  void objection_localPlan_isMadeWhereSumsAreRequiredAlone() {
    StudyPlan local = Plans.plan(Plans.SOME_SET, 2, 100, 50);
    assertThat(new SumPolicy(true, 3, 0, 9, Set.of()).objection(local))
        .hasValue("privacy.aggregation must be secure at this site: local");
    assertThat(new SumPolicy(false, 3, 0, 9, Set.of()).objection(local)).isEmpty();
  }

  @Test
  void of_plan_isTheStricterOfBothAndKnowsItself() {
    StudyPlan plan = secure("7 1 1");
    VerifyingKey own = key();
    CohortPolicy cohort = new SumPolicy(false, 4, 2, 0, Set.of()).of(plan, Plans.digest(plan), own);
    assertThat(cohort.minimum()).isEqualTo(6);
    assertThat(cohort.colluders()).isEqualTo(2);
    assertThat(cohort.maxExcluded()).isZero();
    assertThat(cohort.smallestSigma()).isEqualTo(SecureSums.wholeSigma(plan));
    assertThat(cohort.recognised()).containsExactly(own);
  }

  @Test
  void construct_fewerThanThree_isRefused() {
    assertThatThrownBy(() -> new SumPolicy(false, 2, 0, 0, Set.of()))
        .hasMessage("policy.secureSums.minimum must be in [3, 4096]: 2");
  }
}
