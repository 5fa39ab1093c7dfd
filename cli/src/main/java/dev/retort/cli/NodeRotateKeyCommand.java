package dev.retort.cli;

import dev.retort.node.IdentityRotation;
import dev.retort.node.IdentityRotation.Rotated;
import dev.retort.tlog.LogInUseException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort node rotate-key}. */
@Command(
    name = "rotate-key",
    description = {
      "Replace the identity key that signs the node's ledger. The node must be stopped; no network is needed.",
      "The ledger records the change, signed by the old and the new key, and keeps its name, history and budget. Coordinators and"
          + " witnesses learn of it when the node connects again. The old key is deleted.",
      "If the command is broken off, run it again: it does what is left."
    },
    mixinStandardHelpOptions = true)
final class NodeRotateKeyCommand implements Callable<Integer> {

  @Option(names = "--home", required = true, description = "The node's home.")
  private Path home = Path.of(".");

  @Mixin
  private KeyPassphraseOption passphrase = new KeyPassphraseOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Rotated rotated;
    try {
      rotated = IdentityRotation.rotate(
          passphrase.node(home), new SecureRandom(), InstantSource.system());
    } catch (LogInUseException e) {
      throw new CommandFailedException(
          "node must be stopped while its key is replaced: " + e.getMessage());
    }
    if (json) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("entry", rotated.entry());
      out.put("oldKey", rotated.before().toString());
      out.put("newKey", rotated.now().toString());
      out.put("fingerprint", LedgerKeyCommand.fingerprint(rotated.now()).hex());
      out.put("resumed", rotated.resumed());
      System.out.println(LedgerCommand.JSON.writeValueAsString(out));
    } else {
      System.out.printf(
          "%s the key of %s: entry %d of its ledger.%n  old key      %s%n  new key      %s%n  fingerprint  %s%n"
              + "Next: start the node, so that its coordinators learn of it, and make the fingerprint known to whoever compares it.%n",
          rotated.resumed() ? "Finished replacing" : "Replaced",
          rotated.now().name(),
          rotated.entry(),
          rotated.before(),
          rotated.now(),
          LedgerKeyCommand.grouped(LedgerKeyCommand.fingerprint(rotated.now())));
    }
    return 0;
  }
}
