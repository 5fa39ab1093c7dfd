package dev.retort.coordinator;

import dev.retort.coordinator.grpc.FederationService;
import dev.retort.coordinator.grpc.WitnessDesk;
import dev.retort.coordinator.round.CollectionParts;
import dev.retort.coordinator.round.JournalWitnesses;
import dev.retort.coordinator.round.NodeLinks;
import dev.retort.coordinator.round.StudyDesk;
import dev.retort.coordinator.round.StudyRunner;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlStudyStore;
import dev.retort.coordinator.store.SqlSumStore;
import dev.retort.coordinator.study.StudyJournal;
import dev.retort.coordinator.witness.LedgerWitness;
import dev.retort.identity.IdentitySigner;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalSource;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.transfer.ChunkStore;
import dev.retort.wire.TrafficMeter;
import dev.retort.witness.WitnessStore;
import dev.retort.witness.WitnessedLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator without its network: stores, studies and the federation service. A served coordinator and a simulation
 * are this same core behind different transports.
 */
public final class CoordinatorCore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorCore.class);

  private final Path home;
  private final Database database;
  private final ChunkStore chunks;
  private final FederationMembers members;
  private final WitnessStore witnessed;
  private final CoordinatorJournal journal;
  private final LedgerWitness witness;
  private final NodeLinks links = new NodeLinks();
  private final JournalWitnesses journalWitnesses;
  private final TrafficMeter traffic = new TrafficMeter();
  private final StudyRunner runner;
  private final StudyDesk desk;

  private CoordinatorCore(
      Path home,
      Database database,
      ChunkStore chunks,
      FederationMembers members,
      WitnessStore witnessed,
      CoordinatorJournal journal,
      LearnEngine engine,
      ComputeDevice device,
      Clock clock,
      SecureRandom random) {
    this.home = home;
    this.database = database;
    this.chunks = chunks;
    this.members = members;
    this.witnessed = witnessed;
    this.journal = journal;
    this.witness =
        new LedgerWitness(witnessed, members.name(), members.identity(), members.keys(), clock);
    SqlStudyStore store = new SqlStudyStore(database.jdbi());
    SqlSumStore sums = new SqlSumStore(database.jdbi());
    this.journalWitnesses = new JournalWitnesses(journal, members.name(), links, members.keys());
    StudyJournal written = new StudyJournal(journal);
    StudentWorkshop workshop =
        new StudentWorkshop(store, sums, written, chunks, studies(home), engine, device, clock);
    this.runner = new StudyRunner(
        store,
        members.roster(),
        links,
        workshop,
        workshop,
        journalWitnesses,
        new CollectionParts(
            sums,
            members.keys(),
            IdentitySigner.ofCoordinator(members.name(), members.identity()),
            witness,
            written,
            random,
            clock,
            CollectionParts.USUAL_PATIENCE),
        clock);
    this.desk = new StudyDesk(runner, store, chunks, clock, random);
  }

  /**
   * Opens the stores in {@code home}, takes over {@code database}, and goes on with every study that has not ended.
   *
   * @param members the federation's
   * @param engine trains students, on {@code device}
   * @throws LogInUseException if another coordinator runs in this home
   * @throws MalformedLogException if the journal there is not a sound one of this coordinator
   */
  public static CoordinatorCore open(
      Path home,
      Database database,
      FederationMembers members,
      LearnEngine engine,
      ComputeDevice device,
      Clock clock,
      SecureRandom random)
      throws IOException, LogInUseException, MalformedLogException, LogUnavailableException {
    Files.createDirectories(studies(home));
    CoordinatorCore core = new CoordinatorCore(
        home,
        database,
        ChunkStore.open(transfer(home)),
        members,
        WitnessStore.open(witness(home)),
        CoordinatorJournal.open(
            journal(home), IdentitySigner.ofCoordinator(members.name(), members.identity()), clock),
        engine,
        device,
        clock,
        random);
    core.runner.start();
    return core;
  }

  /** Where a coordinator's database lies. */
  public static Path database(Path home) {
    return home.resolve("coordinator.db");
  }

  /** Where a coordinator keeps the newest checkpoint of every node's ledger. */
  public static Path witness(Path home) {
    return home.resolve(WitnessedLogs.FILE);
  }

  /** Where a coordinator writes down what it asked, received and added up. */
  public static Path journal(Path home) {
    return home.resolve(JournalSource.FILE);
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
    return new FederationService(
        runner, chunks, members.roster(), new WitnessDesk(witness, links, members.keys()));
  }

  /** The live studies. */
  public StudyRunner runner() {
    return runner;
  }

  /** Where studies are made. */
  public StudyDesk desk() {
    return desk;
  }

  /** The coordinator as witness of its nodes' ledgers. */
  public LedgerWitness witness() {
    return witness;
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
    journalWitnesses.close();
    database.close();
    // All that was cosigned or written down is on the disk.
    try {
      witnessed.close();
    } catch (LogUnavailableException e) {
      LOG.warn("the witness's store did not close: {}", e.getMessage());
    }
    try {
      journal.close();
    } catch (LogUnavailableException e) {
      LOG.warn("the journal did not close: {}", e.getMessage());
    }
  }
}
