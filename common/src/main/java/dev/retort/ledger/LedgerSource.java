package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.tlog.ExportedLog;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogSource;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node's ledger as an audit reads it: the file that it lives in, or an export. Not thread-safe.
 */
public interface LedgerSource extends AutoCloseable {

  /** The name of a ledger's file in a node's home. */
  String FILE = "ledger.db";

  /** Receives a stored answer; the block is null where it is missing or malformed. */
  interface AnswerVisitor {
    void answer(long charge, @Nullable LabelBlock block);
  }

  /**
   * Opens a ledger to read, changing nothing.
   *
   * @param path a node's home, its {@code ledger.db}, or an export
   * @throws MalformedLogException if a file is no SQLite file
   * @throws LogUnavailableException if there is none of the three, or it cannot be read
   */
  static LedgerSource open(Path path) throws MalformedLogException, LogUnavailableException {
    if (Files.isRegularFile(path)) {
      return LedgerFile.openToRead(path);
    }
    Path file = path.resolve(FILE);
    if (Files.exists(file)) {
      return LedgerFile.openToRead(file);
    }
    if (ExportedLog.isExport(path)) {
      return ExportedLedger.open(path);
    }
    throw new LogUnavailableException(
        "ledger must be a node's home, a ledger.db or an export: " + path);
  }

  /** The log of entries. */
  LogSource log();

  /** Whether answers lie beside the entries; an export may leave them out. */
  boolean hasAnswers();

  /** Shows every stored answer, by ascending charge. */
  void forEachAnswer(AnswerVisitor visitor) throws MalformedLogException, LogUnavailableException;

  /** The messages that show that refusals in secure sums were right. */
  KeptEvidence evidence();

  /** What is wrong with the source's own form; complete once all entries were read. */
  List<LogFault> faults() throws LogUnavailableException;

  @Override
  void close() throws LogUnavailableException;
}
