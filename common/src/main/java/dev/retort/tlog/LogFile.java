package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * The one SQLite file a log lives in: envelopes by sequence number, the hashes of full subtrees, the newest checkpoint, the
 * newest cosigned ones, and the log's key. Each append is one transaction, on disk when it returns. Not thread-safe.
 *
 * <p>Write-ahead logging with full synchronisation costs one fsync an append, and lets an auditor read while the owner
 * writes. While the owner runs, and after a crash, {@code FILE-wal} beside the file belongs to it.
 */
public final class LogFile implements LogSource {

  /** No limit that a disk would not set first: 2^30 pages of 4 KiB. */
  public static final int MAX_PAGES = 1 << 30;

  private static final List<String> SCHEMA = List.of(
      "CREATE TABLE log (id INTEGER PRIMARY KEY CHECK (id = 1), key TEXT NOT NULL, checkpoint TEXT NOT NULL)",
      "CREATE TABLE entry (seq INTEGER PRIMARY KEY, envelope BLOB NOT NULL)",
      "CREATE TABLE hash (position INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
      "CREATE TABLE cosigned (witness TEXT PRIMARY KEY, key TEXT NOT NULL, note TEXT NOT NULL)",
      "CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append only'); END",
      "CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'append only'); END",
      "CREATE TRIGGER hash_update BEFORE UPDATE ON hash BEGIN SELECT RAISE(ABORT, 'append only'); END",
      "CREATE TRIGGER hash_delete BEFORE DELETE ON hash BEGIN SELECT RAISE(ABORT, 'append only'); END");

  private final Path file;
  private final Connection connection;
  private final @Nullable LogLock lock;
  private boolean broken;

  private LogFile(Path file, Connection connection, @Nullable LogLock lock) {
    this.file = file;
    this.connection = connection;
    this.lock = lock;
  }

  /** Receives a row; each value as found, however wrong. */
  public interface EntryVisitor {
    void entry(long seq, byte[] envelope);
  }

  /** Statements that belong to one transaction. */
  public interface Writes {
    void run(Connection connection) throws SQLException;
  }

  /** A query of a table beside the log's own. */
  public interface Reads<T> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Opens for appending, alone: the lock is held until {@link #close}, or the process ends.
   *
   * @param maxPages the file's largest size in pages of 4 KiB
   */
  public static LogFile openToAppend(Path file, int maxPages)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    LogLock lock = LogLock.acquire(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setMaxPageCount(maxPages);
    try {
      return new LogFile(file, config.createConnection("jdbc:sqlite:" + file), lock);
    } catch (SQLException e) {
      lock.close();
      throw failure(file, e);
    }
  }

  /** Opens for reading, changing nothing; a writer may be at work. */
  public static LogFile openToRead(Path file)
      throws MalformedLogException, LogUnavailableException {
    if (!Files.isRegularFile(file)) {
      throw new LogUnavailableException("log must be an existing file: " + file);
    }
    try {
      Connection connection = connectToRead(file);
      connection.setAutoCommit(false);
      return new LogFile(file, connection, null);
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /** Connects to an SQLite file, changing nothing; a writer may be at work. */
  public static Connection connectToRead(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    // Without a write-ahead log nobody is writing, and SQLite need not place files beside a copy on
    // read-only media.
    boolean hasLog = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
    return config.createConnection("jdbc:sqlite:"
        + (hasLog ? file.toString() : "file:" + file.toUri().getRawPath() + "?immutable=1"));
  }

  /** Whether nothing was ever laid out here. */
  public boolean isEmpty() throws MalformedLogException, LogUnavailableException {
    return read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
        return rows.getLong(1) == 0;
      }
    });
  }

