package dev.retort.witness;

import dev.retort.tlog.ExportedLog;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the owner of a log knows of other logs as their witness, read from where its log lies, changing nothing. */
public final class WitnessedLogs {

  /** A witness's store in a home. */
  public static final String FILE = "witness.db";

  private WitnessedLogs() {}

  /**
   * The newest checkpoint of each, as its log signed it, by the log's origin; none where there is no store.
   *
   * @param path the home of a node or coordinator, a log's file in it, or an export
   */
  public static SortedMap<String, String> of(Path path) throws LogUnavailableException {
    Path home = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    if (home == null) {
      return new TreeMap<>();
    }
    Path store = home.resolve(FILE);
    if (Files.isRegularFile(store)) {
      return inStore(store);
    }
    if (!ExportedLog.isExport(home)) {
      return new TreeMap<>();
    }
    try (ExportedLog export = ExportedLog.open(home, file -> true)) {
      return export.witnessed();
    }
  }

  private static SortedMap<String, String> inStore(Path store) throws LogUnavailableException {
    SortedMap<String, String> notes = new TreeMap<>();
    try (Connection connection = LogFile.connectToRead(store);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT origin, note FROM log")) {
      while (rows.next()) {
        notes.put(String.valueOf(rows.getString(1)), String.valueOf(rows.getString(2)));
      }
    } catch (SQLException e) {
      throw new LogUnavailableException(
          "witness store must be readable: " + store + ": " + e.getMessage(), e);
    }
    return notes;
  }
}
