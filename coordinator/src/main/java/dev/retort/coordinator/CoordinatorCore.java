package dev.retort.coordinator;

import dev.retort.coordinator.grpc.FederationService;
import dev.retort.coordinator.round.NodeLinks;
import dev.retort.coordinator.round.NodeRoster;
import dev.retort.coordinator.round.StudyDesk;
import dev.retort.coordinator.round.StudyRunner;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlStudyStore;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.transfer.ChunkStore;
import dev.retort.wire.TrafficMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;

/**
 * A coordinator without its network: stores, studies and the federation service. A served coordinator and a simulation
 * are this same core behind different transports.
 */
public final class CoordinatorCore implements AutoCloseable {

  private final Path home;
  private final Database database;
  private final ChunkStore chunks;
  private final NodeRoster roster;
  private final NodeLinks links = new NodeLinks();
  private final TrafficMeter traffic = new TrafficMeter();
  private final StudyRunner runner;
  private final StudyDesk desk;

  private CoordinatorCore(
      Path home,
      Database database,
      ChunkStore chunks,
      NodeRoster roster,
      LearnEngine engine,
      ComputeDevice device,
      Clock clock,
      SecureRandom random) {
    this.home = home;
    this.database = database;
    this.chunks = chunks;
    this.roster = roster;
    SqlStudyStore store = new SqlStudyStore(database.jdbi());
    this.runner = new StudyRunner(
        store,
        roster,
        links,
        new StudentWorkshop(store, chunks, studies(home), engine, device),
        clock);
    this.desk = new StudyDesk(runner, chunks, clock, random);
  }

  /**
   * Opens the stores in {@code home}, takes over {@code database}, and goes on with every study that has not ended.
   *
   * @param roster the enrolled nodes
   * @param engine trains students, on {@code device}
   */
  public static CoordinatorCore open(
      Path home,
      Database database,
      NodeRoster roster,
      LearnEngine engine,
      ComputeDevice device,
      Clock clock,
      SecureRandom random)
      throws IOException {
    Files.createDirectories(studies(home));
    CoordinatorCore core = new CoordinatorCore(
        home, database, ChunkStore.open(transfer(home)), roster, engine, device, clock, random);
    core.runner.start();
    return core;
  }

  /** Where a coordinator's database lies. */
  public static Path database(Path home) {
    return home.resolve("coordinator.db");
  }

  /** Where a coordinator's transfer sets lie. */
  public static Path transfer(Path home) {
    return home.resolve("transfer");
  }

  /** Where the artefacts of studies lie, one directory a study. */
  public static Path studies(Path home) {
    return home.resolve("studies");
  }

  /** The service that nodes call. */
  public FederationService federation() {
    return new FederationService(runner, chunks, roster);
  }

  /** The live studies. */
  public StudyRunner runner() {
    return runner;
  }

  /** Where studies are made. */
  public StudyDesk desk() {
    return desk;
  }

  /** The open work streams. */
  public NodeLinks links() {
    return links;
  }

  /** Counts every message between nodes and coordinator. */
  public TrafficMeter traffic() {
    return traffic;
  }

  /** The coordinator's home. */
  public Path home() {
    return home;
  }

  @Override
  public void close() {
    runner.close();
    database.close();
  }
}
