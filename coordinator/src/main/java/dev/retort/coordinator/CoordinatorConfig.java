package dev.retort.coordinator;

import dev.retort.config.InvalidConfigException;
import dev.retort.config.StrictYaml;
import dev.retort.identity.FederationName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code coordinator.yaml} says.
 *
 * @param federation the federation's name, as in every certificate
 * @param listen the address to listen on, {@code host:port}; port 0 takes a free one
 * @param hosts the names and addresses under which nodes reach the coordinator: they go into its certificate
 * @param device where students are trained: auto, cpu, gpu or gpu:N
 * @param threads training threads; 0 for all cores
 * @param keyPassphraseFile the file of the passphrase that the keys are encrypted with, relative to the home; null for
 *     keys that are not, or whose passphrase is given otherwise
 */
public record CoordinatorConfig(
    String federation,
    String listen,
    List<String> hosts,
    String device,
    int threads,
    @Nullable String keyPassphraseFile) {

  /** The file's name in the coordinator's home. */
  public static final String FILE = "coordinator.yaml";

  private static final String DEFAULTS =
      "{ listen: '0.0.0.0:7443', device: auto, threads: 0, keyPassphraseFile: null }";

  public CoordinatorConfig {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException(
          "hosts must name at least one host by which nodes reach the coordinator");
    }
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must be in [0, 1024]: " + threads);
    }
    port(listen);
    var unused = new FederationName(federation);
  }

  /** A coordinator whose configuration names no passphrase. */
  public CoordinatorConfig(
      String federation, String listen, List<String> hosts, String device, int threads) {
    this(federation, listen, hosts, device, threads, null);
  }

  /**
   * Reads the file in {@code home}.
   *
   * @throws InvalidConfigException naming the key, the rule and the value
   */
  public static CoordinatorConfig read(Path home, List<String> overrides)
      throws IOException, InvalidConfigException {
    try {
      return StrictYaml.read(
          FILE, Files.readString(home.resolve(FILE)), DEFAULTS, overrides, CoordinatorConfig.class);
    } catch (NoSuchFileException e) {
      throw new InvalidConfigException(
          home + " must hold " + FILE + "; make one with: retort coordinator init --home " + home);
    }
  }

  /** The file's text. */
  public String toYaml() {
    return """
        # The federation's name, as in every certificate. It cannot be changed later.
        federation: %s
        # Where to listen. Nodes dial this one port; nothing dials the nodes.
        listen: '%s'
        # The names and addresses under which nodes reach this machine.
        hosts: [%s]
        # Where students are trained: auto, cpu, gpu or gpu:N.
        device: %s
        # Training threads; 0 for all cores.
        threads: %d
        # The file of the passphrase that the keys are encrypted with, relative to this directory.
        %s
        """.formatted(
            federation,
            listen,
            String.join(", ", hosts.stream().map(h -> "'" + h + "'").toList()),
            device,
            threads,
            keyPassphraseFile == null
                ? "# keyPassphraseFile: passphrase"
                : "keyPassphraseFile: '" + keyPassphraseFile.replace("'", "''") + "'");
  }

  /** The host part of {@link #listen}. */
  public String listenHost() {
    return listen.substring(0, listen.lastIndexOf(':'));
  }

  /** The port part of {@link #listen}. */
  public int listenPort() {
    return port(listen);
  }

  private static int port(String listen) {
    int colon = listen.lastIndexOf(':');
    try {
      int port = Integer.parseInt(listen.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message.
    }
    throw new IllegalArgumentException(
        "listen must be HOST:PORT with a port in [0, 65535]: " + listen);
  }
}
