package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.retort.label.LabelBlock;
import dev.retort.node.Plans;
import dev.retort.plan.RoundInput;
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

  /** Two rounds of 20 samples: blocks of 16 and 4 each. */
  private void trainForRounds(String studyId) throws Exception {
    plan = Plans.plan(
        coordinator.manifest.ref(),
        CLASSES,
        SAMPLES,
        SIGMA,
        "queries.plan=active",
        "queries.rounds=2");
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

  @Test
  void round_ofChosenSamples_isAnsweredInTheirOrder() throws Exception {
    start();
    trainForRounds("s-1");
    openRound("s-1", 0, backwards(39, 20));
    coordinator.ask("s-1", 0, 20);
    await().until(() -> coordinator.blocks.size() == 2);
    openRound("s-1", 1, backwards(19, 20));
    coordinator.ask("s-1", 20, 20);
    await().until(() -> coordinator.blocks.size() == 4);
    // All samples were scored once, when the teachers were trained.
    assertThat(trained).hasSize(1);
    int[] sums = trained.get(0).sums();
    double squares = 0;
    int question = 0;
    for (int b = 0; b < 4; b++) {
      LabelBlock block = coordinator.block(b);
      assertThat(block.firstSample()).isEqualTo(question);
      for (int i = 0; i < block.count(); i++, question++) {
        for (int c = 0; c < CLASSES; c++) {
          int exact = sums[(39 - question) * CLASSES + c];
          squares += Math.pow(block.values()[i * CLASSES + c] - exact, 2);
        }
      }
    }
    // As in the test of a whole study: within seven deviations.
    assertThat(squares / sums.length / SIGMA / SIGMA).isBetween(0.975, 1.025);
    long cost = SAMPLES * Zcdp.PICO_PER_RHO / SIGMA / SIGMA;
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(new Zcdp(cost));
  }

  @Test
  void round_openedAgainWithOtherSamples_repeatsWhatWasReleasedAtNoCharge() throws Exception {
    start();
    trainForRounds("s-1");
    openRound("s-1", 0, backwards(39, 20));
    coordinator.ask("s-1", 0, 20);
    await().until(() -> coordinator.blocks.size() == 2);
    Zcdp spent = openNode().ledger().filter("main").orElseThrow().spent();
    openRound("s-1", 0, backwards(19, 20));
    coordinator.ask("s-1", 0, 20);
    await().until(() -> coordinator.blocks.size() == 4);
    assertThat(coordinator.labels().subList(2, 4))
        .isEqualTo(coordinator.labels().subList(0, 2));
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
      return files.filter(Files::isRegularFile).count();
    }
  }
}
