package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditedLog;
import dev.retort.auditor.GivenLog;
import dev.retort.auditor.OfflineAudit;
import dev.retort.coordinator.study.StoredBlock;
import dev.retort.journal.JournalState;
import dev.retort.ledger.LedgerEntry;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.merkle.Digest;
import dev.retort.node.Node;
import dev.retort.node.NodeHome;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.Zcdp;
import dev.retort.proto.v1.NodeStatus.Phase;
import dev.retort.proto.v1.StudyStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A coordinator and nodes over TLS on loopback, from tokens to a student. */
@Tag("slow")
final class WholeFederationTest {

  private static final int SIDE = 8;
  private static final int PUBLIC = 300;

  /** With 64 classes a block holds 1024 samples: three blocks of up to 256 KiB. */
  private static final int MANY_CLASSES = 64;

  private static final int PUBLIC_OF_THREE_BLOCKS = 2500;

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

  private static Pictures records(long seed) {
    return Pictures.draw(240, SIDE, seed);
  }

  private String study(int publicCount, String epsilon) throws Exception {
    String set = federation.importPictures(Pictures.draw(publicCount, SIDE, 1));
    Path images = root.resolve("test-images.idx");
    Path labels = root.resolve("test-labels.idx");
    Pictures.draw(300, SIDE, 2).write(images, labels);
    return """
        study: pictures
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: %s }
        teachers: { perNode: 20, architecture: linear, epochs: 20, batchSize: 8,
                    learningRate: 0.02, device: cpu }
        student: { architecture: linear, warmUpEpochs: 2, epochs: 3, learningRate: 0.01,
                   selfTraining: 'off' }
        cohort: { deadline: PT10M }
        evaluation: { images: '%s', labels: '%s' }
        """.formatted(set, epsilon, images, labels);
  }

  private static LedgerReport verified(NodeHome home) throws Exception {
    LedgerReport report = LedgerVerifier.verify(home.ledger());
    assertThat(report.findings()).isEmpty();
    assertThat(report.pendingCharges()).isEmpty();
    return report;
  }

  private static Zcdp spent(NodeHome home) throws Exception {
    return verified(home).lineages().get(0).spent();
  }

  private static long count(NodeHome home, Class<? extends LedgerEntry> kind) throws Exception {
    return LedgerReader.entries(home.ledger()).stream()
        .filter(line -> kind.isInstance(line.entry()))
        .count();
  }

  /** The student's test accuracy, from its model card. */
  private double accuracy(String studyId) throws Exception {
    JsonNode card = JsonMapper.shared()
        .readTree(Files.readString(federation.artefacts(studyId).resolve("model-card.json")));
    return card.path("evaluation").path("accuracy").asDouble();
  }

