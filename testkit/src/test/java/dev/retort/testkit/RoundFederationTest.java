package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.retort.auditor.AuditResult;
import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlStudyStore;
import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.StoredBlock;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.node.NodeHome;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyRounds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Studies over TLS on loopback whose later questions depend on earlier answers. */
@Tag("slow")
final class RoundFederationTest {

  private static final int SIDE = 8;
  private static final int PUBLIC = 300;

  @TempDir
  private Path root;

  private TestFederation federation;

  @BeforeEach
  void found() throws Exception {
    federation = TestFederation.found(root);
  }

  @AfterEach
  void close() throws Exception {
    federation.close();
  }

  private NodeHome enrol(String node, long seed) throws Exception {
    return federation.enrol(node, Pictures.draw(240, SIDE, seed));
  }

  private String study(String privacy, String queries, String cohort) throws Exception {
    String set = federation.importPictures(Pictures.draw(PUBLIC, SIDE, 1));
    Path images = root.resolve("test-images.idx");
    Path labels = root.resolve("test-labels.idx");
    Pictures.draw(300, SIDE, 2).write(images, labels);
    return """
        study: pictures
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: 60, %s }
        queries: { %s }
        teachers: { perNode: 20, architecture: linear, epochs: 20, batchSize: 8,
                    learningRate: 0.02, device: cpu }
        classSums: { features: 8 }
        student: { architecture: linear, warmUpEpochs: 2, epochs: 12, learningRate: 0.01,
                   selfTraining: 'off' }
        cohort: { %s, deadline: PT10M }
        evaluation: { images: '%s', labels: '%s' }
        """.formatted(set, privacy, queries, cohort, images, labels);
  }

  private List<OpenedRound> rounds(String study) {
    try (Database database =
        Database.open(CoordinatorCore.database(federation.coordinatorHome()))) {
      return new SqlStudyStore(database.jdbi()).rounds(study);
    }
  }

  private double accuracy(String study) throws Exception {
    return JsonMapper.shared()
        .readTree(Files.readString(federation.artefacts(study).resolve("model-card.json")))
        .path("evaluation")
        .path("accuracy")
        .asDouble();
  }

  private AuditResult audited(NodeHome... homes) throws Exception {
    for (NodeHome home : homes) {
      LedgerReport report = LedgerVerifier.verify(home.ledger());
      assertThat(report.findings()).isEmpty();
      assertThat(report.pendingCharges()).isEmpty();
    }
    AuditResult audit = WholeFederationTest.audited(
        Stream.concat(Stream.of(federation.coordinatorHome()), Stream.of(homes).map(NodeHome::root))
            .toArray(Path[]::new));
    assertThat(audit.findings()).isEmpty();
    assertThat(audit.unchecked()).isEmpty();
    return audit;
  }

  @Test
  void classSums_inTwoSecureRounds_askForWhatTheFirstLeft() throws Exception {
    NodeHome a = enrol("site-a", 11);
    NodeHome b = enrol("site-b", 12);
    NodeHome c = enrol("site-c", 13);
    TestFederation.introduce(a, b, c);
    for (NodeHome home : List.of(a, b, c)) {
      federation.start(home);
    }
    String study = federation.create(study(
        "mechanism: class-sums, aggregation: secure", "rounds: 2", "minimum: 3, colluders: 1"));
    federation.awaitFinished(study);

    federation.close();
    StudyPlan plan = federation.study(study).plan();
    List<SummedBlock> sums = federation.sums(study);
    assertThat(sums).extracting(block -> block.range().first()).containsExactly(0L, 1L);
    assertThat(sums).allMatch(block -> block.nodes().size() == 3);
    // What is left of the records after a fit to them is little of what they were.
    assertThat(length(sums.get(1))).isLessThan(0.5 * length(sums.get(0)));
    assertThat(rounds(study)).extracting(OpenedRound::round).containsExactly(1);
    assertThat(accuracy(study)).isGreaterThan(0.9);
    audited(a, b, c);
    for (NodeHome home : List.of(a, b, c)) {
      LedgerReport report = LedgerVerifier.verify(home.ledger());
      assertThat(report.lineages().get(0).releases()).isEqualTo(2);
      assertThat(report.lineages().get(0).spent()).isEqualTo(StudyNoise.cost(plan));
    }
  }

  private static double length(SummedBlock block) {
    return Math.sqrt(IntStream.range(0, block.sums().length)
        .mapToDouble(i -> Math.pow((double) block.sums()[i], 2))
        .sum());
  }

  @Test
  void votes_onChosenSamples_survivesRestartsAndArePaidForOnce() throws Exception {
    NodeHome a = enrol("site-a", 11);
    NodeHome b = enrol("site-b", 12);
    federation.start(a);
    String study = federation.create(
        study("aggregation: local", "plan: active, rounds: 3, limit: 90", "minimum: 2"));
    // Without the second site the first round stays open.
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> federation.status(study, "site-a").getSamplesLabelled() == 30);
    federation.stopCoordinator();
    federation.stopNodes();
    federation.startCoordinator();
    federation.start(a);
    federation.start(b);
    federation.awaitFinished(study);

    federation.close();
    StudyPlan plan = federation.study(study).plan();
    List<StoredBlock> blocks = federation.blocks(study);
    assertThat(blocks).hasSize(6);
    List<OpenedRound> rounds = rounds(study);
    assertThat(rounds).extracting(OpenedRound::round).containsExactly(0, 1, 2);
    int[] asked = new int[0];
    for (OpenedRound round : rounds) {
      RoundInput input =
          RoundInput.parse(plan, round.round(), PUBLIC, round.input().bytes());
      asked = IntStream.concat(
              IntStream.of(asked), IntStream.of(((RoundInput.Selection) input).samples()))
          .toArray();
    }
    assertThat(asked).hasSize(90).doesNotHaveDuplicates();
    assertThat(StudyRounds.ranges(plan)).hasSize(3);
    assertThat(accuracy(study)).isGreaterThan(0.9);
    audited(a, b);
    for (NodeHome home : List.of(a, b)) {
      LedgerReport report = LedgerVerifier.verify(home.ledger());
      assertThat(report.lineages().get(0).releases()).isEqualTo(3);
      assertThat(report.lineages().get(0).spent()).isEqualTo(StudyNoise.cost(plan));
    }
  }
}
