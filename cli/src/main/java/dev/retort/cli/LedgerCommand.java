package dev.retort.cli;

import dev.retort.journal.JournalSource;
import dev.retort.ledger.LedgerChecks;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.ExportedLog;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code retort ledger}: reading, verifying, exporting and comparing a node's privacy ledger, and a coordinator's journal,
 * offline.
 */
@Command(
    name = "ledger",
    description = {
      "Read, verify, export or compare a node's privacy ledger, or show its key, offline.",
      "A coordinator's journal can be shown, exported and compared too; 'retort audit verify' verifies it."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LedgerCommand.Show.class,
      LedgerCommand.Verify.class,
      LedgerExportCommand.class,
      LedgerDiffCommand.class,
      LedgerKeyCommand.class
    })
final class LedgerCommand extends CommandGroup {

  /** What a path to a ledger may be. */
  static final String LEDGER = "A node's home, its ledger.db, or an export.";

  /** What a path to a log may be. */
  static final String LOG =
      "The home of a node or coordinator, its ledger.db or journal.db, or an export.";

  private record Line(long seq, Instant tick, String json) {}

  static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** {@code retort ledger show}. */
  @Command(
      name = "show",
      description = "Print every entry of a ledger or a journal.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {

    @Parameters(paramLabel = "PATH", description = LOG)
    private Path path = Path.of(".");

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      List<Line> lines = lines();
      if (json) {
        System.out.println(
            "[\n" + String.join(",\n", lines.stream().map(Line::json).toList()) + "\n]");
        return 0;
      }
      for (Line line : lines) {
        System.out.printf("%6d  %s  %s%n", line.seq(), line.tick(), line.json());
      }
      return 0;
    }

