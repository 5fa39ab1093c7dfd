package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerReport.PartySpending;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.node.NodeHome;
import dev.retort.plan.StudyNoise;
import dev.retort.privacy.Zcdp;
import dev.retort.proto.v1.NodeStatus.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Coordinators of two federations over TLS, and one node that serves both from one ledger. */
@Tag("slow")
final class TwoCoordinatorsTest {

  private static final int SIDE = 8;

  @TempDir
  private Path root;

  private TestFederation north;
  private TestFederation south;

  @BeforeEach
  void found() throws Exception {
    north = TestFederation.found(Files.createDirectories(root.resolve("n")), "north");
    south = TestFederation.found(Files.createDirectories(root.resolve("s")), "south");
  }

  @AfterEach
  void close() throws Exception {
    north.close();
    south.close();
  }

  private String study(TestFederation federation, int seed, int teachers) throws Exception {
    String set = federation.importPictures(Pictures.draw(300, SIDE, 1));
    Path images = root.resolve("test-images.idx");
    Path labels = root.resolve("test-labels.idx");
    Pictures.draw(300, SIDE, 2).write(images, labels);
    return federation.create("""
        study: pictures
        seed: %d
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: 60 }
        teachers: { perNode: %d, architecture: linear, epochs: 10, batchSize: 8,
                    learningRate: 0.02, device: cpu }
        student: { architecture: linear, warmUpEpochs: 1, epochs: 1, learningRate: 0.01,
                   selfTraining: 'off' }
        cohort: { deadline: PT10M }
        evaluation: { images: '%s', labels: '%s' }
        """.formatted(seed, set, teachers, images, labels));
  }

  @Test
  void studies_ofTwoFederations_shareOneBudgetWithinTheirQuotas() throws Exception {
    NodeHome home = north.enrol("site-a", Pictures.draw(240, SIDE, 11));
    south.enrolAlso("ward-9", home);
    Files.writeString(
        home.config(),
        "alsoServe: { south: 'localhost:" + south.port() + "' }\n"
            + Files.readString(home.config())
                .replace(
                    "approve: any",
                    "approve: any, quotas: { south: { epsilon: 70, delta: 1e-5 } }"));
    north.start(home);
    // Other counts of teachers: the two studies bind the records in turns.
    String ofNorth = study(north, 1, 20);
    String ofSouth = study(south, 1, 10);
    north.awaitFinished(ofNorth);
    south.awaitFinished(ofSouth);
    // The budget covers another one, and south's quota does not.
    String second = study(south, 2, 10);
    south.awaitNode(second, "ward-9", Phase.PHASE_REFUSED::equals);
    assertThat(south.status(second, "ward-9").getMessage())
        .matches("quota: a block asks rho [0-9.]+, rho [0-9.]+ is left");
    north.awaitFinished(study(north, 2, 20));
    north.stopNodes();
    north.stopCoordinator();
    Zcdp cost = StudyNoise.cost(north.study(ofNorth).plan());
    LedgerReport report = LedgerVerifier.verify(home.ledger());
    assertThat(report.findings()).isEmpty();
    assertThat(report.logKey()).startsWith("retort/north/site-a+");
    assertThat(report.lineages().get(0).spent()).isEqualTo(cost.plus(cost).plus(cost));
    assertThat(report.parties())
        .extracting(PartySpending::federation, PartySpending::spent)
        .containsExactly(tuple("north", cost.plus(cost)), tuple("south", cost));
  }
}
