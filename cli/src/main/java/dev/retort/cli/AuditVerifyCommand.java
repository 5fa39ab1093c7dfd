package dev.retort.cli;

import dev.retort.auditor.AuditFinding;
import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditedLog;
import dev.retort.auditor.GivenLog;
import dev.retort.auditor.LedgerEvent.SumRefusal;
import dev.retort.auditor.LedgerFold;
import dev.retort.auditor.Lineage;
import dev.retort.auditor.OfflineAudit;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code retort audit verify}: an audit that trusts nobody. */
@Command(
    name = "verify",
    description = {
      "Verify exports of nodes' ledgers and the coordinator's journal, offline, alone and against each other.",
      "Every signature, hash, cost and budget is redone from the files. Nothing else is asked or needed."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:everything that could be checked holds",
      "1:a file cannot be read",
      "2:the command line is wrong",
      "3:something does not hold; each finding names the log, the entry and the rule",
      "4:with --complete: all that was checked holds, but not everything could be checked"
    },
    mixinStandardHelpOptions = true)
final class AuditVerifyCommand implements Callable<Integer> {

  /** The exit code where something could not be checked and was to be. */
  static final int INCOMPLETE = 4;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "Exports (retort ledger export), or homes of nodes and coordinators. Together they check each other.")
  private List<Path> directories = List.of();

  @Option(
      names = "--complete",
      description = "Also fail where something could not be checked because a log was not given.")
  private boolean complete;

  @Option(
      names = "--key",
      paramLabel = "VKEY",
      description = {
        "A key as 'retort ledger key' prints it, by which evidence of equivocation is judged beside the keys of the logs",
        "given. May be repeated."
      })
  private List<String> keys = List.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    AuditResult result = audit(directories, keys());
    if (json) {
      System.out.println(JSON.writeValueAsString(tree(result)));
    } else {
      print(result);
    }
    if (!result.ok()) {
      return AuditCommand.VIOLATION;
    }
    return complete && !result.unchecked().isEmpty() ? INCOMPLETE : 0;
  }

  private List<VerifierKey> keys() throws CommandFailedException {
    List<VerifierKey> known = new ArrayList<>();
    for (String text : keys) {
      try {
        VerifierKey key = VerifierKey.parse(text);
        if (key.type() != VerifierKey.Type.ED25519) {
          throw new CommandFailedException("--key must be an Ed25519 key of a log: " + text);
        }
        known.add(key);
      } catch (MalformedLogException e) {
        throw new CommandFailedException("--key must be as 'retort ledger key' prints it: " + text);
      }
    }
    return known;
  }

  /**
   * Audits the logs in some directories.
   *
   * @param keys by which evidence is judged beside the keys of those logs
   */
  static AuditResult audit(List<Path> directories, List<VerifierKey> keys)
      throws MalformedLogException, LogUnavailableException {
    List<AuditedLog> logs = new ArrayList<>();
    try {
      for (Path directory : directories) {
        logs.add(GivenLog.open(directory));
      }
      return OfflineAudit.of(logs, keys);
    } finally {
      for (AuditedLog log : logs) {
        log.close();
      }
    }
  }

  private static Map<String, Object> tree(AuditResult result) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("ok", result.ok());
    out.put("entries", result.entries());
    List<Map<String, Object>> logs = new ArrayList<>();
    for (AuditResult.LogResult log : result.logs()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("log", log.origin());
      one.put("kind", word(log.kind()));
      one.put("key", log.key());
      one.put("fingerprint", log.keyDigest().hex());
      one.put("keys", keys(log));
      one.put("entries", log.entries());
      one.put("witnesses", log.witnesses());
      log.ledger().ifPresent(ledger -> {
        one.put("spending", spending(ledger));
        one.put("sumRefusals", sumRefusals(ledger));
      });
      logs.add(one);
    }
    out.put("logs", logs);
    out.put("findings", result.findings());
    out.put("unchecked", result.unchecked());
    out.put("uncheckable", result.uncheckable());
    return out;
  }

  private static List<Map<String, Object>> keys(AuditResult.LogResult log) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (AuditResult.KeySpan span : log.keys()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("key", span.key());
      one.put("fingerprint", span.fingerprint().hex());
      one.put("firstEntry", span.first());
      all.add(one);
    }
    return all;
  }

  private static List<Map<String, Object>> spending(LedgerFold ledger) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Lineage lineage : ledger.lineages()) {
      for (Lineage.Unit unit : lineage.units()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("lineage", lineage.name());
        one.put("unit", unit.name());
        one.put("epsilon", JsonNumbers.upper(epsilon(unit)));
        one.put("delta", unit.delta());
        one.put("rho", rho(unit.spent()));
        one.put("budgetEpsilon", unit.epsilon());
        one.put("budgetRho", rho(unit.budget()));
        one.put("closed", lineage.closed());
        one.put("bound", "upper");
        all.add(one);
      }
    }
    return all;
  }

  private static List<Map<String, Object>> sumRefusals(LedgerFold ledger) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (SumRefusal refusal : ledger.sumRefusals()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("entry", refusal.index());
      one.put("campaign", refusal.campaign().hex());
      one.put("session", refusal.session().hex());
      one.put("reason", refusal.reason());
      one.put("code", refusal.code());
      one.put("evidence", refusal.evidence().stream().map(Digest::hex).toList());
      all.add(one);
    }
    return all;
  }

  private static void print(AuditResult result) {
    for (AuditResult.LogResult log : result.logs()) {
      System.out.printf(
          "%s, a %s: %d entries%n",
          log.origin(),
          log.kind() == AuditedLog.Kind.NODE ? "node's ledger" : "coordinator's journal",
          log.entries());
      System.out.printf("  key        %s%n", log.key());
      System.out.printf("  sha-256    %s%n", log.keyDigest().hex());
      for (AuditResult.KeySpan span : log.keys().subList(0, log.keys().size() - 1)) {
        System.out.printf("  before     %s, from entry %d%n", span.key(), span.first());
      }
      for (AuditResult.Witnessed witness : log.witnesses()) {
        System.out.printf(
            "  witnessed  by %s, up to entry %d%n", witness.witness(), witness.size() - 1);
      }
      log.ledger().ifPresent(AuditVerifyCommand::print);
      log.journal()
          .ifPresent(journal -> journal
              .studies()
              .forEach((study, part) -> System.out.printf(
                  "  study      %s: %d blocks received%s%s%n",
                  study,
                  part.received().size(),
                  part.aggregate().isPresent() ? ", added up" : "",
                  part.model().isPresent() ? ", student made" : "")));
    }
    for (String uncheckable : result.uncheckable()) {
      System.out.printf("CANNOT BE CHECKED %s%n", uncheckable);
    }
    for (String unchecked : result.unchecked()) {
      System.out.printf("NOT CHECKED %s%n", unchecked);
    }
    for (AuditFinding finding : result.findings()) {
      System.out.printf(
          "FOUND %s in %s%s: %s%n",
          finding.kind(),
          finding.log(),
          finding.index() < 0 ? "" : " at entry " + finding.index(),
          finding.message());
    }
    System.out.println(
        result.ok()
            ? "everything that could be checked holds; compare the keys with those that their owners made known"
            : "the logs DO NOT hold: " + result.findings().size() + " findings");
  }

  private static void print(LedgerFold ledger) {
    for (Lineage lineage : ledger.lineages()) {
      for (Lineage.Unit unit : lineage.units()) {
        System.out.printf(
            Locale.ROOT,
            "  spent      %s (unit: %s): epsilon %.6f of %s at delta %s; rho %s of %s%s%n",
            lineage.name(),
            unit.name(),
            epsilon(unit),
            unit.epsilon().toPlainString(),
            unit.delta().toPlainString(),
            rho(unit.spent()).toPlainString(),
            rho(unit.budget()).toPlainString(),
            lineage.closed() ? "; closed" : "");
      }
    }
    System.out.printf(
        "  charges    %d, of which %d released, %d burned, %d pending; %d refusals%n",
        ledger.charges().size(),
        ledger.releases().size(),
        ledger.burns().size(),
        ledger.pending().size(),
        ledger.refusals().size());
    if (!ledger.sumRefusals().isEmpty()) {
      TreeMap<String, Long> reasons = ledger.sumRefusals().stream()
          .collect(Collectors.groupingBy(SumRefusal::reason, TreeMap::new, Collectors.counting()));
      System.out.printf(
          "  refused    in secure sums: %s%n",
          reasons.entrySet().stream()
              .map(reason -> reason.getValue() + " " + reason.getKey())
              .collect(Collectors.joining(", ")));
    }
  }

  private static double epsilon(Lineage.Unit unit) {
    double delta = unit.delta().doubleValue();
    BigInteger spent = unit.spent();
    return !(delta > 0) || !(delta < 1)
        ? Double.MAX_VALUE
        : Conversion.epsilon(
            spent.bitLength() < Long.SIZE ? new Zcdp(spent.longValueExact()) : Zcdp.UNBOUNDED,
            delta);
  }

  private static BigDecimal rho(BigInteger pico) {
    return new BigDecimal(pico, 12).stripTrailingZeros();
  }

  private static String word(AuditedLog.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