  @Test
  void study_someNodesPayAndSomeDoNot_studentIsDistilledFromThoseThatDo() throws Exception {
    NodeHome a = federation.enrol("site-a", records(11));
    NodeHome b = federation.enrol("site-b", records(12));
    NodeHome poor = federation.enrol("site-poor", federation.port(), records(13), "0.5", "any");
    NodeHome shy = federation.enrol("site-shy", federation.port(), records(14), "200", "[]");
    for (NodeHome home : List.of(a, b, poor)) {
      federation.start(home);
    }
    Node undecided = federation.start(shy);
    String study = federation.create(study(PUBLIC, "60"));
    federation.awaitNode(study, "site-shy", Phase.PHASE_AWAITING_APPROVAL::equals);
    assertThat(federation.status(study, "site-shy").getMessage()).contains("policy.approve");
    undecided.close();
    Files.writeString(
        shy.config(), Files.readString(shy.config()).replace("approve: []", "approve: any"));
    federation.start(shy);
    StudyStatus ended = federation.awaitFinished(study);

    assertThat(federation.status(study, "site-a").getPhase()).isEqualTo(Phase.PHASE_ANSWERED);
    assertThat(federation.status(study, "site-b").getPhase()).isEqualTo(Phase.PHASE_ANSWERED);
    assertThat(federation.status(study, "site-poor").getPhase()).isEqualTo(Phase.PHASE_REFUSED);
    assertThat(federation.status(study, "site-poor").getMessage())
        .matches("budget: a block asks rho [0-9.]+, rho [0-9.]+ is left");
    assertThat(federation.status(study, "site-shy").getPhase()).isEqualTo(Phase.PHASE_ANSWERED);
    assertThat(ended.getBytesUp()).isPositive();
    // One in three by chance.
    assertThat(accuracy(study)).isGreaterThan(0.8);
    assertThat(federation.artefacts(study))
        .isDirectoryContaining("glob:**/model.safetensors")
        .isDirectoryContaining("glob:**/model.onnx")
        .isDirectoryContaining("glob:**/model-card.md");

    federation.close();
    StudyPlan plan = federation.study(study).plan();
    for (NodeHome home : List.of(a, b, shy)) {
      assertThat(spent(home)).isEqualTo(StudyNoise.cost(plan));
      assertThat(verified(home).lineages().get(0).releases()).isEqualTo(1);
    }
    assertThat(spent(poor)).isEqualTo(Zcdp.ZERO);
    assertThat(federation.blocks(study))
        .extracting(StoredBlock::nodeId)
        .containsExactly("site-a", "site-b", "site-shy");
    // Somebody who trusts nobody finds the same, the sums included.
    AuditResult audit =
        audited(federation.coordinatorHome(), a.root(), b.root(), poor.root(), shy.root());
    assertThat(audit.findings()).isEmpty();
    assertThat(audit.unchecked()).isEmpty();
    JournalState.StudyPart part =
        audit.logs().get(0).journal().orElseThrow().studies().get(study);
    assertThat(part).isNotNull();
    assertThat(part.received()).hasSize(3);
    assertThat(part.model())
        .hasValue(Digest.of(
            Files.readAllBytes(federation.artefacts(study).resolve("model.safetensors"))));
  }

  @Test
  void study_withHints_isChargedOnceForBothAndAddsUpForTheAuditor() throws Exception {
    NodeHome a = federation.enrol("site-a", records(51));
    NodeHome b = federation.enrol("site-b", records(52));
    federation.start(a);
    federation.start(b);
    String study = federation.create(study(PUBLIC, "60")
        .replace("perNode: 20, architecture: linear", "perNode: 20, architecture: mlp-24")
        .replace(
            "student: { architecture: linear, warmUpEpochs: 2, epochs: 3",
            "student: { architecture: mlp-24, features: hint, warmUpEpochs: 2, epochs: 12"));
    federation.awaitFinished(study);

    assertThat(accuracy(study)).isGreaterThan(0.7);
    assertThat(Files.readString(federation.artefacts(study).resolve("model-card.md")))
        .contains("hints of the teachers' hidden layers | 16 dimensions");
    federation.close();
    StudyPlan plan = federation.study(study).plan();
    for (NodeHome home : List.of(a, b)) {
      assertThat(spent(home)).isEqualTo(StudyNoise.cost(plan));
      assertThat(LedgerReader.entries(home.ledger()).toString()).contains("DiscreteGaussianHints");
    }
    assertThat(federation.blocks(study))
        .hasSize(2)
        .allSatisfy(stored -> assertThat(stored.block().classes()).isEqualTo(3 + 16));
    AuditResult audit = audited(federation.coordinatorHome(), a.root(), b.root());
    assertThat(audit.findings()).isEmpty();
    assertThat(audit.unchecked()).isEmpty();
  }

  /** What somebody finds who trusts nobody. */
  static AuditResult audited(Path... homes) throws Exception {
    List<AuditedLog> logs = new ArrayList<>();
    try {
      for (Path home : homes) {
        logs.add(GivenLog.open(home));
      }
      return OfflineAudit.of(logs);
    } finally {
      for (AuditedLog log : logs) {
        log.close();
      }
    }
  }

