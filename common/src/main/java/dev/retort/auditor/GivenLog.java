package dev.retort.auditor;

import dev.retort.journal.JournalSource;
import dev.retort.ledger.KeptEvidence;
import dev.retort.ledger.LedgerSource;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogSource;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.witness.WitnessedLogs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A log in a directory: an export, or its owner's home. */
public final class GivenLog implements AuditedLog {

  private final Path path;
  private final LogSource log;
  private final @Nullable LedgerSource ledger;
  private final @Nullable JournalSource journal;

  private GivenLog(
      Path path, LogSource log, @Nullable LedgerSource ledger, @Nullable JournalSource journal) {
    this.path = path;
    this.log = log;
    this.ledger = ledger;
    this.journal = journal;
  }

  /**
   * Opens what lies in a directory.
   *
   * @param path an export, or the home of a node or coordinator
   * @throws MalformedLogException if nothing can be said of it, as of a database that is none
   * @throws LogUnavailableException if there is no log, or it cannot be read
   */
  public static GivenLog open(Path path) throws MalformedLogException, LogUnavailableException {
    if (JournalSource.isIn(path)) {
      JournalSource journal = JournalSource.open(path);
      return new GivenLog(path, journal.log(), null, journal);
    }
    LedgerSource ledger = LedgerSource.open(path);
    return new GivenLog(path, ledger.log(), ledger, null);
  }

  @Override
  public String source() {
    return path.toString();
  }

  @Override
  public Kind kind() {
    return ledger == null ? Kind.COORDINATOR : Kind.NODE;
  }

  @Override
  public String key() throws MalformedLogException, LogUnavailableException {
    return log.logKey().orElse("");
  }

  @Override
  public String checkpoint() throws MalformedLogException, LogUnavailableException {
    return log.checkpoint().orElse("");
  }

  @Override
  public List<String> cosigned() throws MalformedLogException, LogUnavailableException {
    return List.copyOf(log.cosignedByWitness().values());
  }

  @Override
  public List<String> witnessed() throws LogUnavailableException {
    return List.copyOf(WitnessedLogs.of(path).values());
  }

  @Override
  public void forEachEntry(EntryVisitor visitor)
      throws MalformedLogException, LogUnavailableException {
    log.forEachEntry(visitor::entry);
  }

  @Override
  public List<LogFault> faults() throws LogUnavailableException {
    return ledger == null ? log.faults() : ledger.faults();
  }

  @Override
  public boolean hasAnswers() {
    return ledger != null && ledger.hasAnswers();
  }

  @Override
  public void forEachAnswer(AnswerVisitor visitor)
      throws MalformedLogException, LogUnavailableException {
    if (ledger != null) {
      ledger.forEachAnswer(visitor::answer);
    }
  }

  @Override
  public KeptEvidence evidence() {
    return ledger == null ? KeptEvidence.NONE : ledger.evidence();
  }

  @Override
  public Optional<byte[]> plan(Digest digest)
      throws MalformedLogException, LogUnavailableException {
    return journal == null ? Optional.empty() : journal.plan(digest);
  }

  @Override
  public void close() throws LogUnavailableException {
    if (ledger != null) {
      ledger.close();
    }
    if (journal != null) {
      journal.close();
    }
  }
}
