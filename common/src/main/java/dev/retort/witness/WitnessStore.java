package dev.retort.witness;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedRotation;
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
      "CREATE TABLE IF NOT EXISTS rotation (origin TEXT NOT NULL REFERENCES log (origin), seq INTEGER NOT NULL,"
          + " old_key TEXT NOT NULL, envelope BLOB NOT NULL, PRIMARY KEY (origin, seq)) WITHOUT ROWID",
      "CREATE TRIGGER IF NOT EXISTS rotation_update BEFORE UPDATE ON rotation"
          + " BEGIN SELECT RAISE(ABORT, 'append only'); END",
      "CREATE TRIGGER IF NOT EXISTS rotation_delete BEFORE DELETE ON rotation"
          + " BEGIN SELECT RAISE(ABORT, 'append only'); END",
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
   * @param keys the key that was pinned for the log when it was first seen, and those that replaced it
   * @param checkpoint the tree
   * @param note the checkpoint as the log signed it
   * @param rotations the entries that replaced keys, in the log's order; their ways to a root are not kept
   */
  public record KnownLog(
      KeyHistory keys, Checkpoint checkpoint, String note, List<SignedRotation> rotations) {
    public KnownLog {
      rotations = List.copyOf(rotations);
    }

    /** The key that signs the log's newest tree. */
    public VerifierKey key() {
      return keys.current();
    }
  }

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
   * The newest tree of the log that a key signs or once signed, if one is known.
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

  /** The tree of this size that was accepted of the log with this key, now or once, if there was one. */
  public Optional<Checkpoint> accepted(VerifierKey key, long size) throws LogUnavailableException {
    return read(rows -> {
      Optional<KnownLog> log = rows.newest(key.name());
      Optional<Digest> root = log.isPresent() && log.get().keys().includes(key)
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

    /** The log that a public key signs or once signed, whatever its name, if one is known. */
    Optional<KnownLog> signedBy(VerifierKey key) throws SQLException, MalformedLogException {
      String publicKey = publicKey(key);
      List<KnownLog> found = logs(
          "WHERE public_key = ? OR origin IN (SELECT origin FROM rotation WHERE old_key = ?)",
          publicKey,
          publicKey);
      return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }

    Optional<Digest> acceptedRoot(String origin, long size) throws SQLException {
      return accepted("root", origin, size).map(Digest::new);
    }

    Optional<String> acceptedNote(String origin, long size) throws SQLException {
      return accepted("note", origin, size);
    }

    /**
     * Makes a tree the newest of its log, and keeps that it was accepted.
     *
     * @param key the key that signs it
     * @param rotations those that led to this key since the tree before
     */
    void accept(VerifierKey key, Checkpoint tree, String note, List<SignedRotation> rotations)
        throws SQLException {
      try (PreparedStatement put = connection.prepareStatement(
          "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
              + " vkey = excluded.vkey, public_key = excluded.public_key, size = excluded.size,"
              + " root = excluded.root, note = excluded.note")) {
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
      for (SignedRotation one : rotations) {
        keep(key, one);
      }
    }

    private void keep(VerifierKey log, SignedRotation rotation) throws SQLException {
      try (PreparedStatement put =
          connection.prepareStatement("INSERT INTO rotation VALUES (?, ?, ?, ?)")) {
        put.setString(1, log.name());
        put.setLong(2, rotation.seq());
        put.setString(3, publicKey(rotation.rotation().from()));
        put.setBytes(4, rotation.envelope().encode());
        put.executeUpdate();
      }
    }

    private List<SignedRotation> rotations(String origin)
        throws SQLException, MalformedLogException {
      List<SignedRotation> rotations = new ArrayList<>();
      try (PreparedStatement select = connection.prepareStatement(
          "SELECT envelope FROM rotation WHERE origin = ? ORDER BY seq")) {
        select.setString(1, origin);
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            byte[] envelope = row.getBytes(1);
            rotations.add(SignedRotation.of(
                Envelope.parse(envelope == null ? new byte[0] : envelope), List.of()));
          }
        }
      }
      return rotations;
    }

    private static KeyHistory history(VerifierKey newest, List<SignedRotation> rotations)
        throws MalformedLogException {
      KeyHistory keys = KeyHistory.of(
          rotations.isEmpty() ? newest : rotations.get(0).rotation().from());
      try {
        for (SignedRotation one : rotations) {
          keys = keys.with(one.seq(), one.rotation());
        }
      } catch (IllegalArgumentException e) {
        throw new MalformedLogException("rotations must follow each other: " + e.getMessage(), e);
      }
      return keys;
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
            List<SignedRotation> rotations = rotations(row.getString(1));
            logs.add(new KnownLog(
                history(VerifierKey.parse(row.getString(2)), rotations),
                new Checkpoint(row.getString(1), row.getLong(3), new Digest(row.getString(4))),
                row.getString(5),
                rotations));
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
