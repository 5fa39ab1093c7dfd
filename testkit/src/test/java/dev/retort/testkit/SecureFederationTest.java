package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.auditor.AuditResult;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.node.Node;
import dev.retort.node.NodeHome;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.proto.v1.NodeStatus.Phase;
import dev.retort.proto.v1.StudyStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and nodes over TLS on loopback whose answers go into secure sums. */
@Tag("slow")
final class SecureFederationTest {

  private static final int SIDE = 8;
  private static final int PUBLIC = 300;
  private static final int TEACHERS = 20;

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

  private String study(String cohort) throws Exception {
    String set = federation.importPictures(Pictures.draw(PUBLIC, SIDE, 1));
    return """
        study: pictures
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: 60, aggregation: secure }
        teachers: { perNode: %d, architecture: linear, epochs: 20, batchSize: 8,
                    learningRate: 0.02, device: cpu }
        student: { architecture: linear, warmUpEpochs: 2, epochs: 3, learningRate: 0.01,
                   selfTraining: 'off' }
        cohort: { %s, deadline: PT10M }
        """.formatted(set, TEACHERS, cohort);
  }

  @Test
  void study_secure_isSummedAndPaidForAndNoAnswerIsStored() throws Exception {
    NodeHome a = enrol("site-a", 11);
    NodeHome b = enrol("site-b", 12);
    NodeHome c = enrol("site-c", 13);
    TestFederation.introduce(a, b, c);
    for (NodeHome home : List.of(a, b, c)) {
      federation.start(home);
    }
    String study = federation.create(study("minimum: 3, colluders: 1"));
    StudyStatus ended = federation.awaitFinished(study);

    assertThat(ended.getNodesList()).allMatch(node -> node.getPhase() == Phase.PHASE_ANSWERED);
    federation.close();
    StudyPlan plan = federation.study(study).plan();
    List<SummedBlock> sums = federation.sums(study);
    assertThat(sums).hasSize(1);
    assertThat(sums.get(0).nodes()).containsExactlyInAnyOrder("site-a", "site-b", "site-c");
    assertThat(sums.get(0).sums()).hasSize(PUBLIC * 3);
    long sigma = plan.privacy().sigma();
    assertThat(sums.get(0).variance()).isEqualTo(3 * sigma * sigma);
    assertRowsAddUp(sums.get(0), sigma);
    assertThat(federation.blocks(study)).isEmpty();
    for (NodeHome home : List.of(a, b, c)) {
      LedgerReport report = LedgerVerifier.verify(home.ledger());
      assertThat(report.findings()).isEmpty();
      assertThat(report.pendingCharges()).isEmpty();
      assertThat(report.lineages().get(0).spent()).isEqualTo(StudyNoise.cost(plan));
      assertThat(report.lineages().get(0).releases()).isEqualTo(1);
    }
    // Nobody can add up again what was masked; all else holds, and nothing is left out.
    AuditResult audit =
        WholeFederationTest.audited(federation.coordinatorHome(), a.root(), b.root(), c.root());
    assertThat(audit.findings()).isEmpty();
    assertThat(audit.unchecked()).isEmpty();
    assertThat(audit.uncheckable()).singleElement().asString().contains("under masks");
  }

  /** Each row is 60 votes and three nodes' noise in three entries; a false alarm has a probability below 1e-20. */
  private static void assertRowsAddUp(SummedBlock block, long sigma) {
    for (int row = 0; row < PUBLIC; row++) {
      long sum = 0;
      for (int c = 0; c < 3; c++) {
        sum += block.sums()[row * 3 + c];
      }
      assertThat(Math.abs(sum - 3L * TEACHERS)).isLessThan(30 * sigma);
    }
  }

  @Test
  void study_strangersInTheSum_areDeclinedByWhoDoesNotKnowThem() throws Exception {
    NodeHome a = enrol("site-a", 11);
    NodeHome b = enrol("site-b", 12);
    NodeHome c = enrol("site-c", 13);
    TestFederation.introduce(a, b);
    for (NodeHome home : List.of(a, b, c)) {
      federation.start(home);
    }
    String study = federation.create(study("minimum: 3, colluders: 0"));
    federation.awaitNode(study, "site-c", Phase.PHASE_DECLINED::equals);
    assertThat(federation.status(study, "site-c").getMessage()).contains("policy.secureSums.peers");
    federation.awaitNode(study, "site-a", Phase.PHASE_DECLINED::equals);
  }

  @Test
  void study_coordinatorAndNodeAreRestarted_theSumComesAndIsPaidForOnce() throws Exception {
    NodeHome a = enrol("site-a", 11);
    NodeHome b = enrol("site-b", 12);
    NodeHome c = enrol("site-c", 13);
    TestFederation.introduce(a, b, c);
    federation.start(a);
    Node second = federation.start(b);
    String study = federation.create(study("minimum: 3, colluders: 1"));
    federation.awaitNode(study, "site-a", Phase.PHASE_ANSWERING::equals);
    federation.awaitNode(study, "site-b", Phase.PHASE_ANSWERING::equals);
    federation.stopCoordinator();
    second.close();
    federation.startCoordinator();
    federation.start(b);
    federation.start(c);
    federation.awaitFinished(study);

    federation.close();
    assertThat(federation.sums(study)).hasSize(1);
    for (NodeHome home : List.of(a, b, c)) {
      assertThat(LedgerVerifier.verify(home.ledger()).findings()).isEmpty();
      assertThat(LedgerReader.entries(home.ledger()).stream()
              .filter(line -> line.entry().type().equals("charge")))
          .hasSize(1);
      assertThat(Files.readString(home.root().resolve("sums.log"))).contains("release ");
    }
  }
}