  /**
   * Lays out an empty file.
   *
   * @param logKey the key of the log's first entry, in C2SP form
   * @param more tables beside the log's own
   */
  public void create(String logKey, String checkpoint, List<String> more)
      throws LogUnavailableException {
    inTransaction(connection -> {
      try (Statement statement = connection.createStatement()) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
        for (String sql : more) {
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
   * Appends an entry and the checkpoint over it, and what belongs to it: all on disk, or nothing changed.
   *
   * @param hashes what {@link MerkleLog#append} returned for the envelope
   * @param more writes to tables beside the log's own
   */
  public void append(long seq, byte[] envelope, List<Digest> hashes, String checkpoint, Writes more)
      throws LogUnavailableException {
    inTransaction(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO entry VALUES (?, ?)")) {
        insert.setLong(1, seq);
        insert.setBytes(2, envelope);
        insert.executeUpdate();
      }
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO hash VALUES (?, ?)")) {
        long position = StoredHashes.count(seq);
        for (Digest hash : hashes) {
          insert.setLong(1, position++);
          insert.setBytes(2, hash.bytes());
          insert.executeUpdate();
        }
      }
      more.run(connection);
      try (PreparedStatement update =
          connection.prepareStatement("UPDATE log SET checkpoint = ?")) {
        update.setString(1, checkpoint);
        update.executeUpdate();
      }
    });
  }

  /** Keeps a further key with which the owner signs checkpoints, for whoever checks them; once, and for ever. */
  public void putFurtherKey(VerifierKey key) throws LogUnavailableException {
    inTransaction(connection -> {
      try (Statement statement = connection.createStatement()) {
        // Not among the tables of every log: those from before have none.
        statement.execute("CREATE TABLE IF NOT EXISTS further_key (key TEXT PRIMARY KEY)");
      }
      try (PreparedStatement put =
          connection.prepareStatement("INSERT OR IGNORE INTO further_key VALUES (?)")) {
        put.setString(1, key.toString());
        put.executeUpdate();
      }
    });
  }

  /**
   * Keeps the newest checkpoint that a witness cosigned.
   *
   * @param witness the key of its cosignatures, under whose name the note is kept
   */
  public void putCosigned(VerifierKey witness, String note) throws LogUnavailableException {
    inTransaction(connection -> {
      try (PreparedStatement put =
          connection.prepareStatement("INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?)")) {
        put.setString(1, witness.name());
        put.setString(2, witness.toString());
        put.setString(3, note);
        put.executeUpdate();
      }
    });
  }

  @Override
  public SortedMap<String, String> cosignedByWitness()
      throws MalformedLogException, LogUnavailableException {
    return read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT witness, note FROM cosigned")) {
        SortedMap<String, String> notes = new TreeMap<>();
        while (rows.next()) {
          String witness = rows.getString(1);
          String note = rows.getString(2);
          notes.put(witness == null ? "" : witness, note == null ? "" : note);
        }
        return notes;
      }
    });
  }

  /** Its own keys, and those of the witnesses that cosigned it; of these it asks for none. */
  @Override
  public Optional<WitnessPolicy> policy() throws MalformedLogException, LogUnavailableException {
    List<VerifierKey> witnesses = keys("SELECT key FROM cosigned ORDER BY witness");
    List<VerifierKey> further =
        texts("SELECT name FROM sqlite_schema WHERE name = 'further_key'").isEmpty()
            ? List.of()
            : keys("SELECT key FROM further_key ORDER BY rowid");
    if (witnesses.isEmpty() && further.isEmpty()) {
      return Optional.empty();
    }
    List<VerifierKey> own = new ArrayList<>();
    own.add(VerifierKey.parse(logKey().orElse("")));
    own.addAll(further);
    return Optional.of(WitnessPolicy.of(own, witnesses, 0));
  }

  private List<VerifierKey> keys(String sql) throws MalformedLogException, LogUnavailableException {
    List<VerifierKey> keys = new ArrayList<>();
    for (String text : texts(sql)) {
      keys.add(VerifierKey.parse(text));
    }
    return keys;
  }

  private List<String> texts(String sql) throws MalformedLogException, LogUnavailableException {
    return read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        List<String> found = new ArrayList<>();
        while (rows.next()) {
          found.add(String.valueOf(rows.getString(1)));
        }
        return found;
      }
    });
  }

  /** None that reading would not throw. */
  @Override
  public List<LogFault> faults() {
    return List.of();
  }

  /** The key of the log's first entry. */
  @Override
  public Optional<String> logKey() throws MalformedLogException, LogUnavailableException {
    return logColumn("key");
  }

  /** The newest checkpoint, as the log signed it. */
  @Override
  public Optional<String> checkpoint() throws MalformedLogException, LogUnavailableException {
    return logColumn("checkpoint");
  }

  /** Shows every entry in order. */
  @Override
  public void forEachEntry(EntryVisitor visitor)
      throws MalformedLogException, LogUnavailableException {
    read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT seq, envelope FROM entry ORDER BY seq")) {
        while (rows.next()) {
          byte[] envelope = rows.getBytes(2);
          visitor.entry(rows.getLong(1), envelope == null ? new byte[0] : envelope);
        }
      }
      return true;
    });
  }

  /** One entry's envelope. */
  @Override
  public Optional<byte[]> entry(long seq) throws MalformedLogException, LogUnavailableException {
    return blob("SELECT envelope FROM entry WHERE seq = ?", seq);
  }

  @Override
  public Digest hash(int level, long n) throws LogUnavailableException {
    try {
      byte[] hash = blob(
              "SELECT hash FROM hash WHERE position = ?", StoredHashes.position(level, n))
          .orElse(new byte[0]);
      if (hash.length != Digest.BYTES) {
        throw new LogUnavailableException(
            "log must hold the hash of subtree " + n + " of level " + level + ": " + file);
      }
      return Digest.ofBytes(hash);
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("log must be readable: " + file, e);
    }
  }

  /** Reads a table beside the log's own. */
  public <T> T read(Reads<T> reads) throws MalformedLogException, LogUnavailableException {
    try {
      return reads.run(connection);
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  @Override
  public void close() throws LogUnavailableException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new LogUnavailableException("log must close: " + file, e);
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private void inTransaction(Writes writes) throws LogUnavailableException {
    if (broken) {
      throw new LogUnavailableException(
          "log must be opened again: an earlier write to " + file + " could not be taken back");
    }
    try {
      connection.setAutoCommit(false);
      try {
        writes.run(connection);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      broken = !isIdle();
      throw new LogUnavailableException(
          "log must be writable: " + file + ": " + e.getMessage()
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

  private Optional<byte[]> blob(String sql, long key)
      throws MalformedLogException, LogUnavailableException {
    return read(connection -> {
      try (PreparedStatement select = connection.prepareStatement(sql)) {
        select.setLong(1, key);
        try (ResultSet rows = select.executeQuery()) {
          return rows.next() ? Optional.ofNullable(rows.getBytes(1)) : Optional.empty();
        }
      }
    });
  }

  private Optional<String> logColumn(String column)
      throws MalformedLogException, LogUnavailableException {
    return read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT " + column + " FROM log WHERE id = 1")) {
        return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
      }
    });
  }

  // Throws the first for what the file holds, returns the second for what the world did.
  private static LogUnavailableException failure(Path file, SQLException e)
      throws MalformedLogException {
    int code = e.getErrorCode() & 0xff;
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
        || code == SQLiteErrorCode.SQLITE_NOTADB.code
        || code == SQLiteErrorCode.SQLITE_ERROR.code
        || code == SQLiteErrorCode.SQLITE_MISMATCH.code) {
      throw new MalformedLogException(
          "log must be a sound SQLite file: " + file + ": " + e.getMessage(), e);
    }
    return new LogUnavailableException("log must be readable: " + file + ": " + e.getMessage(), e);
  }
}
