package dev.retort.cli;

import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyFileException;
import dev.retort.identity.KeyPassphrase;
import dev.retort.node.NodeHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort node encrypt-keys} and {@code retort coordinator encrypt-keys}. */
@Command(
    name = "encrypt-keys",
    description = {
      "Encrypt the keys of a home with a passphrase, or with another one.",
      "If the command is broken off, the keys still open as before; run it again.",
      "What lay on the disk unencrypted may be recovered from it; where that matters, replace the keys afterwards."
    },
    mixinStandardHelpOptions = true)
final class EncryptKeysCommand implements Callable<Integer> {

  @Option(names = "--home", required = true, description = "The home of a node or coordinator.")
  private Path home = Path.of(".");

  @Option(
      names = "--new-passphrase-file",
      required = true,
      paramLabel = "FILE",
      description = "The new passphrase: one line of at least " + KeyPassphrase.LEAST_CHARACTERS
          + " characters, in a file that only its owner may read.")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Path next;

  @Mixin
  private KeyPassphraseOption now = new KeyPassphraseOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    KeyPassphrase wanted = KeyPassphrase.read(next);
    SecureRandom random = new SecureRandom();
    List<Path> homes = new ArrayList<>(new NodeHome(home).federations());
    // The home itself last: as long as it is not encrypted, the command says that there is
    // something to do.
    homes.add(home);
    @Nullable KeyPassphrase known = null;
    for (Path one : homes) {
      KeyPassphrase opens = KeyPassphrase.none();
      if (KeyDirectory.isEncrypted(one)) {
        known = known == null ? known() : known;
        opens = known;
      }
      open(one, random, opens, wanted).encrypt(wanted);
    }
    if (json) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put(
          "encrypted", homes.stream().map(one -> one.resolve("keys").toString()).toList());
      System.out.println(LedgerCommand.JSON.writeValueAsString(out));
    } else {
      homes.forEach(one -> System.out.printf("encrypted the keys in %s%n", one.resolve("keys")));
      System.out.printf(
          "Next: give the passphrase to whatever uses the keys, such as by the line keyPassphraseFile: '%s' in %s%n",
          next.toAbsolutePath(),
          home.resolve(isCoordinator() ? CoordinatorConfig.FILE : "node.yaml"));
    }
    return 0;
  }

  /** A directory that an earlier call got to has the new passphrase already. */
  private static KeyDirectory open(
      Path home, SecureRandom random, KeyPassphrase now, KeyPassphrase next) throws Exception {
    try {
      return KeyDirectory.open(home, random, now);
    } catch (KeyFileException e) {
      if (!KeyDirectory.isEncrypted(home)) {
        throw e;
      }
      try {
        return KeyDirectory.open(home, random, next);
      } catch (KeyFileException neither) {
        throw e;
      }
    }
  }

  private boolean isCoordinator() {
    return Files.exists(home.resolve(CoordinatorConfig.FILE));
  }

  private KeyPassphrase known() throws Exception {
    return isCoordinator()
        ? now.coordinator(home, CoordinatorConfig.read(home, List.of()))
        : now.node(home).passphrase();
  }
}
