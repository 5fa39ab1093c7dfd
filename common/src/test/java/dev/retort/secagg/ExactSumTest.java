package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Frame.SignedFrame;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest {

  @ParameterizedTest
  @EnumSource(LaneWidth.class)
  void everybodyAnswers_sumIsExact(LaneWidth width) throws IOException {
    TestCohort cohort = TestCohort.of(5, 1, width, 1000).setUp();
    assertExact(cohort, 0, 5);
    assertThat(cohort.nodeRefusals).isEmpty();
    assertThat(cohort.coordinatorRefusals).isEmpty();
  }

  /** Chunk borders: one lane less and more than a chunk, in every width. */
  @ParameterizedTest
  @CsvSource({"W16,524287", "W16,524289", "W32,262143", "W32,262145", "W64,131071", "W64,131073"})
  void vectorOfSeveralChunks_sumIsExact(LaneWidth width, int lanes) throws IOException {
    assertExact(TestCohort.of(3, 0, width, lanes).setUp(), 0, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 7, 10, 20})
  void anyCohort_sumIsExact(int nodes) throws IOException {
    assertExact(TestCohort.of(nodes, nodes / 4, LaneWidth.W32, 33).setUp(), 0, nodes);
  }

  @Test
  void nodeGoneBeforeItsKey_setupGoesOnWithoutIt() throws IOException {
    TestCohort cohort = TestCohort.of(5, 1, LaneWidth.W32, 50);
    cohort.crashed.add(2);
    cohort.setUp();
    cohort.coordinator(cohort.coordinator.setupDeadline());
    cohort.run();
    cohort.deal();
    assertExact(cohort, 0, 4);
  }

  @Test
  void nodeGoneBeforeItsSecrets_isInNoCohort() throws IOException {
    TestCohort cohort = TestCohort.of(5, 1, LaneWidth.W32, 50);
    cohort.up = (node, frame) -> !(node == 0 && isOf(frame, MessageType.KEM_CIPHERTEXT));
    cohort.setUp();
    cohort.coordinator(cohort.coordinator.setupDeadline());
    cohort.run();
    cohort.deal();
    assertExact(cohort, 0, 4);
    assertThat(cohort.known(0).survivors().contains(0)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = MessageType.class,
      names = {"DEAL", "READY"})
  void nodeGoneBeforeTheCohortIsFixed_costsNothing(MessageType last) throws IOException {
    TestCohort cohort = TestCohort.of(5, 1, LaneWidth.W32, 50);
    cohort.up = (node, frame) -> !(node == 4 && isOf(frame, last));
    cohort.setUp();
    assertExact(cohort, 0, 4);
  }

  @ParameterizedTest
  @EnumSource(LaneWidth.class)
  void nodeGoneBeforeItsManifest_isTakenOut(LaneWidth width) throws IOException {
    TestCohort cohort = TestCohort.of(10, 2, width, 300).setUp();
    cohort.up = (node, frame) -> !(node == 3 && isOf(frame, MessageType.MANIFEST));
    assertExact(cohort, 0, 9);
  }

  @Test
  void nodeGoneAmidItsVector_isTakenOut() throws IOException {
    TestCohort cohort = TestCohort.of(10, 2, LaneWidth.W32, 300_000).setUp();
    cohort.up = (node, frame) -> !(node == 3 && frame instanceof Chunk chunk && chunk.index() == 1);
    assertExact(cohort, 0, 9);
  }

  @Test
  void memberGoneBeforeItsVote_staysInTheSum() throws IOException {
    TestCohort cohort = TestCohort.of(10, 3, LaneWidth.W32, 300).setUp();
    Set<Integer> gone = Set.of(1, 5, 9);
    cohort.up = (node, frame) -> !(gone.contains(node) && isOf(frame, MessageType.SURVIVOR_VOTE));
    assertExact(cohort, 0, 10);
  }

  @Test
  void memberGoneBeforeItsShares_staysInTheSum() throws IOException {
    TestCohort cohort = TestCohort.of(10, 3, LaneWidth.W32, 300).setUp();
    Set<Integer> gone = Set.of(0, 5, 9);
    cohort.up = (node, frame) -> !(gone.contains(node) && isOf(frame, MessageType.SHARE_OPEN));
    assertExact(cohort, 0, 10);
  }

  @Test
  void fewerMembersThanTheThreshold_stallsUntilOneReturns() throws IOException {
    TestCohort cohort = TestCohort.of(10, 3, LaneWidth.W32, 300).setUp();
    Set<Integer> gone = Set.of(0, 2, 5, 9);
    cohort.up = (node, frame) -> !(gone.contains(node) && isOf(frame, MessageType.SHARE_OPEN));
    assertThat(cohort.sum(0)).isNull();
    cohort.up = (node, frame) -> true;
    cohort.coordinator(cohort.coordinator.resume(2));
    cohort.run();
    assertThat(TestCohort.longs(cohort.known(0).lanes()))
        .isEqualTo(cohort.expected(NodeSet.all(10), TestCohort.batch(0)));
  }

  @Test
  void moreMissingThanMayBe_segmentFailsAndRerunIsExact() throws IOException {
    TestCohort cohort = TestCohort.of(10, 2, LaneWidth.W32, 300).setUp();
    Set<Integer> gone = Set.of(3, 4);
    cohort.up = (node, frame) -> !(gone.contains(node) && isOf(frame, MessageType.MANIFEST));
    assertThat(cohort.sum(0)).isNull();
    assertThat(cohort.failures).containsExactly(RefusalReason.TOO_MANY_EXCLUDED);
    cohort.crashed.addAll(gone);
    cohort.ready(1, TestCohort.batch(0));
    // The two are not ready for the next segment, so they are in no cohort.
    cohort.open(1, TestCohort.batch(0));
    SegmentSum sum = cohort.known(1);
    assertThat(sum.survivors().size()).isEqualTo(8);
    assertThat(TestCohort.longs(sum.lanes()))
        .isEqualTo(cohort.expected(sum.survivors(), TestCohort.batch(0)));
  }

  @Test
  void lateVector_isIgnoredForEver() throws IOException {
    TestCohort cohort = TestCohort.of(10, 2, LaneWidth.W32, 300).setUp();
    cohort.up = (node, frame) -> !(node == 3 && isOf(frame, MessageType.MANIFEST));
    assertExact(cohort, 0, 9);
    cohort.up = (node, frame) -> true;
    cohort.coordinator(cohort.coordinator.resume(3));
    cohort.run();
    assertThat(cohort.known(0).survivors().contains(3)).isFalse();
  }

  @Test
  void allSegmentsOfASession_areExact() throws IOException {
    TestCohort cohort = TestCohort.of(4, 0, LaneWidth.W32, 20).setUp();
    for (int segment = 0; segment < SessionProposal.MAX_SEGMENTS; segment++) {
      if (segment % SessionProposal.WINDOW == 8) {
        cohort.deal();
      }
      assertExact(cohort, segment, 4);
    }
    assertThat(cohort.nodes.get(0).canDeal()).isFalse();
    assertThat(cohort.nodeRefusals).isEmpty();
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({"50,16,5,5", "127,30,12,10", "128,42,12,0"})
  void largeCohort_sumIsExact(int nodes, int colluders, int dropped, int late) throws IOException {
    TestCohort cohort = TestCohort.of(nodes, colluders, LaneWidth.W16, 100).setUp();
    cohort.up = (node, frame) -> !(node < dropped && isOf(frame, MessageType.MANIFEST))
        && !(node >= nodes - late && isOf(frame, MessageType.SHARE_OPEN));
    assertExact(cohort, 0, nodes - dropped);
  }

  /**
   * All 255 points of the sharing. So that it takes seconds, the nodes at the first 125 points are gone once their keys are in
   * the roster, and of the others twelve deal: the secrets are put together from shares at points 126 to 255, one member more
   * than the threshold being left.
   */
  @Test
  @Tag("slow")
  void committeeOf255WithFewDealers_sumIsExact() throws IOException {
    CohortTerms terms = new CohortTerms(8, 1, 2, 255, 255);
    TestCohort cohort =
        new TestCohort(new TestSession(255, terms, TestSession.sums(LaneWidth.W16, 40)));
    cohort.handsOver = true;
    cohort.down = (node, frame) -> node >= 125 || isOf(frame, MessageType.SESSION_PROPOSAL);
    cohort.coordinator(cohort.coordinator.resume());
    cohort.run();
    cohort.coordinator(cohort.coordinator.setupDeadline());
    cohort.run();
    for (int node = 243; node < 255; node++) {
      cohort.node(node, cohort.nodes.get(node).deal());
      cohort.node(node, cohort.nodes.get(node).ready(0, TestCohort.batch(0)));
    }
    cohort.run();
    cohort.up = (node, frame) -> !(node >= 253 && isOf(frame, MessageType.MANIFEST))
        && !(node == 125 && isOf(frame, MessageType.SHARE_OPEN));
    cohort.open(0, TestCohort.batch(0));
    cohort.uploadDeadline(0);
    SegmentSum sum = cohort.known(0);
    assertThat(sum.survivors().size()).isEqualTo(10);
    assertThat(TestCohort.longs(sum.lanes()))
        .isEqualTo(cohort.expected(sum.survivors(), TestCohort.batch(0)));
  }

  /** Everybody deals and twenty are excluded. Two minutes: with {@code -Dretort.exhaustive=true}. */
  @Test
  @Tag("slow")
  @EnabledIfSystemProperty(named = "retort.exhaustive", matches = "true")
  void committeeOf255_sumIsExact() throws IOException {
    CohortTerms terms = new CohortTerms(170, 60, 20, 255, 255);
    TestCohort cohort =
        new TestCohort(new TestSession(255, terms, TestSession.sums(LaneWidth.W16, 40)));
    cohort.handsOver = true;
    cohort.setUp();
    cohort.up = (node, frame) -> !(node % 13 == 0 && isOf(frame, MessageType.MANIFEST));
    assertExact(cohort, 0, 235);
  }

  /** A drawn committee and a ring: the beacon is in use. */
  @Test
  @Tag("slow")
  void sparseCohort_sumIsExact() throws IOException {
    CohortTerms terms = new CohortTerms(135, 4, 3, 40, 40);
    TestCohort cohort =
        new TestCohort(new TestSession(140, terms, TestSession.sums(LaneWidth.W16, 40)));
    cohort.setUp();
    cohort.up = (node, frame) -> !(node % 60 == 7 && isOf(frame, MessageType.MANIFEST));
    assertExact(cohort, 0, 137);
  }

  static boolean isOf(Frame frame, MessageType type) {
    return frame instanceof SignedFrame signed && signed.message().type() == type;
  }

  static void assertExact(TestCohort cohort, int segment, int survivors) throws IOException {
    cohort.sum(segment);
    SegmentSum sum = cohort.known(segment);
    assertThat(sum.survivors().size()).isEqualTo(survivors);
    assertThat(TestCohort.longs(sum.lanes()))
        .isEqualTo(cohort.expected(sum.survivors(), TestCohort.batch(segment)));
  }
}
