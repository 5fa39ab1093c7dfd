package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole simulations of small tables. */
@Tag("slow")
final class SimulateCommandTest {

  private static final int SITES = 3;

  @TempDir
  private Path directory;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(directory.resolve("train.csv"), table(360, 1));
    Files.writeString(directory.resolve("test.csv"), table(300, 2));
    Files.writeString(directory.resolve("study.yaml"), """
        study: table
        task: { kind: classification, classes: [low, mid, high] }
        privacy: { epsilon: 80 }
        teachers: { perNode: 10, architecture: linear, epochs: 20, batchSize: 8,
                    learningRate: 0.05, device: cpu }
        student: { architecture: mlp-16, warmUpEpochs: 5, epochs: 20, learningRate: 0.01,
                   selfTraining: 'off' }
        """);
  }

  /** Three clouds, a site column and a note that is no feature. */
  private static String table(int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder("x,y,patient,hospital,note,label\n");
    List<String> classes = List.of("low", "mid", "high");
    for (int row = 0; row < rows; row++) {
      int label = random.nextInt(classes.size());
      double angle = 2 * Math.PI * label / classes.size();
      text.append(String.format(
          Locale.ROOT,
          "%.4f,%.4f,p%d,h%d,n%d,%s%n",
          2 * Math.cos(angle) + random.nextDouble() - 0.5,
          2 * Math.sin(angle) + random.nextDouble() - 0.5,
          row / 2,
          row % SITES,
          row,
          classes.get(label)));
    }
    return text.toString();
  }

  private Invocation simulate(String... more) {
    return Invocation.of(Stream.concat(
            Stream.of(
                "simulate",
                directory.resolve("study.yaml").toString(),
                "--data",
                directory.toString(),
                "--nodes",
                String.valueOf(SITES),
                "--ignore",
                "note"),
            Stream.of(more))
        .toList());
  }

  private static JsonNode json(Invocation run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("{").endsWith("}" + System.lineSeparator());
    return JsonMapper.shared().readTree(run.out());
  }

  @Test
  void simulate_iid_printsOneObjectWithEveryKey() {
    JsonNode report = json(simulate("--ignore", "patient,hospital", "--ceiling", "--json"));
    assertThat(report.propertyNames())
        .containsExactlyInAnyOrder(
            "studentAccuracy",
            "studentAuc",
            "earlierStudentAccuracy",
            "teacherAccuracyMean",
            "voteAccuracy",
            "voteAuc",
            "ceilingAccuracy",
            "ceilingAuc",
            "teachersViewCeilingAccuracy",
            "siteAccuracies",
            "epsilon",
            "delta",
            "rhoPico",
            "queries",
            "teachers",
            "nodes",
            "bytesUp",
            "bytesDown",
            "seconds",
            "peakRssBytes",
            "ledgersVerified");
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("ceilingAccuracy").asDouble()).isGreaterThan(0.8);
    // Three classes have no one curve.
    assertThat(report.path("studentAuc").isNull()).isTrue();
    assertThat(report.path("voteAuc").isNull()).isTrue();
    assertThat(report.path("ceilingAuc").isNull()).isTrue();
    assertThat(report.path("voteAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("siteAccuracies").size()).isEqualTo(SITES);
    assertThat(report.path("epsilon").asDouble()).isBetween(0.1, 80.0);
    assertThat(report.path("delta").asDouble()).isEqualTo(1e-5);
    assertThat(report.path("rhoPico").asLong()).isPositive();
    // Nine tenths of the test table.
    assertThat(report.path("queries").asInt()).isEqualTo(270);
    assertThat(report.path("teachers").asInt()).isEqualTo(10 * SITES);
    assertThat(report.path("nodes").asInt()).isEqualTo(SITES);
    assertThat(report.path("bytesUp").asLong()).isPositive();
    assertThat(report.path("bytesDown").asLong()).isPositive();
    assertThat(report.path("seconds").path("total").asDouble()).isPositive();
    assertThat(report.path("ledgersVerified").asBoolean()).isTrue();
  }

  @Test
  void simulate_twoClasses_reportsAreasUnderTheCurve() throws Exception {
    for (String file : List.of("train.csv", "test.csv")) {
      Path table = directory.resolve(file);
      Files.writeString(table, Files.readString(table).replace(",mid\n", ",low\n"));
    }
    JsonNode report = json(simulate(
        "--ignore",
        "patient,hospital",
        "--set",
        "task.classes=[low, high]",
        "--no-sites",
        "--ceiling",
        "--json"));
    assertThat(report.path("studentAuc").asDouble()).isBetween(0.8, 1.0);
    assertThat(report.path("voteAuc").asDouble()).isBetween(0.8, 1.0);
    assertThat(report.path("ceilingAuc").asDouble()).isBetween(0.8, 1.0);
  }

  @Test
  void simulate_dirichlet_playsSkewedSites() {
    JsonNode report = json(simulate(
        "--ignore",
        "patient,hospital",
        "--dirichlet",
        "0.5",
        "--no-sites",
        "--seed",
        "4",
        "--json"));
    assertThat(report.path("nodes").asInt()).isEqualTo(SITES);
    assertThat(report.path("siteAccuracies").size()).isZero();
    assertThat(report.path("ceilingAccuracy").isNull()).isTrue();
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.5);
    assertThat(report.path("ledgersVerified").asBoolean()).isTrue();
  }

  @Test
  void simulate_siteColumnAndUnits_keepsLedgersThatVerify() throws Exception {
    Path keep = directory.resolve("kept");
    JsonNode report = json(simulate(
        "--site",
        "hospital",
        "--unit",
        "patient",
        "--set",
        "privacy.unit=patient",
        "--public",
        "200",
        "--test",
        "50",
        "--no-sites",
        "--keep",
        keep.toString(),
        "--json"));
    assertThat(report.path("queries").asInt()).isEqualTo(200);
    for (String site : List.of("site-0001", "site-0002", "site-0003")) {
      Invocation verified = Invocation.of("ledger", "verify", keep.resolve(site).toString());
      assertThat(verified.exitCode()).as(verified.err()).isZero();
      Invocation shown = Invocation.of("ledger", "show", keep.resolve(site).toString(), "--json");
      assertThat(JsonMapper.shared().readTree(shown.out()).isArray()).isTrue();
    }
  }

  @Test
  void simulate_classSums_areSummedSecurelyAndMakeAStudent() throws Exception {
    Path keep = directory.resolve("kept");
    JsonNode report = json(simulate(
        "--ignore",
        "hospital",
        "--unit",
        "patient",
        "--no-sites",
        "--keep",
        keep.toString(),
        "--set",
        "privacy.unit=patient",
        "--set",
        "privacy.mechanism=class-sums",
        "--set",
        "privacy.aggregation=secure",
        "--set",
        "cohort.minimum=3",
        "--set",
        "classSums.features=2",
        "--json"));
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("teachers").asInt()).isZero();
    assertThat(report.path("queries").asInt()).isEqualTo(1);
    assertThat(report.path("teacherAccuracyMean").isNull()).isTrue();
    assertThat(report.path("ledgersVerified").asBoolean()).isTrue();
    assertThat(report.path("epsilon").asDouble()).isBetween(0.1, 80.0);
    Invocation shown =
        Invocation.of("ledger", "show", keep.resolve("site-0001").toString(), "--json");
    assertThat(shown.out()).contains("dgauss-features-sum/1").contains("prf-smallest-units/1");
  }

  @Test
  void simulate_afterAStudyOfClassSums_joinsBothUnderOneBudget() throws Exception {
    Path first = directory.resolve("first.yaml");
    Files.writeString(
        first,
        Files.readString(directory.resolve("study.yaml"))
                .replace("study: ", "study: first-")
                .replace("privacy: {", "privacy: { mechanism: class-sums,")
            + "classSums: { features: 2 }\n");
    Path keep = directory.resolve("kept");
    JsonNode report = json(simulate(
        "--ignore",
        "patient,hospital",
        "--no-sites",
        "--after",
        first.toString(),
        "--keep",
        keep.toString(),
        "--json"));
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("earlierStudentAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("ledgersVerified").asBoolean()).isTrue();
    assertThat(report.path("queries").asInt()).isEqualTo(270);
    try (var studies = Files.list(keep.resolve("coordinator/studies"))) {
      for (Path study : studies.toList()) {
        JsonNode card =
            JsonMapper.shared().readTree(Files.readString(study.resolve("model-card.json")));
        boolean second = !card.path("study").asString().startsWith("first-");
        assertThat(card.at("/privacy/earlierStudy").isMissingNode()).isEqualTo(!second);
        if (second) {
          // Nobody spent on anything else.
          assertThat(card.at("/privacy/epsilon").asDouble())
              .isEqualTo(report.path("epsilon").asDouble());
          assertThat(card.at("/privacy/epsilon").asDouble())
              .isGreaterThan(card.at("/privacy/epsilonAllowed").asDouble());
          assertThat(card.at("/distillation/earlierClassifier").asString()).contains("held out");
        }
      }
    }
  }

  @Test
  void simulate_afterAStudyOfVotes_saysWhatMustComeFirst() throws Exception {
    Invocation run = simulate(
        "--ignore",
        "patient,hospital",
        "--no-sites",
        "--after",
        directory.resolve("study.yaml").toString());
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err())
        .contains("student.after must be a study of privacy.mechanism: class-sums");
  }

  @Test
  void simulate_samplesChosenByEarlierAnswers_labelsNoMoreThanTheLimit() throws Exception {
    JsonNode report = json(simulate(
        "--ignore",
        "patient,hospital",
        "--no-sites",
        "--set",
        "queries.plan=active",
        "--set",
        "queries.rounds=2",
        "--set",
        "queries.limit=60",
        "--json"));
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("queries").asInt()).isEqualTo(60);
    assertThat(report.path("ledgersVerified").asBoolean()).isTrue();
  }

  @Test
  void simulate_progressiveHintsUnderMasks_endsInAStudentAndVerifies() throws Exception {
    Path keep = directory.resolve("kept");
    JsonNode report = json(simulate(
        "--ignore",
        "patient,hospital",
        "--no-sites",
        "--keep",
        keep.toString(),
        "--set",
        "privacy.aggregation=secure",
        "--set",
        "cohort.minimum=3",
        "--set",
        "teachers.architecture=mlp-8",
        "--set",
        "student.features=progressive",
        "--set",
        "hints.dimensions=4",
        "--json"));
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("voteAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("ledgersVerified").asBoolean()).isTrue();
    assertThat(report.path("epsilon").asDouble()).isBetween(0.1, 80.0);
    String site = keep.resolve("site-0001").toString();
    assertThat(Invocation.of("ledger", "show", site, "--json").out())
        .contains("dgauss-hints-sum/1");
    assertThat(Invocation.of("ledger", "verify", site).exitCode()).isZero();
  }

  @Test
  void simulate_texts_areEncodedAtEverySiteAlike() throws Exception {
    for (String table : List.of("train.csv", "test.csv")) {
      Path file = directory.resolve(table);
      StringBuilder text = new StringBuilder("words,label\n");
      Files.readAllLines(file).stream().skip(1).forEach(row -> {
        String label = row.substring(row.lastIndexOf(',') + 1);
        text.append("seen with ")
            .append(label)
            .append(" pressure,")
            .append(label)
            .append('\n');
      });
      Files.writeString(file, text);
    }
    Files.writeString(directory.resolve("schema.yaml"), """
        label: { column: label, classes: [low, mid, high] }
        features:
          - { column: words, kind: text, encoder: words-256 }
          - { column: words, kind: text, encoder: minilm }
        """);
    JsonNode report = JsonMapper.shared()
        .readTree(Invocation.of(
                "simulate",
                directory.resolve("study.yaml").toString(),
                "--data",
                directory.toString(),
                "--nodes",
                "3",
                "--no-sites",
                "--json",
                "--set",
                "privacy.mechanism=class-sums",
                "--set",
                "student.architecture=linear",
                "--set",
                "classSums.features=2")
            .out());
    // The word is the label.
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.9);
    assertThat(report.path("ledgersVerified").asBoolean()).isTrue();
  }

  /** Each row's class twice: as a cloud and as a word; the word is all that the student ever reads. */
  private void writeTwoViews() throws Exception {
    for (String table : List.of("train.csv", "test.csv")) {
      Path file = directory.resolve(table);
      StringBuilder text = new StringBuilder("x,y,words,label\n");
      Files.readAllLines(file).stream().skip(1).forEach(row -> {
        List<String> cells = List.of(row.split(",", -1));
        String label = cells.get(cells.size() - 1);
        text.append(cells.get(0))
            .append(',')
            .append(cells.get(1))
            .append(",seen with ")
            .append(label)
            .append(" pressure,")
            .append(label)
            .append('\n');
      });
      Files.writeString(file, text);
    }
    Files.writeString(directory.resolve("schema.yaml"), """
        label: { column: label, classes: [low, mid, high] }
        features:
          - { column: x, kind: numeric, mean: 0, scale: 1, view: cloud }
          - { column: words, kind: text, encoder: words-256, view: text }
          - { column: y, kind: numeric, mean: 0, scale: 1, view: cloud }
        """);
  }

  private JsonNode simulateViews(String... more) {
    Invocation run = Invocation.of(Stream.concat(
            Stream.of(
                "simulate",
                directory.resolve("study.yaml").toString(),
                "--data",
                directory.toString(),
                "--nodes",
                "3",
                "--json"),
            Stream.of(more))
        .toList());
    return json(run);
  }

  @Test
  void simulate_teachersAndStudentOfOtherViews_studentReadsItsOwnAlone() throws Exception {
    writeTwoViews();
    Path keep = directory.resolve("kept");
    JsonNode report = simulateViews(
        "--set",
        "teachers.view=cloud",
        "--set",
        "student.view=text",
        "--ceiling",
        "--keep",
        keep.toString());
    assertThat(report.path("teacherAccuracyMean").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.9);
    assertThat(report.path("teachersViewCeilingAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("ceilingAccuracy").asDouble()).isGreaterThan(0.8);
    assertThat(report.path("siteAccuracies").size()).isEqualTo(SITES);
    try (Stream<Path> studies = Files.list(keep.resolve("coordinator/studies"))) {
      Path model = studies.findFirst().orElseThrow();
      assertThat(Files.readString(model.resolve("model-card.md")))
          .contains("| sites' answers come from the view | cloud |")
          .contains("| 0 to 255 | words | text, by words-256 |");
      // A table without the teachers' columns is all that the student needs, and its own schema
      // reads it.
      Path table = Files.writeString(
          directory.resolve("words.csv"), "words,label\nseen with mid pressure,mid\n");
      Invocation evaluated = Invocation.of(
          "model", "evaluate", model.toString(), "--table", table.toString(), "--json");
      assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
      assertThat(
              JsonMapper.shared().readTree(evaluated.out()).path("onnxAccuracy").asDouble())
          .isEqualTo(1);
      Invocation whole = Invocation.of(
          "model",
          "evaluate",
          model.toString(),
          "--table",
          directory.resolve("test.csv").toString(),
          "--schema",
          directory.resolve("schema.yaml").toString());
      assertThat(whole.exitCode()).isEqualTo(1);
      assertThat(whole.err()).contains("records must be of shape 256").endsWith(": 258\n");
    }
  }

  @Test
  void simulate_classSumsOfAnotherView_teachTheStudent() throws Exception {
    writeTwoViews();
    JsonNode report = simulateViews(
        "--no-sites",
        "--set",
        "teachers.view=cloud",
        "--set",
        "student.view=text",
        "--set",
        "privacy.mechanism=class-sums",
        "--set",
        "classSums.features=2");
    assertThat(report.path("studentAccuracy").asDouble()).isGreaterThan(0.9);
    assertThat(report.path("teachersViewCeilingAccuracy").isNull()).isTrue();
  }

  @Test
  void simulate_viewThatIsNotThere_saysWhichAre() throws Exception {
    writeTwoViews();
    Invocation run = Invocation.of(
        "simulate",
        directory.resolve("study.yaml").toString(),
        "--data",
        directory.toString(),
        "--nodes",
        "3",
        "--set",
        "student.architecture=linear",
        "--set",
        "student.view=sound");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("student.view must be one of the transfer set's views, cloud, text, or ''");
  }

  @Test
  void simulate_withoutJson_printsATable() {
    Invocation run = simulate("--ignore", "patient,hospital", "--no-sites");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("student");
  }

  @Test
  void simulate_badInput_isOneLineThatNamesIt() throws Exception {
    Path keep = directory.resolve("kept");
    List<List<String>> bad = List.of(
        List.of("epsilon", "--set", "privacy.epsilon=0"),
        List.of("delta", "--set", "privacy.delta=1"),
        List.of("vgg", "--set", "teachers.architecture=vgg"),
        List.of("cnn-small", "--set", "student.architecture=cnn-small"),
        List.of("colour", "--set", "colour=red"),
        List.of("--nodes", "--site", "patient"),
        List.of("hospitals", "--site", "hospitals"),
        List.of("labels", "--label", "labels"),
        List.of("--public", "--public", "299", "--test", "2"));
    for (List<String> line : bad) {
      Invocation run = simulate(
          Stream.concat(line.stream().skip(1), Stream.of("--keep", keep.toString(), "--json"))
              .toArray(String[]::new));
      assertThat(run.exitCode()).as(line.toString()).isIn(1, 2);
      assertThat(run.out()).isEmpty();
      String last = run.err().lines().reduce("", (before, next) -> next);
      assertThat(last).as(line.toString()).startsWith("retort: ").contains(line.get(0));
    }
  }

  @Test
  void simulate_wordWhereANumberStands_namesRowAndColumn() throws Exception {
    Files.writeString(directory.resolve("train.csv"), table(40, 3) + "wide,1,p1,h1,n,low\n");
    Invocation run = simulate("--ignore", "patient,hospital", "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("train.csv").contains("x").doesNotContain("wide");
  }
}
