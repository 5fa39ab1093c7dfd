package dev.retort.cli;

import dev.retort.ledger.LedgerEntry.AuditRecord;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.node.HomeLedger;
import dev.retort.node.NodeHome;
import dev.retort.tlog.LogInUseException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether an audit's outcome is written into a node's ledger, whatever it is. */
final class AuditRecordOption {

  @Option(
      names = "--record",
      paramLabel = "NODE_HOME",
      description = {
        "Write the outcome into this node's ledger, passed or not, and the report as --json prints it into NODE_HOME/audits, by its"
            + " SHA-256. The node must be stopped."
      })
  private @Nullable Path home;

  @Mixin
  private KeyPassphraseOption passphrase = new KeyPassphraseOption();

  /**
   * Fails now rather than after the audit, if what it finds could not be recorded.
   *
   * @throws CommandFailedException if the node is running
   */
  void check() throws Exception {
    Path node = home;
    if (node != null) {
      open(node).close();
    }
  }

  /** Records an outcome, if that was asked for, and says so on stderr. */
  void record(Supplier<AuditRecord> made, String report) throws Exception {
    Path node = home;
    if (node == null) {
      return;
    }
    AuditRecord outcome = made.get();
    Path audits = Files.createDirectories(node.resolve("audits"));
    Path file = audits.resolve(outcome.report().hex() + ".json");
    Path unfinished = Files.createTempFile(audits, ".audit-", ".tmp");
    Files.write(unfinished, report.getBytes(StandardCharsets.UTF_8));
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    try (PrivacyLedger ledger = open(node)) {
      ledger.recordAudit(outcome);
      System.err.printf(
          "recorded as entry %d of %s; the report is %s%n",
          ledger.size() - 1, ledger.verifierKey().name(), file);
    }
  }

  private PrivacyLedger open(Path node) throws Exception {
    NodeHome known = passphrase.node(node);
    try {
      return HomeLedger.open(known, new SecureRandom(), InstantSource.system());
    } catch (LogInUseException e) {
      throw new CommandFailedException(
          "node must be stopped for its ledger to record an audit: " + e.getMessage());
    }
  }
}
