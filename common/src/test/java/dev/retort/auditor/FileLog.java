package dev.retort.auditor;

import dev.retort.journal.JournalReader;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.MalformedLabelBlockException;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Optional;

/** A log as it lies in its owner's file. */
record FileLog(Path file, Kind kind) implements AuditedLog {

  @Override
  public String source() {
    return file.toString();
  }

  @Override
  public String key() {
    try (LogFile log = LogFile.openToRead(file)) {
      return log.logKey().orElse("");
    } catch (MalformedLogException | LogUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String checkpoint() throws MalformedLogException, LogUnavailableException {
    try (LogFile log = LogFile.openToRead(file)) {
      return log.checkpoint().orElse("");
    }
  }

  @Override
  public List<String> cosigned() throws MalformedLogException, LogUnavailableException {
    try (LogFile log = LogFile.openToRead(file)) {
      return log.cosigned();
    }
  }

  @Override
  public void forEachEntry(EntryVisitor visitor)
      throws MalformedLogException, LogUnavailableException {
    try (LogFile log = LogFile.openToRead(file)) {
      log.forEachEntry(visitor::entry);
    }
  }

  @Override
  public boolean hasAnswers() {
    return kind == Kind.NODE;
  }

  @Override
  public Optional<LabelBlock> answer(long charge)
      throws MalformedLogException, LogUnavailableException {
    try (LogFile log = LogFile.openToRead(file)) {
      return log.read(connection -> {
        try (PreparedStatement select = connection.prepareStatement(
            "SELECT first_sample, count, classes, packed FROM answer WHERE charge = ?")) {
          select.setLong(1, charge);
          try (ResultSet row = select.executeQuery()) {
            return row.next()
                ? Optional.of(LabelBlockCodec.decode(
                    row.getLong(1), row.getInt(2), row.getInt(3), row.getBytes(4)))
                : Optional.empty();
          } catch (MalformedLabelBlockException e) {
            return Optional.empty();
          }
        }
      });
    }
  }

  @Override
  public Optional<byte[]> plan(Digest digest)
      throws MalformedLogException, LogUnavailableException {
    try (LogFile log = LogFile.openToRead(file)) {
      return JournalReader.plan(log, digest);
    }
  }
}
