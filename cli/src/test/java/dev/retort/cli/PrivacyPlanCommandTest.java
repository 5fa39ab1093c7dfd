package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PrivacyPlanCommandTest {

  private static final String STUDY = """
      study: heart
      task: { kind: classification, classes: [well, ill, unclear] }
      privacy: { epsilon: 1, delta: 1e-6, unit: patient }
      teachers: { perNode: 25 }
      cohort: { minimum: 4 }
      """;

  @TempDir
  private Path directory;

  @BeforeEach
  void writeStudy() throws IOException {
    Files.writeString(directory.resolve("study.yaml"), STUDY);
  }

  private Invocation plan(String... arguments) {
    List<String> all = new ArrayList<>(
        List.of("privacy", "plan", directory.resolve("study.yaml").toString()));
    all.addAll(List.of(arguments));
    return Invocation.of(all);
  }

  private JsonNode json(String... arguments) {
    Invocation run =
        plan(Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  /** A thousand queries at sigma 40 spend the filter for epsilon 1 at 38; the plan must take as much noise as it needs. */
  @Test
  void json_38Queries_resolveSigmaToFortyAndChargeWhatTheLedgerDoes() {
    JsonNode plan = json("--samples", "38");
    assertThat(plan.get("sigma").asInt()).isEqualTo(40);
    assertThat(plan.get("rhoPico").asLong()).isEqualTo(38 * 625_000_000L);
    assertThat(plan.get("nodes").asInt()).isEqualTo(4);
    JsonNode first = plan.get("bounds").get(0);
    assertThat(first.get("scope").asString()).isEqualTo("unit-at-one-site");
    assertThat(first.get("accountant").asString()).isEqualTo("zcdp");
    assertThat(first.get("epsilon").asDouble()).isBetween(0.98, 1.0);
  }

  @Test
  void json_everyBound_hasTheKeysOfAReport() {
    JsonNode bounds = json("--samples", "500", "--nodes", "5").get("bounds");
    // Three scopes, two kinds of noise, two accountants, five counts of absent nodes.
    assertThat(bounds.size()).isEqualTo(60);
    for (JsonNode bound : bounds) {
      assertThat(bound.propertyNames())
          .contains("epsilon", "delta", "sigma", "rho", "queries", "accountant", "bound");
      assertThat(bound.get("bound").asString()).isEqualTo("upper");
      assertThat(bound.get("queries").asInt()).isEqualTo(500);
      assertThat(bound.get("planningOnly").asBoolean())
          .isEqualTo(bound.get("aggregation").asString().equals("secure"));
    }
  }

  @Test
  void json_numbers_haveTwelveDigitsAtMost() {
    for (JsonNode bound : json("--samples", "500").get("bounds")) {
      assertThat(bound.get("epsilon").decimalValue().precision()).isLessThanOrEqualTo(12);
      assertThat(bound.get("rho").decimalValue().precision()).isLessThanOrEqualTo(12);
    }
  }

  @Test
  void table_wholeSite_isSaidToHaveNoMeaningfulGuarantee() {
    Invocation run = plan("--samples", "500");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "For a whole site this is no meaningful guarantee: the study protects each patient")
        .contains("* For comparison: under privacy.aggregation: secure each of K nodes adds about");
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 130);
  }

  @Test
  void securePlan_isWhatIsPlanned_andLocalNoiseACostlierComparison() {
    JsonNode plan = json("--samples", "500", "--nodes", "5", "--set", "privacy.aggregation=secure");
    for (JsonNode bound : plan.get("bounds")) {
      assertThat(bound.get("planningOnly").asBoolean())
          .isEqualTo(bound.get("aggregation").asString().equals("local"));
    }
    JsonNode local = plan.get("noise").get(0);
    JsonNode secure = plan.get("noise").get(1);
    assertThat(secure.get("nodeSigma").asDouble())
        .isLessThan(local.get("nodeSigma").asDouble());
    Invocation table = plan("--samples", "500", "--set", "privacy.aggregation=secure");
    // Four nodes of which one may collude.
    assertThat(table.out())
        .contains("local *")
        .contains("The study counts on 3 nodes' noise")
        .doesNotContain("secure *");
  }

  @Test
  void plan_withHints_showsTheNoiseOfBothParts() {
    String[] hinted = {
      "--samples", "500", "--set", "student.features=hint", "--set", "teachers.architecture=mlp-32"
    };
    assertThat(plan(hinted).out())
        .contains(" and hints of 16 dimensions, ")
        .contains("on the mean hint, of length 1 at most");
    String[] json = Arrays.copyOf(hinted, hinted.length + 1);
    json[hinted.length] = "--json";
    JsonNode noise =
        JsonMapper.shared().readTree(plan(json).out()).path("noise").get(0);
    // A label weighs 1448 units, a hint 512.
    assertThat(noise.path("hintSigma").asDouble() / noise.path("meanSigma").asDouble())
        .isBetween(1448.0 / 512 - 1e-6, 1448.0 / 512 + 1e-6);
  }

  @Test
  void table_oneTeacherAtEachSite_protectsTheSiteToo() {
    assertThat(plan("--samples", "500", "--set", "teachers.perNode=1").out())
        .doesNotContain("no meaningful guarantee");
  }

  @Test
  void limit_inTheFile_needsNoSamples() {
    assertThat(json("--set", "queries.limit=77")
            .get("bounds")
            .get(0)
            .get("queries")
            .asInt())
        .isEqualTo(77);
  }

  @Test
  void transferSet_inTheFile_isTaken() {
    assertThat(plan("--samples", "10", "--set", "transferSet=a@sha256:" + "1".repeat(64))
            .exitCode())
        .isZero();
    assertThat(plan("--samples", "10", "--set", "transferSet=nonsense").err())
        .contains("transferSet");
  }

  @Test
  void svg_isWellFormedAndWritten() throws Exception {
    Path svg = directory.resolve("plan.svg");
    assertThat(plan("--samples", "500", "--nodes", "1", "--svg", svg.toString()).exitCode())
        .isZero();
    assertThat(DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(svg.toFile())
            .getDocumentElement()
            .getTagName())
        .isEqualTo("svg");
    assertThat(Files.readString(svg)).contains("Forecast for study heart").doesNotContain("NaN");
    assertThat(Files.size(svg)).isLessThan(50_000);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      ''                                        | --samples must say how many samples the transfer set has
      --samples 0                               | --samples must be >= 1: 0
      --samples 10 --nodes 0                    | --nodes must be in [1, 100000]: 0
      --samples 10 --sites-per-unit 5           | --sites-per-unit must be in [1, 4]
      --samples 10 --nodes 3 --sites-per-unit 0 | --sites-per-unit must be in [1, 3]
      --samples 10 --set queries.limit=11       | queries.limit must be at most the transfer set's 10 samples: 11
      --samples 500 --set privacy.sigma=3       | privacy.sigma must be at least
      --samples 10 --set privacy.epsilon=0      | privacy.epsilon must be > 0 and finite: 0.0
      --samples 2000000000 --set privacy.epsilon=0.01 | privacy.epsilon must be larger, or queries.limit smaller
      --samples 10 --set privacy.aggregation=secure --set cohort.minimum=2 | cohort.minimum must be at least 3
      --samples 10 --set privacy.colour=red     | unknown key privacy.colour
      --samples ten                             | --samples
      --samples 10 --svg /nowhere/at/all.svg    | no such file: /nowhere/at/all.svg
      """)
  void badInput_isOneLineThatNamesFieldAndRule(String arguments, String message) {
    Invocation run = plan(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
    assertThat(run.err()).startsWith("retort: ").contains(message);
  }
}
