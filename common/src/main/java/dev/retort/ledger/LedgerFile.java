package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.MalformedLabelBlockException;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A log's file with a table beside it for the answers that were released, by charge, and one for evidence. Not thread-safe. */
final class LedgerFile implements LedgerSource {

  private static final List<String> SCHEMA = List.of(
      "CREATE TABLE answer (charge INTEGER PRIMARY KEY REFERENCES entry (seq), first_sample INTEGER NOT NULL,"
          + " count INTEGER NOT NULL, classes INTEGER NOT NULL, packed BLOB NOT NULL)",
      "CREATE TRIGGER answer_update BEFORE UPDATE ON answer BEGIN SELECT RAISE(ABORT, 'append only'); END",
      "CREATE TRIGGER answer_delete BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT, 'append only'); END");

  private final LogFile log;

  private LedgerFile(LogFile log) {
    this.log = log;
  }

  /** Opens for appending, alone: the lock is held until {@link #close}, or the process ends. */
  static LedgerFile openToAppend(Path file, int maxPages)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    return new LedgerFile(LogFile.openToAppend(file, maxPages));
  }

  /** Opens for reading, changing nothing; a writer may be at work. */
  static LedgerFile openToRead(Path file) throws MalformedLogException, LogUnavailableException {
    return new LedgerFile(LogFile.openToRead(file));
  }

  /** Lays out an empty file. */
  void create(String logKey, String checkpoint) throws LogUnavailableException {
    log.create(logKey, checkpoint, SCHEMA);
  }

  /** Appends an entry, what lies beside it, and the checkpoint over all of it: all on disk, or nothing changed. */
  void append(
      long seq, byte[] envelope, List<Digest> hashes, LogFile.Writes beside, String checkpoint)
      throws LogUnavailableException {
    log.append(seq, envelope, hashes, checkpoint, beside);
  }

  /** Writes the answer of a charge. */
  static LogFile.Writes storing(long charge, LabelBlock answer) {
    return connection -> insertAnswer(connection, charge, answer);
  }

  /** Keeps a further key with which checkpoints are signed. */
  void putFurtherKey(VerifierKey key) throws LogUnavailableException {
    log.putFurtherKey(key);
  }

  /** The log itself. */
  @Override
  public LogFile log() {
    return log;
  }

  @Override
  public boolean hasAnswers() {
    return true;
  }

  @Override
  public KeptEvidence evidence() {
    return new StoredEvidence(log);
  }

  @Override
  public List<LogFault> faults() {
    return log.faults();
  }

  @Override
  public void forEachAnswer(AnswerVisitor visitor)
      throws MalformedLogException, LogUnavailableException {
    log.read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(
              "SELECT charge, first_sample, count, classes, packed FROM answer ORDER BY charge")) {
        while (rows.next()) {
          visitor.answer(rows.getLong(1), block(rows));
        }
      }
      return true;
    });
  }

  /** The stored answer of a charge, if there is one and it is well-formed. */
  Optional<LabelBlock> answer(long charge) throws MalformedLogException, LogUnavailableException {
    return log.read(connection -> {
      try (PreparedStatement select = connection.prepareStatement(
          "SELECT charge, first_sample, count, classes, packed FROM answer WHERE charge = ?")) {
        select.setLong(1, charge);
        try (ResultSet rows = select.executeQuery()) {
          return rows.next() ? Optional.ofNullable(block(rows)) : Optional.empty();
        }
      }
    });
  }

  @Override
  public void close() throws LogUnavailableException {
    log.close();
  }

  private static void insertAnswer(Connection connection, long charge, LabelBlock answer)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO answer VALUES (?, ?, ?, ?, ?)")) {
      insert.setLong(1, charge);
      insert.setLong(2, answer.firstSample());
      insert.setInt(3, answer.count());
      insert.setInt(4, answer.classes());
      insert.setBytes(5, LabelBlockCodec.encode(answer));
      insert.executeUpdate();
    }
  }

  private static @Nullable LabelBlock block(ResultSet row) throws SQLException {
    byte[] packed = row.getBytes(5);
    try {
      return LabelBlockCodec.decode(
          row.getLong(2), row.getInt(3), row.getInt(4), packed == null ? new byte[0] : packed);
    } catch (MalformedLabelBlockException e) {
      return null;
    }
  }
}