    private List<Line> lines() throws MalformedLogException, LogUnavailableException {
      if (JournalSource.isIn(path)) {
        return JournalSource.entries(path).stream()
            .map(line -> new Line(line.seq(), line.tick(), JournalSource.canonicalJson(line)))
            .toList();
      }
      return LedgerReader.entries(path).stream()
          .map(line -> new Line(line.seq(), line.tick(), line.canonicalJson()))
          .toList();
    }
  }

  /** {@code retort ledger verify}. */
  @Command(
      name = "verify",
      description = {
        "Verify a ledger or an export of one: signatures, order, every charge recomputed, answers against their digests,",
        "the notes that witnesses cosigned against the tree; of an export also every tile and file.",
        "Exit code 0 only if all of it holds."
      },
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {

    @Parameters(arity = "0..1", paramLabel = "PATH", description = LEDGER)
    private @Nullable Path given;

    @Option(
        names = "--export",
        paramLabel = "DIR",
        description = "In the place of PATH: an export, and nothing but an export.")
    private @Nullable Path export;

    @Option(
        names = "--key",
        paramLabel = "VKEY",
        description =
            "The verification key the ledger must be signed with, as the node printed it; of a ledger that changed its key, any"
                + " of its keys, best the newest.")
    private @Nullable String key;

    @Option(
        names = "--policy",
        paramLabel = "FILE",
        description =
            "A C2SP tlog-policy: whose cosignatures count. Otherwise that of the export, which is its writer's word.")
    private @Nullable Path policy;

    @Option(
        names = "--signatures",
        paramLabel = "WHICH",
        description = {
          "all (the default): each entry's signature and the checkpoint's.",
          "checkpoint: the checkpoint's alone, which covers every byte of every entry; two to three times faster."
        })
    private String signatures = "all";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Path path = path();
      if (JournalSource.isIn(path)) {
        throw new CommandFailedException(
            "PATH must be a node's ledger; this is a coordinator's journal: retort audit verify "
                + path);
      }
      LedgerChecks checks = LedgerChecks.ofEverything()
          .withLogKey(key)
          .withPolicy(policy == null ? null : LedgerExportCommand.policy(policy))
          .withSignatures(
              switch (signatures) {
                case "all" -> LedgerChecks.Signatures.ALL;
                case "checkpoint" -> LedgerChecks.Signatures.CHECKPOINT;
                default ->
                  throw new CommandFailedException(
                      "--signatures must be all or checkpoint: " + signatures);
              });
      LedgerReport report = LedgerVerifier.verify(path, checks);
      if (json) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("ok", report.ok());
        out.put("entries", report.entries());
        out.put("logKey", report.logKey());
        out.put("keys", keys(report));
        out.put(
            "signedAlso",
            report.signedAlso().stream().map(VerifierKey::toString).toList());
        out.put("findings", report.findings());
        out.put("pendingCharges", report.pendingCharges());
        out.put("lineages", report.lineages());
        out.put("parties", report.parties());
        out.put("answersIncluded", report.answersIncluded());
        out.put("sumRefusals", report.sumRefusals());
        out.put("evidenceIncluded", report.evidenceIncluded());
        out.put("witnesses", report.witnesses());
        out.put("quorumSize", report.quorumSize());
        System.out.println(JSON.writeValueAsString(out));
      } else {
        print(path, report);
      }
      return report.ok() ? 0 : 1;
    }

    private static List<Map<String, Object>> keys(LedgerReport report) {
      List<Map<String, Object>> all = new ArrayList<>();
      for (KeyHistory.Span span : report.keys()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("key", span.key().toString());
        one.put("firstEntry", span.first());
        all.add(one);
      }
      return all;
    }

    private Path path() throws CommandFailedException {
      if (export != null) {
        if (given != null) {
          throw new CommandFailedException(
              "--export must stand in the place of PATH: give one of them");
        }
        if (!ExportedLog.isExport(export)) {
          throw new CommandFailedException(
              "--export must be a directory that 'retort ledger export' wrote: " + export);
        }
        return export;
      }
      if (given == null) {
        throw new CommandFailedException("PATH or --export must be given");
      }
      return given;
    }

    private static void print(Path path, LedgerReport report) {
      System.out.printf("%s: %d entries, key %s%n", path, report.entries(), report.logKey());
      for (KeyHistory.Span span :
          report.keys().subList(Math.min(1, report.keys().size()), report.keys().size())) {
        System.out.printf("  key replaced: %s signs from entry %d on%n", span.key(), span.first());
      }
      for (VerifierKey further : report.signedAlso()) {
        System.out.printf(
            "  the checkpoint is signed with ML-DSA-65 too, key id %s%n", further.keyId());
      }
      for (LedgerReport.LineageSpending lineage : report.lineages()) {
        System.out.printf(
            "  %s (unit: %s%s): spent epsilon %.6f of %s at delta %s, in %d releases; %s of %s%n",
            lineage.lineage(),
            lineage.unit(),
            lineage.shards() == 1 ? "" : ", in at most " + lineage.shards() + " shards",
            lineage.epsilonSpent(),
            lineage.guarantee().epsilon(),
            lineage.guarantee().delta(),
            lineage.releases(),
            lineage.spent(),
            lineage.budget());
      }
      for (LedgerReport.PartySpending party : report.parties()) {
        Zcdp quota = party.quota();
        System.out.printf(
            "  %s, coordinator of %s: spent %s%s%n",
            party.lineage(),
            party.federation(),
            party.spent(),
            quota == null ? "" : " of its quota, " + quota);
      }
      report
          .witnesses()
          .forEach((witness, size) ->
              System.out.printf("  cosigned by %s up to %d entries%n", witness, size));
      if (!report.answersIncluded()) {
        System.out.println("  answers were left out: nothing was held against their digests");
      }
      report
          .sumRefusals()
          .forEach((reason, count) ->
              System.out.printf("  refused in secure sums, for %s: %d%n", reason, count));
      if (!report.evidenceIncluded()) {
        System.out.println(
            "  evidence was left out: nothing was held against the digests of what was refused");
      }
      for (long charge : report.pendingCharges()) {
        System.out.printf("  pending: charge %d has no release; nothing was sent for it%n", charge);
      }
      for (LedgerReport.Finding finding : report.findings()) {
        System.out.printf(
            "  FOUND %s at %d: %s%n", finding.kind(), finding.index(), finding.message());
      }
      System.out.println(report.ok() ? "ledger verifies" : "ledger DOES NOT verify");
    }
  }
}
