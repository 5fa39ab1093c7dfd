package dev.retort.journal;

import dev.retort.merkle.Digest;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;

/** Reads what lies beside a journal's entries in its file. */
public final class JournalReader {

  private JournalReader() {}

  /** The canonical JSON of a plan, if the file holds it. */
  public static Optional<byte[]> plan(LogFile file, Digest digest)
      throws MalformedLogException, LogUnavailableException {
    return file.read(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement("SELECT json FROM plan WHERE digest = ?")) {
        select.setString(1, digest.hex());
        try (ResultSet rows = select.executeQuery()) {
          return rows.next() ? Optional.ofNullable(rows.getBytes(1)) : Optional.empty();
        }
      }
    });
  }
}
