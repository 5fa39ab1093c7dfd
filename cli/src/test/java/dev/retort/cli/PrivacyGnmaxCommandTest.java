package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PrivacyGnmaxCommandTest {

  private static final String ONE = "200,30,20,0,0,0,0,0,0,0";

  @TempDir
  private Path directory;

  private static Invocation gnmax(String... arguments) {
    return Invocation.of(
        Stream.concat(Stream.of("privacy", "gnmax"), Stream.of(arguments)).toList());
  }

  private static JsonNode json(String... arguments) {
    Invocation run =
        gnmax(Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  private Path file(String... lines) throws IOException {
    Path file = directory.resolve("votes.csv");
    Files.write(file, List.of(lines));
    return file;
  }

  @Test
  void json_knownHistogram_isTheoremSixAndSaysThatItIsPrivate() {
    JsonNode out = json("--counts", ONE, "--sigma", "40", "--order", "8");
    assertThat(out.get("private").asBoolean()).isTrue();
    assertThat(out.get("warning").asString())
        .startsWith("PRIVATE")
        .contains("must not leave the site");
    assertThat(out.get("renyi").asDouble())
        .isCloseTo(0.00108564173149, Percentage.withPercentage(1e-8));
    assertThat(out.get("renyiWithoutData").asDouble()).isCloseTo(0.005, within(1e-12));
    assertThat(out.propertyNames())
        .contains("epsilon", "delta", "sigma", "queries", "accountant", "bound", "order");
  }

  @Test
  void text_begins_withTheWarning() {
    Invocation run = gnmax("--counts", ONE, "--sigma", "40");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("PRIVATE: ").contains("epsilon given these votes (PRIVATE)");
  }

  @Test
  void order_leftOut_isTheBestOfAll() {
    double best = json("--counts", ONE, "--sigma", "40").get("epsilon").asDouble();
    for (String order : List.of("2", "8", "14", "40", "100")) {
      assertThat(json("--counts", ONE, "--sigma", "40", "--order", order)
              .get("epsilon")
              .asDouble())
          .isGreaterThanOrEqualTo(best);
    }
  }

  @Test
  void votes_fileOfHistograms_addUp() throws Exception {
    Path file = file(ONE, "", ONE, ONE);
    JsonNode out = json("--votes", file.toString(), "--sigma", "40", "--order", "8");
    assertThat(out.get("queries").asInt()).isEqualTo(3);
    assertThat(out.get("renyi").asDouble())
        .isCloseTo(3 * 0.00108564173149, Percentage.withPercentage(1e-8));
  }

  @Test
  void thresholdSigma_addsItsQuestion() {
    JsonNode out =
        json("--counts", ONE, "--sigma", "40", "--order", "8", "--threshold-sigma", "150");
    assertThat(out.get("renyi").asDouble())
        .isCloseTo(0.00108564173149 + 0.000177777777778, Percentage.withPercentage(1e-8));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --sigma 40                                   | --counts
      --counts 1,2 --sigma 0                       | --sigma must be > 0 and finite: 0.0
      --counts 1,2 --sigma 40 --delta 1            | --delta must be in (0, 1): 1.0
      --counts 1,2 --sigma 40 --order 1            | --order must be > 1 and finite: 1.0
      --counts 1,2 --sigma 40 --threshold-sigma -1 | --threshold-sigma must be > 0 and finite: -1.0
      --counts 5 --sigma 40                        | --counts must have at least two classes
      --counts 5,-1 --sigma 40                     | --counts must hold no negative count: -1
      --counts 5,x --sigma 40                      | --counts
      --votes /nowhere.csv --sigma 40              | no such file: /nowhere.csv
      """)
  void badInput_isOneLineThatNamesFieldAndRule(String arguments, String message) {
    Invocation run = gnmax(arguments.split(" "));
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
    assertThat(run.err()).startsWith("retort: ").contains(message);
  }

  @Test
  void votes_brokenFile_isRefusedByLine() throws Exception {
    assertThat(gnmax("--votes", file("1,2", "1,b").toString(), "--sigma", "4").err())
        .contains("votes.csv line 2 must be whole numbers with commas between: b");
    assertThat(gnmax("--votes", file("1,2", "1,2,3").toString(), "--sigma", "4").err())
        .contains("votes.csv must have at least two classes, and everywhere as many: 3");
    assertThat(gnmax("--votes", file("").toString(), "--sigma", "4").err())
        .contains("--votes must name a file with at least one histogram");
  }
}
