package dev.retort.coordinator;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.enroll.EnrolledNode;
import dev.retort.coordinator.enroll.Enrollment;
import dev.retort.coordinator.enroll.EnrollmentService;
import dev.retort.coordinator.enroll.EnrollmentStore;
import dev.retort.coordinator.enroll.FederationKeys;
import dev.retort.coordinator.enroll.HandshakeService;
import dev.retort.coordinator.enroll.Invitations;
import dev.retort.coordinator.enroll.SqlEnrollmentStore;
import dev.retort.coordinator.grpc.OperatorService;
import dev.retort.coordinator.grpc.WireStatus;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.witness.EnrolledKeys;
import dev.retort.identity.FederationName;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyPassphrase;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.DeviceUnavailableException;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.UnknownDeviceException;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.wire.ProtocolRange;
import dev.retort.wire.TlsServer;
import io.grpc.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A coordinator on its one port: enrolment, federation and operator services over TLS 1.3. */
public final class CoordinatorServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorServer.class);

  /** A year, since nodes do not renew by themselves yet. */
  private static final Duration NODE_LIFE = Duration.ofDays(365);
  /** Issued anew at every start. */
  private static final Duration SERVER_LIFE = Duration.ofDays(365);

  private final CoordinatorCore core;
  private final Server server;

  private CoordinatorServer(CoordinatorCore core, Server server) {
    this.core = core;
    this.server = server;
  }

  /**
   * Starts the coordinator of {@code home}.
   *
   * @param passphrase what the keys of the home are encrypted with
   * @param software this build's version, told to nodes
   * @throws InvalidConfigException if the configuration names a device or a federation that is none
   * @throws DeviceUnavailableException if it asks for a GPU that is not there
   * @throws LogInUseException if another coordinator runs in this home
   * @throws MalformedLogException if the journal there is not a sound one of this coordinator
   * @throws LogUnavailableException if the witness's store or the journal cannot be read or written
   */
  public static CoordinatorServer start(
      Path home,
      KeyPassphrase passphrase,
      CoordinatorConfig config,
      String software,
      Clock clock,
      SecureRandom random)
      throws IOException, InvalidConfigException, DeviceUnavailableException, LogInUseException,
          MalformedLogException, LogUnavailableException {
    FederationName federation = new FederationName(config.federation());
    FederationKeys keys =
        FederationKeys.open(KeyDirectory.open(home, random, passphrase), federation, clock, random);
    LearnEngine engine =
        config.threads() == 0 ? LearnEngine.start() : LearnEngine.start(config.threads());
    ComputeDevice device = device(engine, config.device());
    LOG.info("students are trained on {}", device.description());
    Database database = Database.open(CoordinatorCore.database(home));
    EnrollmentStore nodes = new SqlEnrollmentStore(database.jdbi());
    CoordinatorCore core = CoordinatorCore.open(
        home,
        database,
        new FederationMembers(
            federation,
            keys.identity(),
            () -> nodes.nodes().stream()
                .map(EnrolledNode::id)
                .map(id -> id.value())
                .collect(Collectors.toUnmodifiableSet()),
            new EnrolledKeys(nodes, clock)),
        engine,
        device,
        clock,
        random);
    Server server = TlsServer.listeningOn(
            new InetSocketAddress(config.listenHost(), config.listenPort()),
            keys.authority().issueServer(config.hosts(), SERVER_LIFE),
            core.traffic())
        .addService(new HandshakeService(federation, ProtocolRange.CURRENT, software))
        .addService(new EnrollmentService(
            new Enrollment(nodes, keys.authority(), NODE_LIFE, clock, random),
            federation,
            keys.identity().publicKey()))
        .addService(core.federation())
        .addService(new OperatorService(
            core.runner(),
            core.desk(),
            nodes,
            new Invitations(nodes, keys.authority().root(), clock, random),
            core.links(),
            new WireStatus(core.traffic()),
            CoordinatorCore.studies(home)))
        .build();
    try {
      server.start();
    } catch (IOException e) {
      core.close();
      throw new IOException(
          "listen must be a free address: " + config.listen() + " (" + e.getMessage() + ")", e);
    }
    return new CoordinatorServer(core, server);
  }

  private static ComputeDevice device(LearnEngine engine, String choice)
      throws InvalidConfigException, DeviceUnavailableException {
    try {
      return engine.resolve(DeviceChoice.parse(choice));
    } catch (UnknownDeviceException e) {
      throw new InvalidConfigException(CoordinatorConfig.FILE + ": device: " + e.getMessage());
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Waits until it is closed. */
  public void await() throws InterruptedException {
    server.awaitTermination();
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    core.close();
  }
}
