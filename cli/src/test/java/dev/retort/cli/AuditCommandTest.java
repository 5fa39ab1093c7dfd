package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.merkle.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole audits of small sites. None is expected to accuse: at this confidence one in 1e9 would. */
@Tag("slow")
final class AuditCommandTest {

  @TempDir
  private Path directory;

  @BeforeEach
  void write() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder text = new StringBuilder("x,y,z,patient,label\n");
    for (int row = 0; row < 400; row++) {
      int label = random.nextInt(3);
      text.append("%.3f,%.3f,%.3f,p%d,%s%n"
          .formatted(
              label + random.nextDouble(),
              random.nextDouble(),
              random.nextDouble() - label,
              row / 2,
              "abc".charAt(label)));
    }
    Files.writeString(directory.resolve("records.csv"), text);
  }

  private static JsonNode json(Invocation run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("{").endsWith("}" + System.lineSeparator());
    return JsonMapper.shared().readTree(run.out());
  }

  private JsonNode site(String command, String... more) {
    return json(Invocation.of(Stream.concat(
            Stream.of(
                "audit",
                command,
                "--csv",
                directory.resolve("records.csv").toString(),
                "--label",
                "label",
                "--unit",
                "patient",
                "--device",
                "cpu",
                "--confidence",
                "0.999999999",
                "--json"),
            Stream.of(more))
        .toList()));
  }

  @Test
  void mechanism_smallAudit_printsOneObjectWithEveryKey() {
    JsonNode report = json(Invocation.of(
        "audit",
        "mechanism",
        "--epsilon",
        "4",
        "--runs",
        "8000",
        "--classes",
        "3",
        "--confidence",
        "0.999999999",
        "--json"));
    assertThat(report.propertyNames())
        .containsExactly(
            "claimedEpsilon",
            "delta",
            "sigma",
            "labelGrid",
            "classes",
            "confidence",
            "runs",
            "lowerBound",
            "lowerBoundDirect",
            "lowerBoundGaussian",
            "directTest",
            "gaussianTest",
            "queries",
            "passed");
    assertThat(report.path("claimedEpsilon").asDouble()).isBetween(3.9, 4.0);
    assertThat(report.path("lowerBound").asDouble()).isBetween(0.5, 4.0);
    assertThat(report.path("passed").asBoolean()).isTrue();
  }

  @Test
  void mechanism_withoutJson_printsItsVerdict() {
    Invocation run = Invocation.of("audit", "mechanism", "--sigma", "3000", "--runs", "400");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("claimedEpsilon").contains("no violation detected");
    assertThat(run.err()).contains("trials");
  }

  @Test
  void canary_smallSite_tellsWhatItMoved() {
    JsonNode report = site(
        "canary", "--epsilon", "6", "--teachers", "10", "--runs", "8000", "--canary-records", "5");
    assertThat(report.path("rowsChanged").asInt()).isEqualTo(4);
    assertThat(report.path("distance").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(report.path("largestDistance").asDouble());
    assertThat(report.path("teachers").asInt()).isEqualTo(10);
    assertThat(report.path("lowerBound").asDouble()).isLessThan(6);
  }

  @Test
  void canary_thatMovesNothing_provesNothing() {
    JsonNode report = site(
        "canary",
        "--sigma",
        "40",
        "--label-grid",
        "1",
        "--teachers",
        "4",
        "--epochs",
        "1",
        "--learning-rate",
        "1e-9",
        "--runs",
        "400");
    assertThat(report.path("rowsChanged").asInt()).isZero();
    assertThat(report.path("runs").asInt()).isZero();
    assertThat(report.path("lowerBound").asDouble()).isZero();
    assertThat(report.path("passed").asBoolean()).isTrue();
  }

  @Test
  void oneRun_smallSite_opensItsCommitments() {
    JsonNode report = site("one-run", "--epsilon", "50", "--teachers", "20", "--guesses", "6");
    assertThat(report.path("canaries").asInt()).isEqualTo(20);
    assertThat(report.path("guesses").asInt()).isEqualTo(6);
    assertThat(report.path("correct").asInt()).isBetween(0, 6);
    StringBuilder all = new StringBuilder();
    for (JsonNode coin : report.path("coins")) {
      String message =
          (coin.path("in").asBoolean() ? "01" : "00") + coin.path("salt").asString();
      Digest opened = Digest.of(HexFormat.of().parseHex(message));
      assertThat(coin.path("commitment").asString()).isEqualTo(opened.hex());
      all.append(opened.hex()).append('\n');
    }
    assertThat(report.path("coins").size()).isEqualTo(20);
    assertThat(report.path("commitment").asString())
        .isEqualTo(Digest.of(all.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            .hex());
  }

  @Test
  void report_boundAboveTheClaim_isAViolationWithACodeOfItsOwn() throws Exception {
    AuditNoise.Claim claim = new AuditNoise.Claim(
        new dev.retort.privacy.Mechanism.DiscreteGaussianHistogram(
            new dev.retort.label.LabelGrid(1), 2, 40),
        1.5);
    assertThat(AuditReport.ofOneRun(claim, 1e-5, 0.95, 1.51)
            .print("one-run", true, new AuditRecordOption()))
        .isEqualTo(3);
    assertThat(AuditReport.ofOneRun(claim, 1e-5, 0.95, 1.5)
            .print("one-run", false, new AuditRecordOption()))
        .isZero();
  }
}
