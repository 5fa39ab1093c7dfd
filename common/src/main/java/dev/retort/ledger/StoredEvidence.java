package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Evidence in a table of the ledger's file, which is laid out with the first of it: most ledgers never have any. */
final class StoredEvidence implements KeptEvidence {

  private static final List<String> SCHEMA = List.of(
      "CREATE TABLE IF NOT EXISTS evidence (digest TEXT PRIMARY KEY, message BLOB NOT NULL)",
      "CREATE TRIGGER IF NOT EXISTS evidence_update BEFORE UPDATE ON evidence"
          + " BEGIN SELECT RAISE(ABORT, 'append only'); END",
      "CREATE TRIGGER IF NOT EXISTS evidence_delete BEFORE DELETE ON evidence"
          + " BEGIN SELECT RAISE(ABORT, 'append only'); END");

  private final LogFile log;

  StoredEvidence(LogFile log) {
    this.log = log;
  }

  /** Writes messages that are not there yet. */
  static LogFile.Writes storing(List<byte[]> messages) {
    return connection -> {
      try (Statement statement = connection.createStatement()) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
      }
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT OR IGNORE INTO evidence VALUES (?, ?)")) {
        for (byte[] message : messages) {
          insert.setString(1, Digest.of(message).hex());
          insert.setBytes(2, message);
          insert.executeUpdate();
        }
      }
    };
  }

  @Override
  public boolean isGiven() {
    return true;
  }

  @Override
  public List<String> names() throws MalformedLogException, LogUnavailableException {
    return hasTable() ? texts("SELECT digest FROM evidence ORDER BY digest") : List.of();
  }

  @Override
  public Optional<byte[]> message(Digest digest)
      throws MalformedLogException, LogUnavailableException {
    if (!hasTable()) {
      return Optional.empty();
    }
    return log.read(connection -> {
      try (PreparedStatement select = connection.prepareStatement(
          "SELECT message FROM evidence WHERE digest = ? AND length(message) <= ?")) {
        select.setString(1, digest.hex());
        select.setInt(2, SumRefuse.MAX_EVIDENCE_BYTES);
        try (ResultSet rows = select.executeQuery()) {
          return rows.next() ? Optional.ofNullable(rows.getBytes(1)) : Optional.empty();
        }
      }
    });
  }

  private boolean hasTable() throws MalformedLogException, LogUnavailableException {
    return !texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'evidence'")
        .isEmpty();
  }

  private List<String> texts(String sql) throws MalformedLogException, LogUnavailableException {
    return log.read(connection -> {
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
}
