package dev.retort.cli;

import dev.retort.identity.JoinToken;
import dev.retort.identity.KeyDirectory;
import dev.retort.learn.LearnEngine;
import dev.retort.node.Node;
import dev.retort.node.NodeConfig;
import dev.retort.node.NodeHome;
import dev.retort.wire.CoordinatorCallException;
import dev.retort.wire.EnrollmentClient;
import dev.retort.wire.IncompatibleProtocolException;
import dev.retort.wire.TlsChannel;
import dev.retort.wire.VersionHandshake;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code retort node}: the program that runs at a site. */
@Command(
    name = "node",
    description =
        "A site's node: join a federation, serve studies, replace or encrypt its keys, close its budget.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      NodeCommand.Join.class,
      NodeCommand.Serve.class,
      NodeRotateKeyCommand.class,
      NodeClosePolicyCommand.class,
      EncryptKeysCommand.class
    })
final class NodeCommand extends CommandGroup {

  private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);

  /** {@code retort node join}. */
  @Command(
      name = "join",
      description = {
        "Exchange a one-time token for a certificate, and write node.yaml if there is none.",
        "Only this machine dials; it needs no open port."
      },
      mixinStandardHelpOptions = true)
  static final class Join implements Callable<Integer> {

    @Parameters(paramLabel = "TOKEN", description = "The token from the consortium's operator.")
    private String token = "";

    @Option(names = "--home", required = true, description = "The node's home; made if need be.")
    private Path home = Path.of(".");

    @Option(
        names = "--coordinator",
        required = true,
        paramLabel = "HOST:PORT",
        description = "The coordinator's address.")
    private String coordinator = "";

    @Option(
        names = "--also",
        description = {
          "Join one more federation from a home that has joined one.",
          "Both coordinators share the home's records, ledger and budget."
        })
    private boolean also;

    @Mixin
    private KeyPassphraseOption passphrase = new KeyPassphraseOption();

    @Option(names = "--serve", description = "Go on as 'retort node serve' does.")
    private boolean serve;

    @Override
    public Integer call() throws Exception {
      NodeConfig.Address address = NodeConfig.Address.parse(coordinator);
      JoinToken parsed = JoinToken.parse(token);
      SecureRandom random = new SecureRandom();
      NodeHome nodeHome = passphrase.node(home);
      KeyDirectory keys =
          also ? further(nodeHome, address, parsed, random) : nodeHome.makeKeys(random);
      var credentials = new EnrollmentClient(SoftwareVersion.current(), Clock.systemUTC(), random)
          .enroll(parsed, address.host(), address.port(), keys);
      if (!also && !Files.exists(nodeHome.config())) {
        Files.writeString(
            nodeHome.config(), template(address, passphrase.file()), StandardOpenOption.CREATE_NEW);
      }
      if (serve && !also) {
        return NodeCommand.serve(nodeHome, List.of());
      }
      if (also) {
        System.out.printf(
            "%s has joined federation %s too.%nNext: add to %s the line%n  alsoServe: { %s: '%s' }%n"
                + "and restart the node. policy.quotas can bound what this coordinator spends.%n",
            credentials.node().id(),
            credentials.node().federation(),
            nodeHome.config(),
            credentials.node().federation(),
            address);
        return 0;
      }
      System.out.printf(
          "%s has joined federation %s.%nNext: say in %s where the records lie and what they may"
              + " be used for, then: retort node serve --home %s%n",
          credentials.node().id(), credentials.node().federation(), nodeHome.config(), home);
      return 0;
    }

    /** Where the credentials go: by the name that the coordinator whom the token pins gives its federation. */
    private static KeyDirectory further(
        NodeHome home, NodeConfig.Address address, JoinToken token, SecureRandom random)
        throws IOException, IncompatibleProtocolException, CoordinatorCallException {
      ManagedChannel channel = TlsChannel.pinned(
              address.host(), address.port(), token.rootFingerprint())
          .build();
      try {
        return home.furtherKeys(
            VersionHandshake.hello(channel, SoftwareVersion.current(), address.toString()), random);
      } finally {
        channel.shutdownNow();
      }
    }

    private static String template(NodeConfig.Address address, @Nullable Path passphraseFile) {
      return """
          # Where to dial.
          coordinator: '%s'
          # Where the records lie: an IDX pair or a CSV table. Paths are relative to this directory.
          data: { kind: images, images: images.idx.gz, labels: labels.idx.gz }
          # data: { kind: table, file: records.csv, unit: patient_id }
          # One name for this data set and all its later versions: its budget lasts for ever.
          lineage: main
          # What one privacy unit is; a study that asks for another is declined.
          privacyUnit: record
          policy:
            # What this data set may spend in all studies together. It cannot be raised later.
            budget: { epsilon: 4.0, delta: 1.0e-5 }
            # The plans this site takes part in, by digest, or the word any.
            approve: []
            # maxEpsilonPerStudy: 2.0
          # The file of the passphrase that the keys are encrypted with, relative to this directory.
          %s
          """.formatted(
              address,
              passphraseFile == null
                  ? "# keyPassphraseFile: passphrase"
                  : "keyPassphraseFile: '"
                      + passphraseFile.toAbsolutePath().toString().replace("'", "''") + "'");
    }
  }

  /** {@code retort node serve}. */
  @Command(
      name = "serve",
      description =
          "Run the node until it is stopped. It dials the coordinator, and again if the line drops.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:it was stopped",
        "1:it cannot serve",
        "2:the command line cannot be read",
        "3:its privacy ledger is not the newest, so it releases nothing"
      })
  static final class Serve implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The node's home.")
    private Path home = Path.of(".");

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "Override a key of node.yaml. May be repeated.")
    private List<String> overrides = List.of();

    @Mixin
    private KeyPassphraseOption passphrase = new KeyPassphraseOption();

    @Override
    public Integer call() throws Exception {
      return serve(passphrase.node(home), overrides);
    }
  }

  private static int serve(NodeHome home, List<String> overrides) throws Exception {
    if (!Files.exists(home.config())) {
      throw new CommandFailedException(home.root()
          + " must hold node.yaml; join first: retort node join TOKEN --home " + home.root());
    }
    NodeConfig config = NodeConfig.read(home, overrides);
    LearnEngine engine = config.trainingThreads() == 0
        ? LearnEngine.start()
        : LearnEngine.start(config.trainingThreads());
    ExecutorService work = Executors.newSingleThreadExecutor(task -> {
      Thread thread = new Thread(task, "node-work");
      thread.setDaemon(true);
      return thread;
    });
    Node node = Node.open(
        Node.parts(home, config, SoftwareVersion.current(), new SecureRandom()),
        engine,
        work,
        InstantSource.system());
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
    node.start();
    LOG.info("this node's ledger is signed with {}", node.ledgerKey());
    LOG.info("dialling {}", config.coordinator());
    config
        .alsoServe()
        .forEach((federation, address) ->
            LOG.info("dialling {}, the coordinator of {}", address, federation));
    node.awaitEnd();
    return 0;
  }
}
