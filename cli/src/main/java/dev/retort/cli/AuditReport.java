package dev.retort.cli;

import dev.retort.audit.AuditBound;
import dev.retort.audit.ErrorCounts;
import dev.retort.ledger.LedgerEntry.AuditRecord;
import dev.retort.merkle.Digest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What an audit claimed, certified and concluded: keys in the order in which they are printed. */
final class AuditReport {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final double claim;
  private final double lowerBound;
  private final double delta;
  private final double confidence;

  private AuditReport(AuditNoise.Claim claim, double lowerBound, double delta, double confidence) {
    this.claim = claim.claim();
    this.lowerBound = lowerBound;
    this.delta = delta;
    this.confidence = confidence;
    put("claimedEpsilon", claim.claim());
    put("delta", delta);
    put("sigma", claim.mechanism().sigma());
    put("labelGrid", claim.mechanism().grid().size());
    put("classes", claim.mechanism().classes());
    put("confidence", confidence);
  }

  /** A report on paired runs. */
  static AuditReport ofPairs(AuditNoise.Claim claim, AuditBound bound) {
    AuditReport report = new AuditReport(claim, bound.epsilon(), bound.delta(), bound.confidence());
    report.put("runs", bound.runs());
    report.put("lowerBound", bound.epsilon());
    report.put("lowerBoundDirect", bound.direct());
    report.put("lowerBoundGaussian", bound.gaussian());
    report.put("directTest", test(bound.directStatistic(), bound.directErrors()));
    report.put("gaussianTest", test(bound.gaussianStatistic(), bound.gaussianErrors()));
    return report;
  }

  /** A report on one run. */
  static AuditReport ofOneRun(
      AuditNoise.Claim claim, double delta, double confidence, double bound) {
    AuditReport report = new AuditReport(claim, bound, delta, confidence);
    report.put("runs", 1);
    report.put("lowerBound", bound);
    return report;
  }

  /** A report where the two inputs are equal, so that no run can tell anything. */
  static AuditReport ofEqualInputs(AuditNoise.Claim claim, double delta, double confidence) {
    AuditReport report = new AuditReport(claim, 0, delta, confidence);
    report.put("runs", 0);
    report.put("lowerBound", 0.0);
    report.put("lowerBoundDirect", 0.0);
    report.put("lowerBoundGaussian", 0.0);
    return report;
  }

  private static Map<String, Object> test(String statistic, ErrorCounts errors) {
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("statistic", statistic);
    test.put("falsePositives", errors.falsePositives());
    test.put("falseNegatives", errors.falseNegatives());
    test.put("runs", errors.negatives());
    return test;
  }

  /** Adds a value under {@code key}. */
  void put(String key, Object value) {
    values.put(key, value);
  }

  /** Whether nothing was found against the claim. */
  boolean passed() {
    return lowerBound <= claim;
  }

  /**
   * Prints it on stdout, records it if that was asked for, and returns the exit code.
   *
   * @param audit which: {@code mechanism}, {@code canary} or {@code one-run}
   */
  int print(String audit, boolean json, AuditRecordOption record) throws Exception {
    put("passed", passed());
    // With its newline, so that it has the digest of what --json printed into a file.
    String report = JSON.writeValueAsString(values) + System.lineSeparator();
    record.record(
        () -> new AuditRecord(
            audit,
            claim,
            lowerBound,
            delta,
            confidence,
            Digest.of(report.getBytes(StandardCharsets.UTF_8))),
        report);
    if (json) {
      System.out.print(report);
    } else {
      values.forEach((key, value) -> System.out.printf("  %-22s %s%n", key, plain(value)));
      System.out.println(verdict());
    }
    return passed() ? 0 : AuditCommand.VIOLATION;
  }

  private String verdict() {
    return passed()
        ? String.format(
            Locale.ROOT,
            "no violation detected; certified lower bound %.4f, claimed %.4f",
            lowerBound,
            claim)
        : String.format(
            Locale.ROOT,
            "VIOLATION: epsilon is at least %.4f, and %.4f is claimed",
            lowerBound,
            claim);
  }

  private static Object plain(Object value) {
    return value instanceof Double number && number >= 0.01
        ? String.format(Locale.ROOT, "%.6f", number)
        : value;
  }
}
