package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.LabelledSamples;
import dev.retort.label.LabelGrid;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.ModelFile;
import dev.retort.learn.Progress;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class StudentArtifactsTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path directory;

  private final StudyPlan plan = StudentPlans.plan("linear");

  private Distillation distillation() throws Exception {
    LabelledSamples transfer = Stripes.images(60, 1);
    int[][] votes = UnsafeSimulatedSites.votes(transfer.labels(), 3, 300, 0.6, 1, 5);
    AggregatedLabels labels = UnsafeSimulatedSites.noised(votes, 300, 3, LabelGrid.VOTE, 40, 6);
    return new Distiller(LearnEngine.start(1), ComputeDevice.cpu())
        .distil(labels, transfer.samples(), plan, Progress.silent());
  }

  private static final List<SiteSpending> SITES = List.of(
      new SiteSpending("north", 100, 40, 400, 250_000_000_000L, 1.9),
      new SiteSpending("south", 100, 40, 400, 200_000_000_000L, 1.7));

  @Test
  void write_everyFileIsThereAndItsDigestOnTheCard() throws Exception {
    Distillation distillation = distillation();
    Path target = directory.resolve("new/place");
    ModelCard card = StudentArtifacts.write(
        target, plan, "CC0", SITES, distillation, new Evaluation("test images", 1000, 0.875));
    try (var files = Files.list(target)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              ModelFile.WEIGHTS,
              ModelFile.DESCRIPTOR,
              StudentArtifacts.ONNX,
              StudentArtifacts.REPORT,
              StudentArtifacts.CARD,
              StudentArtifacts.CARD_JSON);
    }
    assertThat(card.digests())
        .containsOnlyKeys(
            ModelFile.WEIGHTS,
            ModelFile.DESCRIPTOR,
            StudentArtifacts.ONNX,
            StudentArtifacts.REPORT);
    assertThat(card.digests().get(StudentArtifacts.ONNX))
        .isEqualTo(
            Digest.of(Files.readAllBytes(target.resolve(StudentArtifacts.ONNX))).hex());
    assertThat(ModelFile.read(target).network()).isEqualTo(distillation.student());
  }

  @Test
  void write_jsonCard_holdsWhatAUserMustKnow() throws Exception {
    StudentArtifacts.write(
        directory, plan, "CC0", SITES, distillation(), new Evaluation("test images", 1000, 0.875));
    JsonNode card = JsonMapper.shared()
        .readTree(Files.readString(directory.resolve(StudentArtifacts.CARD_JSON)));
    assertThat(card.at("/privacy/epsilon").asDouble()).isEqualTo(1.9);
    assertThat(card.at("/privacy/delta").asDouble()).isEqualTo(1e-5);
    assertThat(card.at("/privacy/unit").asString()).isEqualTo("patient");
    assertThat(card.at("/privacy/mechanism").asString()).isEqualTo("discrete-gaussian");
    assertThat(card.at("/privacy/sites/1/picoRho").asLong()).isEqualTo(200_000_000_000L);
    assertThat(card.at("/privacy/assumptions").size()).isEqualTo(ModelCard.ASSUMPTIONS.size());
    assertThat(card.at("/evaluation/accuracy").asDouble()).isEqualTo(0.875);
    assertThat(card.at("/data/licence").asString()).isEqualTo("CC0");
    assertThat(card.at("/model/parameters").asLong()).isEqualTo(3 * 144 + 3);
    assertThat(card.at("/planDigest").asString()).hasSize(64);
    assertThat(card.at("/distillation/curve/1/name").asString()).isEqualTo("student");
  }

  @Test
  void write_markdownCard_escapesNamesAndStatesTheGuarantee() throws Exception {
    ModelCard card = StudentArtifacts.write(directory, plan, "a | b", SITES, distillation(), null);
    String text = Files.readString(directory.resolve(StudentArtifacts.CARD));
    assertThat(text).isEqualTo(card.toMarkdown());
    assertThat(text)
        .contains("epsilon = 1.900")
        .contains("delta = 0.00001")
        .contains("**patient**")
        .contains("slanted \\| &lt;both>")
        .contains("a \\| b")
        .contains("Not evaluated");
    for (String assumption : ModelCard.ASSUMPTIONS) {
      assertThat(text).contains(assumption);
    }
  }
}
