package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.LabelledSamples;
import dev.retort.data.TableSchema;
import dev.retort.label.LabelGrid;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.ModelFile;
import dev.retort.learn.Progress;
import dev.retort.merkle.Digest;
import dev.retort.plan.Aggregation;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyViews;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
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
        .distil(labels, List.of(), transfer.samples(), plan, Progress.silent());
  }

  private static final List<SiteSpending> SITES = List.of(
      new SiteSpending("north", 100, 40, 400, 250_000_000_000L, 1.9),
      new SiteSpending("south", 100, 40, 400, 200_000_000_000L, 1.7));

  private static final Compression COMPRESSION = new Compression(
      new Compression.Cost(1000, 4000, 2), new Compression.Cost(50_000, 200_000, 30), 256);

  @Test
  void measure_studentOfTeachers_countsBoth() throws Exception {
    LabelledSamples transfer = Stripes.images(60, 1);
    Compression compression = Compression.measure(
        LearnEngine.start(1),
        distillation().student(),
        plan,
        2,
        PublicSamples.seenWhole(transfer.samples()),
        InstantSource.system());
    // A linear student: a weight for each pixel and a bias, by class.
    assertThat(compression.student().parameters()).isEqualTo(3 * (12 * 12 + 1));
    assertThat(compression.student().bytes())
        .isEqualTo(4 * compression.student().parameters());
    assertThat(compression.student().microsecondsPerSample()).isPositive();
    Compression.Cost ensemble = compression.ensemble();
    assertThat(ensemble).isNotNull();
    assertThat(ensemble.parameters()).isEqualTo(2L * plan.teachers().perNode() * 3 * (12 * 12 + 1));
    assertThat(ensemble.microsecondsPerSample()).isPositive();
    assertThat(compression.batch()).isEqualTo(60);
  }

  @Test
  void write_card_saysHowSmallAndFastTheStudentIs() throws Exception {
    ModelCard card = StudentArtifacts.write(
        directory, plan, "CC0", null, Spending.of(SITES), distillation(), null, COMPRESSION);
    assertThat(card.toMarkdown())
        .contains("| all teachers that answered | 50,000 | 200.0 kB | 30.0 |")
        .contains(
            "The student has 50.0 times fewer parameters than they together and takes 15.0 times less time.");
    assertThat(JsonMapper.shared()
            .readTree(card.toJson())
            .path("compression")
            .path("ensemble")
            .path("parameters")
            .asInt())
        .isEqualTo(50_000);
  }

  @Test
  void write_everyFileIsThereAndItsDigestOnTheCard() throws Exception {
    Distillation distillation = distillation();
    Path target = directory.resolve("new/place");
    ModelCard card = StudentArtifacts.write(
        target,
        plan,
        "CC0",
        null,
        Spending.of(SITES),
        distillation,
        new Evaluation("test images", 1000, 0.875),
        COMPRESSION);
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
  void write_studentOfATable_saysWhichColumnsItReads() throws Exception {
    TableSchema schema = TableSchema.parse("""
        features:
          - { column: age, kind: numeric, mean: 50, scale: 10 }
          - { column: scan, kind: image, encoder: pixels-4, view: image }
          - { column: note, kind: text, encoder: words-256, view: text }
        """);
    StudyPlan ofText =
        StudyPlans.readCanonical(new String(StudyPlans.canonicalBytes(plan), StandardCharsets.UTF_8)
            .replace("\"view\":\"\",\"warmUp", "\"view\":\"text\",\"warmUp")
            .getBytes(StandardCharsets.UTF_8));
    TableSchema seen = StudyViews.of(ofText, schema).student().schema();
    ModelCard card = StudentArtifacts.write(
        directory, ofText, "CC0", seen, Spending.of(SITES), distillation(), null, COMPRESSION);
    assertThat(card.toMarkdown())
        .contains("| the student reads the view | text |")
        .contains("| 0 | age | (value - 50.0) / 10.0 |")
        .contains("| 1 to 256 | note | text, by words-256 |")
        .doesNotContain("scan")
        .doesNotContain("answers come from the view");
    assertThat(card.digests()).containsKey(StudentArtifacts.SCHEMA);
    assertThat(TableSchema.read(directory.resolve(StudentArtifacts.SCHEMA))).isEqualTo(seen);
    JsonNode json = JsonMapper.shared().readTree(card.toJson());
    assertThat(json.at("/data/studentView").asString()).isEqualTo("text");
    assertThat(json.at("/data/teachersView").asString()).isEmpty();
    assertThat(json.at("/model/reads/features/1/encoder").asString()).isEqualTo("words-256");
    // The next student of this place reads images.
    StudentArtifacts.write(
        directory, plan, "CC0", null, Spending.of(SITES), distillation(), null, COMPRESSION);
    assertThat(directory.resolve(StudentArtifacts.SCHEMA)).doesNotExist();
  }

  @Test
  void write_jsonCard_holdsWhatAUserMustKnow() throws Exception {
    ModelCard written = StudentArtifacts.write(
        directory,
        plan,
        "CC0",
        null,
        Spending.of(SITES),
        distillation(),
        new Evaluation("test images", 1000, 0.875),
        COMPRESSION);
    JsonNode card = JsonMapper.shared()
        .readTree(Files.readString(directory.resolve(StudentArtifacts.CARD_JSON)));
    assertThat(card.at("/privacy/epsilon").asDouble()).isEqualTo(1.9);
    assertThat(card.at("/privacy/delta").asDouble()).isEqualTo(1e-5);
    assertThat(card.at("/privacy/unit").asString()).isEqualTo("patient");
    assertThat(card.at("/privacy/mechanism").asString()).isEqualTo("discrete-gaussian");
    assertThat(card.at("/privacy/sites/1/picoRho").asLong()).isEqualTo(200_000_000_000L);
    assertThat(card.at("/privacy/assumptions").size())
        .isEqualTo(written.assumptions().size());
    assertThat(card.at("/evaluation/accuracy").asDouble()).isEqualTo(0.875);
    assertThat(card.at("/data/licence").asString()).isEqualTo("CC0");
    assertThat(card.at("/model/parameters").asLong()).isEqualTo(3 * 144 + 3);
    assertThat(card.at("/planDigest").asString()).hasSize(64);
    assertThat(card.at("/distillation/curve/1/name").asString()).isEqualTo("student");
  }

  @Test
  void write_markdownCard_escapesNamesAndStatesTheGuarantee() throws Exception {
    ModelCard card = StudentArtifacts.write(
        directory, plan, "a | b", null, Spending.of(SITES), distillation(), null, COMPRESSION);
    String text = Files.readString(directory.resolve(StudentArtifacts.CARD));
    assertThat(text).isEqualTo(card.toMarkdown());
    assertThat(text)
        .contains("epsilon = 1.900")
        .contains("delta = 0.00001")
        .contains("**patient**")
        .contains("slanted \\| &lt;both>")
        .contains("a \\| b")
        .contains("Not evaluated");
    for (String assumption : card.assumptions()) {
      assertThat(text).contains(assumption);
    }
  }

  @Test
  void write_cardOfASecureStudy_saysWhatCollusionCosts() throws Exception {
    StudyPlan secure = StudyNoise.withAggregation(
        StudyPlans.readCanonical(new String(StudyPlans.canonicalBytes(plan), StandardCharsets.UTF_8)
            .replace("\"minimum\":1", "\"minimum\":3")
            .getBytes(StandardCharsets.UTF_8)),
        Aggregation.SECURE);
    List<SiteSpending> sites = List.of(
        SITES.get(0), SITES.get(1), new SiteSpending("east", 100, 40, 400, 200_000_000_000L, 1.7));
    ModelCard card = StudentArtifacts.write(
        directory, secure, "CC0", null, Spending.of(sites), distillation(), null, COMPRESSION);
    List<Double> epsilons = card.epsilonIfCollude();
    assertThat(epsilons).hasSize(3).isSorted();
    assertThat(card.toMarkdown())
        .contains("up to 1 other sites, if at least 2 of the sites")
        .contains("| other sites that do | epsilon of a unit at a site that does not |")
        .doesNotContain("its losses at those sites add up");
    JsonNode json = JsonMapper.shared().readTree(card.toJson());
    assertThat(json.at("/privacy/contributors").asInt()).isEqualTo(2);
    assertThat(json.at("/privacy/epsilonIfCollude").size()).isEqualTo(3);
    // One colluder is what the plan allows for.
    assertThat(epsilons.get(1)).isLessThanOrEqualTo(secure.privacy().epsilon());
    assertThat(epsilons.get(2)).isGreaterThan(secure.privacy().epsilon());
  }

  @Test
  void write_cardAfterAnEarlierStudy_countsWhatBothSpent() throws Exception {
    StudyPlan first = StudentPlans.plan(
        "linear", "privacy.mechanism=class-sums", "queries.limit=1", "classSums.features=8");
    // The third site was there only then.
    EarlierSpending earlier = new EarlierSpending(
        "first-12345678",
        first,
        List.of(
            new SiteSpending("north", 90, 70, 1, 30_000_000_000L, 0.6),
            new SiteSpending("east", 90, 70, 1, 30_000_000_000L, 0.6)));
    ModelCard card = StudentArtifacts.write(
        directory,
        plan,
        "CC0",
        null,
        new Spending(SITES, earlier),
        distillation(),
        null,
        COMPRESSION);
    assertThat(card.largestEpsilon())
        .isEqualTo(Conversion.epsilon(new Zcdp(280_000_000_000L), plan.privacy().delta()));
    assertThat(card.toMarkdown())
        .contains("which left the sites in study `first-12345678` before, went into it too.")
        .contains("What every site released to two studies is")
        .contains("Study `first-12345678`, which came first:")
        .contains("| east | 90 | 1 | 70 | 0.030000000000 | 0.6000 |")
        .contains("its own model card's assumptions hold as well");
    JsonNode json = JsonMapper.shared().readTree(card.toJson());
    assertThat(json.at("/privacy/epsilon").asDouble()).isEqualTo(card.largestEpsilon());
    assertThat(json.at("/privacy/earlierStudy/study").asString()).isEqualTo("first-12345678");
    assertThat(json.at("/privacy/earlierStudy/sites/1/node").asString()).isEqualTo("east");
  }
}
