package dev.retort.cli;

import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.coordinator.CoordinatorServer;
import dev.retort.coordinator.enroll.FederationKeys;
import dev.retort.identity.FederationName;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyPassphrase;
import dev.retort.identity.NodeId;
import dev.retort.proto.v1.NodeSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code retort coordinator}: the program that runs for the consortium. */
@Command(
    name = "coordinator",
    description = "The coordinator: found a federation, serve it, invite nodes.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CoordinatorCommand.Init.class,
      CoordinatorCommand.Serve.class,
      CoordinatorCommand.Invite.class,
      CoordinatorCommand.Nodes.class,
      EncryptKeysCommand.class
    })
final class CoordinatorCommand extends CommandGroup {

  private static final Duration OPERATOR_LIFE = Duration.ofDays(365);

  /** Founds a federation in {@code home}: keys, certificates, configuration. */
  static void found(Path home, CoordinatorConfig config, KeyPassphrase passphrase)
      throws IOException, CommandFailedException {
    Path file = home.resolve(CoordinatorConfig.FILE);
    if (Files.exists(file)) {
      throw new CommandFailedException("--home must not hold a coordinator yet: " + home);
    }
    FederationName federation = new FederationName(config.federation());
    SecureRandom random = new SecureRandom();
    KeyDirectory keys = KeyDirectory.create(home, random, passphrase);
    FederationKeys founded = FederationKeys.found(keys, federation, Clock.systemUTC(), random);
    var unused = founded.writeOperator(keys, new NodeId("operator"), OPERATOR_LIFE);
    Files.writeString(file, config.toYaml(), StandardOpenOption.CREATE_NEW);
  }

  /** {@code retort coordinator init}. */
  @Command(
      name = "init",
      description = "Found a federation: make its keys, its certificates and coordinator.yaml.",
      mixinStandardHelpOptions = true)
  static final class Init implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The directory to make.")
    private Path home = Path.of(".");

    @Option(
        names = "--federation",
        required = true,
        description = "The federation's name: 1 to 63 characters of a-z, 0-9 and '-'.")
    private String federation = "";

    @Option(
        names = "--listen",
        defaultValue = "0.0.0.0:7443",
        description = "Where to listen, HOST:PORT. Default: ${DEFAULT-VALUE}.")
    private String listen = "";

    @Option(
        names = "--host",
        required = true,
        description = "A name or address under which nodes reach this machine. May be repeated.")
    private List<String> hosts = List.of();

    @Mixin
    private KeyPassphraseOption passphrase = new KeyPassphraseOption();

    @Override
    public Integer call() throws Exception {
      Path file = passphrase.file();
      found(
          home,
          new CoordinatorConfig(
              federation,
              listen,
              hosts,
              "auto",
              0,
              file == null ? null : file.toAbsolutePath().toString()),
          passphrase.ofNew());
      System.out.printf(
          "Founded federation %s in %s.%n"
              + "Next: retort coordinator serve --home %s%n"
              + "Keep a copy of %s in a safe place and away from this machine.%n",
          federation, home, home, home.resolve("keys"));
      return 0;
    }
  }

  /** {@code retort coordinator serve}. */
  @Command(
      name = "serve",
      description = {
        "Run the coordinator until it is stopped.",
        "Prints one line, 'listening on PORT', when nodes may dial."
      },
      mixinStandardHelpOptions = true)
  static final class Serve implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The coordinator's home.")
    private Path home = Path.of(".");

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "Override a key of coordinator.yaml. May be repeated.")
    private List<String> overrides = List.of();

    @Mixin
    private KeyPassphraseOption passphrase = new KeyPassphraseOption();

    @Override
    public Integer call() throws Exception {
      CoordinatorConfig config = CoordinatorConfig.read(home, overrides);
      CoordinatorServer server = CoordinatorServer.start(
          home,
          passphrase.coordinator(home, config),
          config,
          SoftwareVersion.current(),
          Clock.systemUTC(),
          new SecureRandom());
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
      System.out.println("listening on " + server.port());
      System.out.flush();
      server.await();
      return 0;
    }
  }

  /** {@code retort coordinator invite}. */
  @Command(
      name = "invite",
      description = {
        "Issue a one-time join token for a node. The coordinator must be running.",
        "Hand the token to the site by a confidential channel; it is shown once."
      },
      mixinStandardHelpOptions = true)
  static final class Invite implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The coordinator's home.")
    private Path home = Path.of(".");

    @Parameters(
        paramLabel = "NODE",
        description =
            "The node's id: 1 to 63 characters of a-z, 0-9 and '-', beginning with a letter.")
    private String node = "";

    @Option(
        names = "--hours",
        defaultValue = "24",
        description = "How long the token may be used, 1 to 168. Default: ${DEFAULT-VALUE}.")
    private int hours;

    @Override
    public Integer call() throws Exception {
      if (hours < 1 || hours > 168) {
        throw new CommandFailedException("--hours must be in [1, 168]: " + hours);
      }
      try (OperatorClient operator = OperatorClient.dial(home)) {
        System.out.println(operator.invite(node, Duration.ofHours(hours)));
      }
      return 0;
    }
  }

  /** {@code retort coordinator nodes}. */
  @Command(
      name = "nodes",
      description = "List the enrolled nodes. The coordinator must be running.",
      mixinStandardHelpOptions = true)
  static final class Nodes implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The coordinator's home.")
    private Path home = Path.of(".");

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      try (OperatorClient operator = OperatorClient.dial(home)) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (NodeSummary node : operator.nodes()) {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("node", node.getNodeId());
          row.put("connected", node.getConnected());
          row.put("identityKey", HexFormat.of().formatHex(node.getIdentityKey().toByteArray()));
          rows.add(row);
        }
        if (json) {
          System.out.println(JsonMapper.shared().writeValueAsString(rows));
        } else if (rows.isEmpty()) {
          System.out.println(
              "No node is enrolled; invite one with: retort coordinator invite NODE --home "
                  + home);
        } else {
          rows.forEach(row -> System.out.printf(
              "%-24s %-13s %s%n",
              row.get("node"),
              Boolean.TRUE.equals(row.get("connected")) ? "connected" : "not connected",
              row.get("identityKey")));
        }
      }
      return 0;
    }
  }
}
