package dev.retort.cli;

import dev.retort.ledger.LedgerSource;
import dev.retort.tlog.LogComparison;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code retort ledger diff}. */
@Command(
    name = "diff",
    description = {
      "Compare two copies of one ledger, entry by entry; whether either verifies, retort ledger verify says.",
      "Exit code 0 if they are equal or one is a prefix of the other, 1 if they fork."
    },
    mixinStandardHelpOptions = true)
final class LedgerDiffCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "A", description = LedgerCommand.LEDGER)
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = LedgerCommand.LEDGER)
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Path second;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    LogComparison found;
    try (LedgerSource a = LedgerSource.open(first);
        LedgerSource b = LedgerSource.open(second)) {
      found = LogComparison.of(a.log(), b.log());
    }
    if (json) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("relation", relation(found));
      out.put("firstEntries", found.firstSize());
      out.put("secondEntries", found.secondSize());
      out.put("commonEntries", found.common());
      System.out.println(LedgerCommand.JSON.writeValueAsString(out));
    } else {
      System.out.println(sentence(found));
    }
    return found.relation() == LogComparison.Relation.FORKED ? 1 : 0;
  }

  private static String relation(LogComparison found) {
    return found.relation().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private String sentence(LogComparison found) {
    return switch (found.relation()) {
      case EQUAL -> "equal: both have the same " + found.common() + " entries";
      case FIRST_IS_PREFIX -> prefix(first, found.firstSize(), second, found.secondSize());
      case SECOND_IS_PREFIX -> prefix(second, found.secondSize(), first, found.firstSize());
      case FORKED ->
        "FORKED: entry " + found.common() + " is the first that differs, of " + found.firstSize()
            + " and " + found.secondSize() + " entries";
    };
  }

  private static String prefix(Path shorter, long size, Path longer, long longerSize) {
    return shorter + " is a prefix of " + longer + ": " + size + " of its " + longerSize
        + " entries";
  }
}
