package dev.retort.journal;

import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalState.Objection;
import dev.retort.journal.JournalState.StudyPart;
import dev.retort.merkle.Digest;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.LogWriter;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.MerkleProver;
import dev.retort.tlog.OwnLog;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Writes a coordinator's journal. Each method returns when its entry is on disk, signed, and covered by a signed
 * checkpoint; what the journal says already is not written again, so that a restarted coordinator may repeat itself. Safe for
 * use by several threads, which take turns.
 */
public final class CoordinatorJournal implements OwnLog, AutoCloseable {

  private static final List<String> PLANS =
      List.of("CREATE TABLE plan (digest TEXT PRIMARY KEY, json BLOB NOT NULL)");

  private final LogWriter<JournalEntry> log;
  private final LogSigner signer;
  private final JournalState state;

  private CoordinatorJournal(LogWriter<JournalEntry> log, LogSigner signer, JournalState state) {
    this.log = log;
    this.signer = signer;
    this.state = state;
  }

  /**
   * Opens the journal in {@code path}, or begins one there if the file does not exist.
   *
   * @throws LogInUseException if another coordinator has it open
   * @throws MalformedLogException if the file is not a sound journal of this coordinator
   */
  public static CoordinatorJournal open(Path path, LogSigner signer, InstantSource clock)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    JournalState state = new JournalState();
    LogWriter<JournalEntry> log = LogWriter.open(
        path,
        signer,
        clock,
        new JournalFormat(),
        PLANS,
        logRecord -> state.apply(logRecord.entry()));
    return new CoordinatorJournal(log, signer, state);
  }

  /**
   * Opens a study.
   *
   * @param canonicalPlan the plan's canonical JSON, kept beside the log for auditors
   */
  public synchronized void openStudy(String study, byte[] canonicalPlan)
      throws LogUnavailableException {
    Digest plan = Digest.of(canonicalPlan);
    write(new JournalEntry.StudyOpen(study, plan), connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT OR IGNORE INTO plan VALUES (?, ?)")) {
        insert.setString(1, plan.hex());
        insert.setBytes(2, canonicalPlan);
        insert.executeUpdate();
      }
    });
  }

  /**
   * Writes an entry, unless the journal says so already.
   *
   * @throws IllegalStateException if the entry breaks a rule of the journal
   */
  public synchronized void write(JournalEntry entry) throws LogUnavailableException {
    write(entry, connection -> {});
  }

  /**
   * Takes labels down, unless the journal says so already or something stands against it.
   *
   * @return what stands against it; then nothing was written
   */
  public synchronized Optional<Objection> receive(Receive labels) throws LogUnavailableException {
    Optional<Objection> objection = state.objection(labels);
    if (objection.isEmpty()) {
      write(labels);
    }
    return objection;
  }

  /**
   * Writes that labels were added up, and before it which of those received are not among them.
   *
   * @param counted the places of all labels in the sums
   * @param sums {@link SumsDigest} of the sums
   * @throws IllegalStateException if labels are counted that were not received, or other sums were written before
   */
  public synchronized void aggregate(String study, Set<Place> counted, Digest sums)
      throws LogUnavailableException {
    StudyPart part = state.studies().get(study);
    if (part == null) {
      throw new IllegalStateException("study must be open: " + study);
    }
    for (Receive received : List.copyOf(part.received())) {
      if (!counted.contains(received.place())) {
        write(new JournalEntry.Drop(study, received.place()));
      }
    }
    write(new JournalEntry.Aggregate(study, counted.size(), sums));
  }

  /** What the journal says of a study. */
  public synchronized <T> Optional<T> study(String study, Function<StudyPart, T> reader) {
    return Optional.ofNullable(state.studies().get(study)).map(reader);
  }

  private void write(JournalEntry entry, LogFile.Writes more) throws LogUnavailableException {
    if (state.isKnown(entry)) {
      return;
    }
    List<String> broken = state.broken(entry);
    if (!broken.isEmpty()) {
      throw new IllegalStateException("entry must keep the journal's rules: " + broken.get(0));
    }
    log.append(entry, more);
    state.apply(entry);
  }

  /** The count of entries. */
  public synchronized long size() {
    return log.size();
  }

  @Override
  public synchronized String checkpoint() {
    return log.checkpoint();
  }

  @Override
  public synchronized Optional<Digest> root(long size) throws LogUnavailableException {
    return size < 0 || size > log.size()
        ? Optional.empty()
        : Optional.of(new MerkleProver(log.file()).root(size));
  }

  @Override
  public synchronized List<Digest> consistency(long oldSize, long size)
      throws LogUnavailableException {
    return new MerkleProver(log.file()).consistency(oldSize, size);
  }

  @Override
  public synchronized List<String> cosigned() throws LogUnavailableException {
    try {
      return List.copyOf(log.file().cosignedByWitness().values());
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("cosigned checkpoints must be readable", e);
    }
  }

  @Override
  public synchronized void putCosigned(VerifierKey witness, String note)
      throws LogUnavailableException {
    log.file().putCosigned(witness, note);
  }

  @Override
  public VerifierKey verifierKey() {
    return VerifierKey.ofLog(signer);
  }

  /** A coordinator's key is never replaced. */
  @Override
  public KeyHistory keys() {
    return KeyHistory.of(verifierKey());
  }

  @Override
  public List<SignedRotation> rotations(long since, long size) {
    return List.of();
  }

  @Override
  public synchronized void close() throws LogUnavailableException {
    log.close();
  }
}
