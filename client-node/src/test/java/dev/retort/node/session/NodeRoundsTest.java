package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.retort.label.LabelBlock;
import dev.retort.node.Plans;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Zcdp;
import dev.retort.proto.v1.NodeEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rounds whose questions the coordinator decides. */
class NodeRoundsTest extends NodeSessionSetUp {

  NodeRoundsTest() throws Exception {}

  /** So little noise that it shows which sample an answer is about. */
  private static final int LITTLE = 1;

  /** Two rounds of 20 samples: blocks of 16 and 4 each. */
  private void trainForRounds(String studyId) throws Exception {
    trainForRounds(studyId, SIGMA, 1);
  }

  private void trainForRounds(String studyId, int sigma, int grid) throws Exception {
    plan = Plans.plan(
        coordinator.manifest.ref(),
        CLASSES,
        SAMPLES,
        sigma,
        "queries.plan=active",
        "queries.rounds=2",
        "privacy.epsilon=500000",
        "privacy.labelGrid=" + grid);
    coordinator.offer(studyId, plan);
    next(NodeEvent::hasOfferAnswer);
  }

  private void openRound(String studyId, int round, int[] samples) throws Exception {
    coordinator.openRound(studyId, round, new RoundInput.Selection(samples).encode());
    assertThat(next(NodeEvent::hasTeachersReady).getTeachersReady().getRound()).isEqualTo(round);
  }

  private static int[] backwards(int from, int count) {
    return IntStream.range(0, count).map(i -> from - i).toArray();
  }

  /** The mean square of what blocks {@code from} to {@code to} differ by from the exact labels of {@code samples}. */
  private double difference(int from, int to, int[] samples) throws Exception {
    int[] sums = trained.get(0).sums();
    double squares = 0;
    int at = 0;
    for (int b = from; b < to; b++) {
      LabelBlock block = coordinator.block(b);
      for (int i = 0; i < block.count(); i++, at++) {
        for (int c = 0; c < CLASSES; c++) {
          squares += Math.pow(block.values()[i * CLASSES + c] - sums[samples[at] * CLASSES + c], 2);
        }
      }
    }
    return squares / at / CLASSES;
  }

  @Test
  void round_ofChosenSamples_isAnsweredInTheirOrder() throws Exception {
    budget = new ApproxDp(1e6, 1e-6);
    start();
    trainForRounds("s-1", LITTLE, 64);
    openRound("s-1", 0, backwards(39, 20));
    coordinator.ask("s-1", 0, 20);
    await().until(() -> coordinator.blocks.size() == 2);
    openRound("s-1", 1, backwards(19, 20));
    coordinator.ask("s-1", 20, 20);
    await().until(() -> coordinator.blocks.size() == 4);
    assertThat(coordinator.block(3).firstSample()).isEqualTo(36);
    // All samples were scored once, when the teachers were trained.
    assertThat(trained).hasSize(1);
    // 163,840 draws: the variance lies within 7 standard deviations of 1 but once in 10^11 runs.
    assertThat(difference(0, 4, backwards(39, 40))).isBetween(0.975, 1.025);
    assertThat(difference(0, 4, IntStream.range(0, 40).toArray())).isGreaterThan(1.04);
    Zcdp cost = StudyNoise.cost(plan);
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(cost);
  }

  @Test
  void round_openedAgainWithOtherSamplesBeforeAnythingLeft_isAnsweredForThose() throws Exception {
    budget = new ApproxDp(1e6, 1e-6);
    start();
    trainForRounds("s-1", LITTLE, 64);
    openRound("s-1", 0, backwards(39, 20));
    openRound("s-1", 0, backwards(19, 20));
    coordinator.ask("s-1", 0, 20);
    await().until(() -> coordinator.blocks.size() == 2);
    // Of 81,920 draws.
    assertThat(difference(0, 2, backwards(19, 20))).isBetween(0.965, 1.035);
    assertThat(difference(0, 2, backwards(39, 20))).isGreaterThan(1.04);
  }

  @Test
  void round_openedAgainWithOtherSamplesAfterARelease_abandonsTheStudyAlsoLater() throws Exception {
    start();
    trainForRounds("s-1");
    openRound("s-1", 0, backwards(39, 20));
    coordinator.ask("s-1", 0, 20);
    await().until(() -> coordinator.blocks.size() == 2);
    Zcdp spent = openNode().ledger().filter("main").orElseThrow().spent();
    // The same plan in another study, whose answers so far led elsewhere.
    coordinator.closeStudy("s-1");
    trainForRounds("s-2");
    coordinator.openRound("s-2", 0, new RoundInput.Selection(backwards(19, 20)).encode());
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .contains("answered round 1 of this plan when it asked something else");
    trainForRounds("s-3");
    openRound("s-3", 0, backwards(39, 20));
    coordinator.ask("s-3", 0, 20);
    await().until(() -> coordinator.blocks.size() == 4);
    for (int b = 0; b < 2; b++) {
      // One by one, as a difference would print megabytes.
      assertThat(coordinator.block(b + 2).equals(coordinator.block(b))).isTrue();
    }
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(spent);
  }

  @Test
  void round_inputThatBreaksARule_abandonsTheStudy() throws Exception {
    start();
    trainForRounds("s-1");
    coordinator.openRound("s-1", 0, new RoundInput.Selection(backwards(40, 20)).encode());
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .contains("samples must be below 40");
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(Zcdp.ZERO);
  }

  @Test
  void labelRequest_ofARoundThatIsNotOpen_abandonsTheStudyAndChargesNothing() throws Exception {
    start();
    trainForRounds("s-1");
    openRound("s-1", 0, backwards(39, 20));
    coordinator.ask("s-1", 20, 20);
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .contains("rounds that were opened: round 1");
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(Zcdp.ZERO);
  }

  @Test
  void study_closedAfterRounds_leavesNoAnswerOnTheDisk() throws Exception {
    start();
    trainForRounds("s-1");
    openRound("s-1", 0, backwards(39, 20));
    openRound("s-1", 1, backwards(19, 20));
    Path studies = home.resolve("studies");
    assertThat(answerFiles(studies)).isEqualTo(3);
    coordinator.closeStudy("s-1");
    await().until(() -> answerFiles(studies) == 0);
  }

  private static long answerFiles(Path studies) throws Exception {
    try (Stream<Path> files = Files.walk(studies)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("answers"))
          .count();
    }
  }
}
