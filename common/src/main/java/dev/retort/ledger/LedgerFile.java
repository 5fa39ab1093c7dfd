package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.MalformedLabelBlockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * The one SQLite file a ledger lives in: envelopes by sequence number, answers by charge, the newest checkpoint, and the
 * log's key. Each append is one transaction, on disk when it returns. Not thread-safe.
 *
 * <p>Write-ahead logging with full synchronisation costs one fsync an append, and lets an auditor read while the node
 * writes. While the node runs, and after a crash, {@code ledger.db-wal} beside the file belongs to it.
 */
final class LedgerFile implements AutoCloseable {

  /** No limit that a disk would not set first: 2^30 pages of 4 KiB. */
  static final int MAX_PAGES = 1 << 30;

  private static final String[] SCHEMA = {
    "CREATE TABLE log (id INTEGER PRIMARY KEY CHECK (id = 1), key TEXT NOT NULL, checkpoint TEXT NOT NULL)",
    "CREATE TABLE entry (seq INTEGER PRIMARY KEY, envelope BLOB NOT NULL)",
    "CREATE TABLE answer (charge INTEGER PRIMARY KEY REFERENCES entry (seq), first_sample INTEGER NOT NULL,"
        + " count INTEGER NOT NULL, classes INTEGER NOT NULL, packed BLOB NOT NULL)",
    "CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER answer_update BEFORE UPDATE ON answer BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER answer_delete BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT, 'append only'); END",
  };

  private final Path file;
  private final Connection connection;
  private final @Nullable LedgerLock lock;
  private boolean broken;

  private LedgerFile(Path file, Connection connection, @Nullable LedgerLock lock) {
    this.file = file;
    this.connection = connection;
    this.lock = lock;
  }

  /** Receives a row; each value as found, however wrong. */
  interface EntryVisitor {
    void entry(long seq, byte[] envelope);
  }

  /** Receives a row; the block is null where it is malformed. */
  interface AnswerVisitor {
    void answer(long charge, @Nullable LabelBlock block);
  }

  /** Opens for appending, alone: the lock is held until {@link #close}, or the process ends. */
  static LedgerFile openToAppend(Path file, int maxPages)
      throws LedgerInUseException, MalformedLedgerException, LedgerUnavailableException {
    LedgerLock lock = LedgerLock.acquire(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setMaxPageCount(maxPages);
    try {
      return new LedgerFile(file, config.createConnection("jdbc:sqlite:" + file), lock);
    } catch (SQLException e) {
      lock.close();
      throw failure(file, e);
    }
  }

  /** Opens for reading, changing nothing; a writer may be at work. */
  static LedgerFile openToRead(Path file)
      throws MalformedLedgerException, LedgerUnavailableException {
    if (!Files.isRegularFile(file)) {
      throw new LedgerUnavailableException("ledger must be an existing file: " + file);
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    // Without a write-ahead log nobody is writing, and SQLite need not place files beside a copy on
    // read-only media.
    boolean hasLog = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
    String url = "jdbc:sqlite:"
        + (hasLog ? file.toString() : "file:" + file.toUri().getRawPath() + "?immutable=1");
    try {
      Connection connection = config.createConnection(url);
      connection.setAutoCommit(false);
      return new LedgerFile(file, connection, null);
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  boolean isEmpty() throws MalformedLedgerException, LedgerUnavailableException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      return rows.getLong(1) == 0;
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /** Lays out an empty file. */
  void create(String logKey, String checkpoint) throws LedgerUnavailableException {
    inTransaction(() -> {
      try (Statement statement = connection.createStatement()) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
      }
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO log VALUES (1, ?, ?)")) {
        insert.setString(1, logKey);
        insert.setString(2, checkpoint);
        insert.executeUpdate();
      }
    });
  }

  /**
   * Appends an entry, the answer it releases if any, and the checkpoint over all of it: all on disk, or nothing changed.
   */
  void append(
      long seq, byte[] envelope, long charge, @Nullable LabelBlock answer, String checkpoint)
      throws LedgerUnavailableException {
    inTransaction(() -> {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO entry VALUES (?, ?)")) {
        insert.setLong(1, seq);
        insert.setBytes(2, envelope);
        insert.executeUpdate();
      }
      if (answer != null) {
        insertAnswer(charge, answer);
      }
      try (PreparedStatement update =
          connection.prepareStatement("UPDATE log SET checkpoint = ?")) {
        update.setString(1, checkpoint);
        update.executeUpdate();
      }
    });
  }

  Optional<String> logKey() throws MalformedLedgerException, LedgerUnavailableException {
    return logColumn("key");
  }

  Optional<String> checkpoint() throws MalformedLedgerException, LedgerUnavailableException {
    return logColumn("checkpoint");
  }

  void forEachEntry(EntryVisitor visitor)
      throws MalformedLedgerException, LedgerUnavailableException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT seq, envelope FROM entry ORDER BY seq")) {
      while (rows.next()) {
        byte[] envelope = rows.getBytes(2);
        visitor.entry(rows.getLong(1), envelope == null ? new byte[0] : envelope);
      }
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  void forEachAnswer(AnswerVisitor visitor)
      throws MalformedLedgerException, LedgerUnavailableException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(
            "SELECT charge, first_sample, count, classes, packed FROM answer ORDER BY charge")) {
      while (rows.next()) {
        visitor.answer(rows.getLong(1), block(rows));
      }
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /** The stored answer of a charge, if there is one and it is well-formed. */
  Optional<LabelBlock> answer(long charge) throws LedgerUnavailableException {
    try (PreparedStatement select = connection.prepareStatement(
        "SELECT charge, first_sample, count, classes, packed FROM answer WHERE charge = ?")) {
      select.setLong(1, charge);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.ofNullable(block(rows)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw new LedgerUnavailableException(
          "ledger must be readable: " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws LedgerUnavailableException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new LedgerUnavailableException("ledger must close: " + file, e);
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private interface Writes {
    void run() throws SQLException;
  }

  private void inTransaction(Writes writes) throws LedgerUnavailableException {
    if (broken) {
      throw new LedgerUnavailableException(
          "ledger must be opened again: an earlier write to " + file + " could not be taken back");
    }
    try {
      connection.setAutoCommit(false);
      try {
        writes.run();
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      broken = !isIdle();
      throw new LedgerUnavailableException(
          "ledger must be writable: " + file + ": " + e.getMessage()
              + "; nothing was charged or released; free disk space or repair the file system, then try again",
          e);
    }
  }

  private boolean isIdle() {
    try {
      return connection.getAutoCommit();
    } catch (SQLException e) {
      return false;
    }
  }

  private void insertAnswer(long charge, LabelBlock answer) throws SQLException {
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

  private Optional<String> logColumn(String column)
      throws MalformedLedgerException, LedgerUnavailableException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + column + " FROM log WHERE id = 1")) {
      return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
    } catch (SQLException e) {
      throw failure(file, e);
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

  // Throws the first for what the file holds, returns the second for what the world did.
  private static LedgerUnavailableException failure(Path file, SQLException e)
      throws MalformedLedgerException {
    int code = e.getErrorCode() & 0xff;
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
        || code == SQLiteErrorCode.SQLITE_NOTADB.code
        || code == SQLiteErrorCode.SQLITE_ERROR.code
        || code == SQLiteErrorCode.SQLITE_MISMATCH.code) {
      throw new MalformedLedgerException(
          "ledger must be a sound SQLite file: " + file + ": " + e.getMessage(), e);
    }
    return new LedgerUnavailableException(
        "ledger must be readable: " + file + ": " + e.getMessage(), e);
  }
}
