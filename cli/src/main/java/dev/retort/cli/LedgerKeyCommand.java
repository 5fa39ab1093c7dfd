package dev.retort.cli;

import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.journal.JournalSource;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerSource;
import dev.retort.merkle.Digest;
import dev.retort.node.NodeHome;
import dev.retort.tlog.ExportedLog;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code retort ledger key}. */
@Command(
    name = "key",
    description = {
      "Print the key that signs a ledger or journal, and its fingerprint: SHA-256 of the raw Ed25519 public key, as audit reports"
          + " print it.",
      "Run it on your own home and give the fingerprint to whoever audits you, by a way of its own."
    },
    mixinStandardHelpOptions = true)
final class LedgerKeyCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "PATH",
      description = "The home of a node or coordinator, a ledger.db or journal.db, or an export.")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Path path;

  @Mixin
  private KeyPassphraseOption passphrase = new KeyPassphraseOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    KeyHistory keys = keys();
    VerifierKey current = keys.current();
    if (json) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("origin", current.name());
      out.put("key", current.toString());
      out.put("fingerprint", fingerprint(current).hex());
      List<Map<String, Object>> all = new ArrayList<>();
      for (KeyHistory.Span span : keys.spans()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("key", span.key().toString());
        one.put("fingerprint", fingerprint(span.key()).hex());
        one.put("firstEntry", span.first());
        all.add(one);
      }
      out.put("keys", all);
      System.out.println(LedgerCommand.JSON.writeValueAsString(out));
    } else {
      System.out.printf("%s%n", current.name());
      System.out.printf("  key          %s%n", current);
      System.out.printf("  fingerprint  %s%n", grouped(fingerprint(current)));
      for (KeyHistory.Span span : keys.spans().subList(0, keys.spans().size() - 1)) {
        System.out.printf(
            "  before       %s, from entry %d%n", grouped(fingerprint(span.key())), span.first());
      }
    }
    return 0;
  }

  private KeyHistory keys() throws Exception {
    if (JournalSource.isIn(path)) {
      try (JournalSource journal = JournalSource.open(path)) {
        return KeyHistory.of(VerifierKey.parse(journal.log().logKey().orElse("")));
      }
    }
    if (Files.exists(path.resolve(CoordinatorConfig.FILE))) {
      return coordinatorKey();
    }
    if (Files.isRegularFile(path)
        || Files.exists(path.resolve(LedgerSource.FILE))
        || ExportedLog.isExport(path)) {
      return LedgerReader.keys(path);
    }
    if (!Files.isDirectory(path.resolve("keys"))) {
      throw new CommandFailedException(
          "PATH must be the home of a node or coordinator, a ledger.db or journal.db, or an export: "
              + path);
    }
    // A node that has joined and not served yet: its ledger will begin with this key.
    NodeHome home = passphrase.node(path);
    NodeCredentials credentials = NodeCredentials.read(home.keys(new SecureRandom()));
    return KeyHistory.of(
        VerifierKey.ofLog(IdentitySigner.of(credentials.node(), credentials.identity())));
  }

  private KeyHistory coordinatorKey() throws Exception {
    CoordinatorConfig config = CoordinatorConfig.read(path, List.of());
    IdentityKey identity = KeyDirectory.open(
            path, new SecureRandom(), passphrase.coordinator(path, config))
        .identityKey();
    if (identity == null) {
      throw new CommandFailedException("home must hold an identity key: " + path);
    }
    return KeyHistory.of(VerifierKey.ofLog(
        IdentitySigner.ofCoordinator(new FederationName(config.federation()), identity)));
  }

  /** SHA-256 of the raw public key. */
  static Digest fingerprint(VerifierKey key) {
    return Digest.of(key.publicKey());
  }

  /** In groups of four digits, as the audit report prints it. */
  static String grouped(Digest fingerprint) {
    return String.join(" ", fingerprint.hex().split("(?<=\\G.{4})"));
  }
}
