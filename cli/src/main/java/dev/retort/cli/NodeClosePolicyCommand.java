package dev.retort.cli;

import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerRecord;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.node.HomeLedger;
import dev.retort.node.NodeHome;
import dev.retort.privacy.BudgetFilter;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort node close-policy}. */
@Command(
    name = "close-policy",
    description = {
      "Withdraw what is left of a data set's budgets, for ever: from then on every query about it is refused. It cannot be taken"
          + " back. The node must be stopped.",
      "What was paid for before may still be released. Doing it again changes nothing."
    },
    mixinStandardHelpOptions = true)
final class NodeClosePolicyCommand implements Callable<Integer> {

  @Option(names = "--home", required = true, description = "The node's home.")
  private Path home = Path.of(".");

  @Option(
      names = "--lineage",
      required = true,
      paramLabel = "NAME",
      description =
          "The data set, by the name of its lineage in node.yaml. To be named, since there is no way back.")
  private String lineage = "";

  @Mixin
  private KeyPassphraseOption passphrase = new KeyPassphraseOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    NodeHome node = passphrase.node(home);
    boolean closedNow;
    String spent;
    try (PrivacyLedger ledger = HomeLedger.open(node, new SecureRandom(), InstantSource.system())) {
      BudgetFilter filter =
          ledger.filter(lineage).orElseThrow(() -> new CommandFailedException(unknown(node)));
      spent = filter.spent().toString();
      long before = ledger.size();
      ledger.closePolicy(lineage);
      closedNow = ledger.size() > before;
    } catch (LogInUseException e) {
      throw new CommandFailedException(
          "node must be stopped while its policy is closed: " + e.getMessage());
    }
    if (json) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("lineage", lineage);
      out.put("closedNow", closedNow);
      out.put("spent", spent);
      System.out.println(LedgerCommand.JSON.writeValueAsString(out));
    } else {
      System.out.printf(
          "%s: %s. %s was spent; the rest is withdrawn, and every further query is refused.%n",
          lineage, closedNow ? "closed" : "was closed already", spent);
    }
    return 0;
  }

  private String unknown(NodeHome node) {
    String known;
    try {
      known = LedgerReader.entries(node.ledger()).stream()
          .map(LedgerRecord::entry)
          .filter(PolicyOpen.class::isInstance)
          .map(entry -> ((PolicyOpen) entry).lineage())
          .distinct()
          .collect(Collectors.joining(", "));
    } catch (MalformedLogException | LogUnavailableException e) {
      known = "";
    }
    return "--lineage must be one that the ledger holds a policy for"
        + (known.isEmpty() ? "" : ", " + known) + ": " + lineage;
  }
}
