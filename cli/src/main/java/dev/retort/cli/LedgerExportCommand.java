package dev.retort.cli;

import dev.retort.journal.JournalSource;
import dev.retort.ledger.LedgerExport;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.WitnessPolicy;
import dev.retort.witness.WitnessedLogs;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code retort ledger export}. */
@Command(
    name = "export",
    description = {
      "Write a ledger, or a coordinator's journal, into a directory that an auditor can verify with nothing else: entries,",
      "tiles, checkpoint, cosigned notes, what its owner witnessed of other logs, policy, answers and evidence, or plans. Works while",
      "its owner runs. The directory appears as a whole, or not at all."
    },
    mixinStandardHelpOptions = true)
final class LedgerExportCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "PATH",
      description =
          "A node's home, its ledger.db, an export, or a coordinator's home or journal.db.")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Path path;

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description = "Where to: a directory that is empty or does not exist.")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Path target;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "A C2SP tlog-policy with the keys of the log and its witnesses. Otherwise the keys by which the log's owner checked"
              + " the cosignatures.")
  private @Nullable Path policy;

  @Option(
      names = "--without-answers",
      description = "Leave the released answers out; their digests stand in the ledger.")
  private boolean withoutAnswers;

  @Option(
      names = "--without-evidence",
      description = "Leave out the messages that show why something of a secure sum was refused.")
  private boolean withoutEvidence;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    WitnessPolicy keys = policy == null ? null : policy(policy);
    SortedMap<String, String> witnessed = WitnessedLogs.of(path);
    boolean isJournal = JournalSource.isIn(path);
    long entries = isJournal
        ? JournalSource.export(path, target, keys, witnessed)
        : LedgerExport.write(
            path,
            target,
            keys,
            witnessed,
            withoutAnswers ? LedgerExport.Answers.LEFT_OUT : LedgerExport.Answers.INCLUDED,
            withoutEvidence ? LedgerExport.Evidence.LEFT_OUT : LedgerExport.Evidence.INCLUDED);
    if (json) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("export", target.toString());
      out.put("entries", entries);
      System.out.println(LedgerCommand.JSON.writeValueAsString(out));
    } else {
      System.out.printf(
          "%s: %d entries; verify it with: retort %s verify %s%n",
          target, entries, isJournal ? "audit" : "ledger", target);
    }
    return 0;
  }

  static WitnessPolicy policy(Path file) throws IOException, CommandFailedException {
    try {
      return WitnessPolicy.parse(Files.readString(file));
    } catch (MalformedLogException | CharacterCodingException e) {
      throw new CommandFailedException(
          "policy file must be a C2SP tlog-policy: " + file + ": " + e.getMessage());
    }
  }
}
