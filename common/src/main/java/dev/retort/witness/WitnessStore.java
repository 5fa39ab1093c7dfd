package dev.retort.witness;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;

/**
 * What a witness remembers, in one SQLite file: the key and the newest checkpoint of each log, every tree that it
 * accepted, and evidence of forks. What a method has written is on disk when it returns. Safe for use by several threads
 * and, since every change is one transaction that takes the write lock first, by several processes.
 */
public final class WitnessStore implements AutoCloseable {

  /** Evidence kept of one log: a log that forks without end must not fill the witness's disk. */
  static final int MOST_EVIDENCE = 100;

  private static final List<String> SCHEMA = List.of(
      "CREATE TABLE IF NOT EXISTS log (origin TEXT PRIMARY KEY, vkey TEXT NOT NULL UNIQUE,"
          + " public_key TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, root TEXT NOT NULL, note TEXT NOT NULL)",
      "CREATE TABLE IF NOT EXISTS accepted (origin TEXT NOT NULL REFERENCES log (origin), size INTEGER NOT NULL,"
          + " root TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (origin, size)) WITHOUT ROWID",
      "CREATE TABLE IF NOT EXISTS fork (origin TEXT NOT NULL REFERENCES log (origin), kind TEXT NOT NULL,"
          + " known TEXT NOT NULL, shown TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (origin, known, shown))",
      "CREATE TRIGGER IF NOT EXISTS accepted_update BEFORE UPDATE ON accepted"
          + " BEGIN SELECT RAISE(ABORT, 'append only'); END",
      "CREATE TRIGGER IF NOT EXISTS accepted_delete BEFORE DELETE ON accepted"
          + " BEGIN SELECT RAISE(ABORT, 'append only'); END");

  private static final int BUSY_MILLIS = 10_000;

  private final Path file;
  private final Connection connection;

  private WitnessStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * The newest tree that is known of a log.
   *
   * @param key the key that is pinned for the log
   * @param checkpoint the tree
   * @param note the checkpoint as the log signed it
   */
  public record KnownLog(VerifierKey key, Checkpoint checkpoint, String note) {}

  /** Statements that belong to one transaction; others wait until it is over. */
  interface Step<T> {
    T run(Rows rows) throws SQLException, MalformedLogException;
  }

  /**
   * Opens the store, made if need be.
   *
   * @param file its directory must exist
   * @throws LogUnavailableException if it cannot be read or written, or is none
   */
  public static WitnessStore open(Path file) throws LogUnavailableException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(BUSY_MILLIS);
    // Check and write are one: nobody may come in between.
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    try {
      WitnessStore store = new WitnessStore(file, config.createConnection("jdbc:sqlite:" + file));
      try (Statement statement = store.connection.createStatement()) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
      } catch (SQLException e) {
        store.connection.close();
        throw e;
      }
      return store;
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /** The newest tree that is known of a log, if any is. */
  public Optional<KnownLog> newest(String origin) throws LogUnavailableException {
    return read(rows -> rows.newest(origin));
  }

  /**
   * The newest tree of the log that a key signs, if one is known.
   *
   * @param publicKey the raw Ed25519 key, 32 bytes
   */
  public Optional<KnownLog> logOf(byte[] publicKey) throws LogUnavailableException {
    return read(rows -> rows.signedBy(VerifierKey.ofLog("log", publicKey)));
  }

  /** Every log that is known, by origin. */
  public List<KnownLog> logs() throws LogUnavailableException {
    return read(Rows::logs);
  }

  /** The tree of this size that was accepted of the log with this key, if there was one. */
  public Optional<Checkpoint> accepted(VerifierKey key, long size) throws LogUnavailableException {
    return read(rows -> {
      Optional<KnownLog> log = rows.newest(key.name());
      Optional<Digest> root = log.isPresent() && log.get().key().equals(key)
          ? rows.acceptedRoot(key.name(), size)
          : Optional.empty();
      return root.map(found -> new Checkpoint(key.name(), size, found));
    });
  }

  /** Evidence of forks, oldest first. */
  public List<ForkEvidence> evidence() throws LogUnavailableException {
    return read(Rows::evidence);
  }

  @Override
  public synchronized void close() throws LogUnavailableException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  private synchronized <T> T read(Step<T> step) throws LogUnavailableException {
    try {
      return step.run(new Rows(connection));
    } catch (SQLException | MalformedLogException e) {
      throw failure(file, e);
    }
  }

