package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.secagg.CohortDecision.Agreed;
import dev.retort.secagg.CohortDecision.Alternative;
import dev.retort.secagg.CohortDecision.Obstacle;
import dev.retort.secagg.CohortDecision.Refused;
import dev.retort.secagg.SessionProposal.Sums;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CohortRulesTest {

  @ParameterizedTest
  @CsvSource({"3,0,2", "3,1,3", "5,1,4", "7,2,5", "10,3,7", "20,6,14", "50,16,34", "100,33,67"})
  void threshold_ofAllNodes_isTheDesigns(int nodes, int colluders, int threshold) {
    assertThat(agreed(nodes, CohortTerms.usual(nodes, colluders)).threshold()).isEqualTo(threshold);
  }

  /** 2 tau - C > t: two certificates share an honest voter, for every size. */
  @Test
  void threshold_always_outvotesColluders() {
    for (int nodes = 3; nodes <= 128; nodes++) {
      for (int colluders = 0; colluders <= nodes - 2; colluders++) {
        CohortTerms terms = TestSession.terms(Math.max(3, colluders + 2), colluders, 0);
        CohortRules rules = agreed(nodes, terms);
        assertThat(2 * rules.threshold() - nodes).isGreaterThan(colluders);
        assertThat(rules.threshold()).isGreaterThan(colluders);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1000,100,39,84", "1000,200,58,94", "1000,330,78,104"})
  void drawnCommittee_hasTheDesignsBounds(
      int nodes, int colluders, int inCommittee, int threshold) {
    CohortRules rules = agreed(nodes, TestSession.terms(colluders + 100, colluders, 50));
    assertThat(rules.committee()).isEqualTo(128);
    assertThat(rules.committeeColluders()).isEqualTo(inCommittee);
    assertThat(rules.threshold()).isEqualTo(threshold);
  }

  @ParameterizedTest
  @CsvSource({
    "200,20,10,30",
    "200,40,20,54",
    "500,100,25,70",
    "1000,100,20,50",
    "1000,100,50,90",
    "1000,200,50,112",
    "1000,200,100,184",
    "1000,330,50,146"
  })
  void ring_hasTheDesignsDegree(int nodes, int colluders, int excluded, int degree) {
    assertThat(TailBounds.ringDegree(nodes, colluders, excluded)).isEqualTo(degree);
  }

  @Test
  void fewNodes_areRefusedWithLocalNoiseInstead() {
    for (int nodes = 0; nodes < 3; nodes++) {
      assertThat(CohortRules.decide(nodes, TestSession.terms(3, 0, 0)))
          .isEqualTo(new Refused(Obstacle.FEWER_THAN_THREE_NODES));
    }
    assertThat(new Refused(Obstacle.FEWER_THAN_THREE_NODES).alternative())
        .isEqualTo(Alternative.LOCAL_NOISE);
  }

  @ParameterizedTest
  @CsvSource({
    "10,2,0,0,MINIMUM_TOO_SMALL", "10,4,3,0,MINIMUM_TOO_SMALL",
    "5,6,1,0,FEWER_NODES_THAN_MINIMUM", "10,6,3,3,NO_HONEST_NOISE"
  })
  void termsThatProtectNobody_areRefused(
      int nodes, int minimum, int colluders, int excluded, Obstacle obstacle) {
    assertThat(CohortRules.decide(nodes, TestSession.terms(minimum, colluders, excluded)))
        .isEqualTo(new Refused(obstacle));
  }

  @Test
  void usualTerms_fitEverySize() {
    for (int nodes = 3; nodes < 600; nodes += 7) {
      assertThat(CohortRules.decide(nodes, CohortTerms.usual(nodes, nodes / 4)))
          .isInstanceOf(Agreed.class);
    }
    assertThat(CohortTerms.usual(3, 1).maxExcluded()).isZero();
  }

  @Test
  void localSigma_isTheSmallestThatSuffices() {
    CohortTerms terms = TestSession.terms(7, 3, 1);
    for (int sigma = 1; sigma < 5000; sigma = sigma * 2 + 1) {
      for (int cohort = 7; cohort <= 10; cohort++) {
        long local = NoiseShare.localSigma(sigma, cohort, terms);
        long certain = cohort - 4L;
        assertThat(local * local * certain).isGreaterThanOrEqualTo((long) sigma * sigma);
        if (local > NoiseShare.SMALLEST_SIGMA) {
          assertThat((local - 1) * (local - 1) * certain).isLessThan((long) sigma * sigma);
        }
      }
    }
    assertThatThrownBy(() -> NoiseShare.localSigma(100, 4, terms))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void localSigma_ofTheLargestSigma_isExact() {
    int largest = (1 << 24) - 1;
    assertThat(NoiseShare.localSigma(largest, 5, TestSession.terms(5, 3, 1))).isEqualTo(largest);
  }

  @Test
  void width_isTheNarrowestThatHolds() {
    CohortTerms terms = CohortTerms.usual(1000, 100);
    assertThat(NoiseShare.smallestWidth(1000, new Sums(100, 1, LaneWidth.W64, 1 << 20), terms))
        .isEqualTo(LaneWidth.W16);
    assertThat(NoiseShare.smallestWidth(1000, new Sums(100, 32, LaneWidth.W64, 1 << 20), terms))
        .isEqualTo(LaneWidth.W32);
    assertThat(
            NoiseShare.smallestWidth(1000, new Sums(100, 1L << 30, LaneWidth.W64, 1 << 20), terms))
        .isEqualTo(LaneWidth.W64);
  }

  /** For one lane: 2 exp(-T^2 / 2V) <= 2^-40, with T^2 = 2 ln 2 * 42 V, rounded up. */
  @Test
  void largestSum_ofOneLane_isTheTailOf42Bits() {
    CohortTerms terms = TestSession.terms(4, 0, 0);
    long largest =
        NoiseShare.largestSum(4, new Sums(1000, 1, LaneWidth.W32, 1), terms).longValueExact();
    long tail = largest - 4;
    assertThat(tail).isBetween(7630L, 7640L);
  }

  @Test
  void ring_connects_unlessItIsCutTwice() {
    int nodes = 40;
    NodeSet all = NodeSet.all(nodes);
    CohortRules rules = new CohortRules(nodes, TestSession.terms(3, 0, 0), nodes, 0, 21, 6);
    MaskGraph graph = MaskGraph.of(all, rules, Octets.sha256(Hkdf.label("beacon")));
    assertThat(graph.neighbours(5).count()).isEqualTo(6);
    int[] ring =
        MaskGraph.drawnOrder(all, "fd-sa/1 ring", Octets.sha256(Hkdf.label("beacon"))).stream()
            .mapToInt(Integer::intValue)
            .toArray();
    NodeSet oneGap = all.minus(NodeSet.of(nodes, IntStream.range(3, 6).map(i -> ring[i])));
    NodeSet twoGaps = oneGap.minus(NodeSet.of(nodes, IntStream.range(20, 23).map(i -> ring[i])));
    assertThat(graph.connects(all)).isTrue();
    assertThat(graph.connects(oneGap)).isTrue();
    assertThat(graph.connects(twoGaps)).isFalse();
  }

  private static CohortRules agreed(int nodes, CohortTerms terms) {
    assertThat(CohortRules.decide(nodes, terms)).isInstanceOf(Agreed.class);
    return ((Agreed) CohortRules.decide(nodes, terms)).rules();
  }
}
