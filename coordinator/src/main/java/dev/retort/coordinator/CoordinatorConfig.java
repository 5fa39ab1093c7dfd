package dev.retort.coordinator;

import dev.retort.config.InvalidConfigException;
import dev.retort.config.StrictYaml;
import dev.retort.identity.FederationName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code coordinator.yaml} says.
 *
 * @param federation the federation's name, as in every certificate
 * @param listen the address to listen on, {@code host:port}; port 0 takes a free one
 * @param hosts the names and addresses under which nodes reach the coordinator: they go into its certificate
 * @param device where students are trained: auto, cpu, gpu or gpu:N
 * @param threads training threads; 0 for all cores
 */
public record CoordinatorConfig(
    String federation, String listen, List<String> hosts, String device, int threads) {

  /** The file's name in the coordinator's home. */
  public static final String FILE = "coordinator.yaml";

  private static final String DEFAULTS = "{ listen: '0.0.0.0:7443', device: auto, threads: 0 }";

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
        """.formatted(
            federation,
            listen,
            String.join(", ", hosts.stream().map(h -> "'" + h + "'").toList()),
            device,
            threads);
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