  /** Runs a step as one transaction: on disk when this returns, or nothing changed. */
  synchronized <T> T write(Step<T> step) throws LogUnavailableException {
    try {
      connection.setAutoCommit(false);
      try {
        T result = step.run(new Rows(connection));
        connection.commit();
        return result;
      } catch (SQLException | MalformedLogException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException | MalformedLogException e) {
      throw failure(file, e);
    }
  }

  private static LogUnavailableException failure(Path file, Exception e) {
    return new LogUnavailableException(
        "witness store must be readable and writable: " + file + ": " + e.getMessage(), e);
  }

  /** The tables, within a transaction. */
  static final class Rows {

    private final Connection connection;

    private Rows(Connection connection) {
      this.connection = connection;
    }

    Optional<KnownLog> newest(String origin) throws SQLException, MalformedLogException {
      List<KnownLog> found = logs("WHERE origin = ?", origin);
      return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }

    List<KnownLog> logs() throws SQLException, MalformedLogException {
      return logs("ORDER BY origin");
    }

    /** The log that a public key signs, whatever its name, if one is known. */
    Optional<KnownLog> signedBy(VerifierKey key) throws SQLException, MalformedLogException {
      List<KnownLog> found = logs("WHERE public_key = ?", publicKey(key));
      return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }

    Optional<Digest> acceptedRoot(String origin, long size) throws SQLException {
      return accepted("root", origin, size).map(Digest::new);
    }

    Optional<String> acceptedNote(String origin, long size) throws SQLException {
      return accepted("note", origin, size);
    }

    /** Makes a tree the newest of its log, and keeps that it was accepted. */
    void accept(VerifierKey key, Checkpoint tree, String note) throws SQLException {
      try (PreparedStatement put = connection.prepareStatement(
          "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
              + " size = excluded.size, root = excluded.root, note = excluded.note")) {
        put.setString(1, key.name());
        put.setString(2, key.toString());
        put.setString(3, publicKey(key));
        put.setLong(4, tree.size());
        put.setString(5, tree.root().hex());
        put.setString(6, note);
        put.executeUpdate();
      }
      try (PreparedStatement put =
          connection.prepareStatement("INSERT OR IGNORE INTO accepted VALUES (?, ?, ?, ?)")) {
        put.setString(1, key.name());
        put.setLong(2, tree.size());
        put.setString(3, tree.root().hex());
        put.setString(4, note);
        put.executeUpdate();
      }
    }

    /** The type and key bytes of a verification key, without its name. */
    private static String publicKey(VerifierKey key) {
      String text = key.toString();
      return text.substring(text.indexOf('+', text.indexOf('+') + 1) + 1);
    }

    /** Keeps two notes that do not fit together, once, and at most so many of one log. */
    void keep(ForkEvidence fork) throws SQLException {
      try (PreparedStatement put =
          connection.prepareStatement("INSERT OR IGNORE INTO fork SELECT ?, ?, ?, ?, ?"
              + " WHERE (SELECT count(*) FROM fork WHERE origin = ?) < ?")) {
        put.setString(1, fork.origin());
        put.setString(2, fork.kind().name());
        put.setString(3, fork.known());
        put.setString(4, fork.shown());
        put.setLong(5, fork.seen().getEpochSecond());
        put.setString(6, fork.origin());
        put.setInt(7, MOST_EVIDENCE);
        put.executeUpdate();
      }
    }

    List<ForkEvidence> evidence() throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(
              "SELECT origin, kind, known, shown, seen FROM fork ORDER BY rowid")) {
        List<ForkEvidence> forks = new ArrayList<>();
        while (row.next()) {
          forks.add(new ForkEvidence(
              row.getString(1),
              ForkEvidence.Kind.valueOf(row.getString(2)),
              row.getString(3),
              row.getString(4),
              Instant.ofEpochSecond(row.getLong(5))));
        }
        return List.copyOf(forks);
      }
    }

    private List<KnownLog> logs(String which, String... values)
        throws SQLException, MalformedLogException {
      try (PreparedStatement select =
          connection.prepareStatement("SELECT origin, vkey, size, root, note FROM log " + which)) {
        for (int i = 0; i < values.length; i++) {
          select.setString(i + 1, values[i]);
        }
        List<KnownLog> logs = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            logs.add(new KnownLog(
                VerifierKey.parse(row.getString(2)),
                new Checkpoint(row.getString(1), row.getLong(3), new Digest(row.getString(4))),
                row.getString(5)));
          }
        }
        return List.copyOf(logs);
      }
    }

    private Optional<String> accepted(String column, String origin, long size) throws SQLException {
      try (PreparedStatement select = connection.prepareStatement(
          "SELECT " + column + " FROM accepted WHERE origin = ? AND size = ?")) {
        select.setString(1, origin);
        select.setLong(2, size);
        try (ResultSet row = select.executeQuery()) {
          return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
      }
    }
  }
}
