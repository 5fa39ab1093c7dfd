package dev.retort.cli;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.identity.KeyPassphrase;
import dev.retort.node.NodeConfig;
import dev.retort.node.NodeHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where the passphrase of encrypted keys comes from: the option, or else the home's configuration, or else the environment
 * variable RETORT_KEY_PASSPHRASE.
 */
final class KeyPassphraseOption {

  /** The environment variable. */
  static final String VARIABLE = "RETORT_KEY_PASSPHRASE";

  @Option(
      names = "--key-passphrase-file",
      paramLabel = "FILE",
      description = {
        "The passphrase that the home's keys are encrypted with: one line, in a file that only its owner may read. Otherwise that"
            + " of keyPassphraseFile in the home's configuration, or the environment variable "
            + VARIABLE + "."
      })
  private @Nullable Path file;

  /** The option's file, or null. */
  @Nullable
  Path file() {
    return file;
  }

  /** The passphrase of a home that is being made, and has no configuration yet. */
  KeyPassphrase ofNew() throws IOException {
    return file == null ? ofEnvironment() : KeyPassphrase.read(file);
  }

  /** A node's home with its passphrase, whether it is configured already or not. */
  NodeHome node(Path root) throws IOException, InvalidConfigException {
    NodeHome home = new NodeHome(root);
    String configured = file == null && Files.exists(home.config())
        ? NodeConfig.read(home, List.of()).keyPassphraseFile()
        : null;
    return new NodeHome(root, configured(root, configured));
  }

  /** The passphrase of a coordinator's home. */
  KeyPassphrase coordinator(Path root, CoordinatorConfig config) throws IOException {
    return configured(root, config.keyPassphraseFile());
  }

  private KeyPassphrase configured(Path root, @Nullable String configured) throws IOException {
    return file == null && configured != null
        ? KeyPassphrase.read(root.resolve(configured))
        : ofNew();
  }

  private static KeyPassphrase ofEnvironment() throws IOException {
    String text = System.getenv(VARIABLE);
    return text == null || text.isEmpty() ? KeyPassphrase.none() : KeyPassphrase.of(text, VARIABLE);
  }
}