  @Test
  void study_sameFileAgain_isAnsweredWithTheSameLabelsAtNoCharge() throws Exception {
    NodeHome a = federation.enrol("site-a", records(21));
    NodeHome b = federation.enrol("site-b", records(22));
    federation.start(a);
    federation.start(b);
    String file = study(PUBLIC, "60");
    String first = federation.create(file);
    federation.awaitFinished(first);
    Zcdp spentA = spent(a);
    Zcdp spentB = spent(b);
    String second = federation.create(file);
    federation.awaitFinished(second);

    assertThat(spent(a)).isEqualTo(spentA);
    assertThat(spent(b)).isEqualTo(spentB);
    federation.close();
    assertThat(federation.study(second).planDigest())
        .isEqualTo(federation.study(first).planDigest());
    assertThat(federation.blocks(second)).isEqualTo(federation.blocks(first)).hasSize(2);
  }

  @Test
  void coordinator_restartedWhileCollecting_goesOn() throws Exception {
    NodeHome a = federation.enrol("site-a", records(31));
    NodeHome b = federation.enrol("site-b", records(32));
    federation.start(a);
    String study = federation.create(study(PUBLIC, "60"));
    federation.awaitNode(study, "site-a", Phase.PHASE_ANSWERED::equals);

    federation.stopCoordinator();
    federation.startCoordinator();
    assertThat(federation.status(study, "site-a").getPhase()).isEqualTo(Phase.PHASE_ANSWERED);
    assertThat(federation.status(study).getState()).isEqualTo(StudyStatus.State.STATE_COLLECTING);
    federation.start(b);
    federation.awaitNode(study, "site-b", phase -> phase != Phase.PHASE_OFFERED);
    // And once more, under a node that is at work.
    federation.stopCoordinator();
    federation.startCoordinator();

    federation.awaitFinished(study);
    federation.close();
    assertThat(audited(federation.coordinatorHome(), a.root(), b.root()).findings())
        .isEmpty();
    Zcdp cost = StudyNoise.cost(federation.study(study).plan());
    assertThat(spent(a)).isEqualTo(cost);
    assertThat(spent(b)).isEqualTo(cost);
  }

  @Test
  void node_killedWithLabelsOnTheWay_answersAgainAndIsChargedOnce() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(federation.port())) {
      NodeHome home = federation.enrol("site-a", proxy.port(), records(41), "200", "any");
      String study = federation.create(study(PUBLIC_OF_THREE_BLOCKS, "150")
          .replace(
              "[top, middle, bottom]",
              IntStream.range(0, MANY_CLASSES).mapToObj(i -> "c" + i).toList().toString()));
      // Within the first of three blocks: what else goes up is far less.
      proxy.stallAfter(FaultProxy.Direction.UP, 150_000);
      Process first = serve(home, "first");
      try {
        await()
            .atMost(TestFederation.PATIENCE)
            .until(() -> proxy.struck() == 1 && count(home, LedgerEntry.Release.class) > 0);
        assertThat(first.isAlive()).isTrue();
      } finally {
        // SIGKILL: no handler runs.
        first.destroyForcibly().waitFor();
      }
      long charged = count(home, LedgerEntry.Charge.class);
      assertThat(charged).isPositive();
      assertThat(federation.status(study, "site-a").getPhase()).isEqualTo(Phase.PHASE_ANSWERING);
      proxy.cut();
      proxy.resume();
      Process second = serve(home, "second");
      try {
        federation.awaitFinished(study);
      } finally {
        second.destroy();
        assertThat(second.waitFor(1, TimeUnit.MINUTES)).isTrue();
      }

      assertThat(count(home, LedgerEntry.Charge.class)).isEqualTo(3);
      assertThat(count(home, LedgerEntry.Release.class)).isEqualTo(3);
      federation.close();
      assertThat(spent(home)).isEqualTo(StudyNoise.cost(federation.study(study).plan()));
      List<StoredBlock> blocks = federation.blocks(study);
      assertThat(blocks).hasSize(3);
      assertThat(new HashSet<>(blocks.stream().map(StoredBlock::chargeSequence).toList()))
          .hasSize(3);
    }
  }

  private Process serve(NodeHome home, String log) throws Exception {
    return NodeProcess.serve(home, root.resolve(log + ".log"));
  }
}
