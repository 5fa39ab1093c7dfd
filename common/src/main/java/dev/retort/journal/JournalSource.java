package dev.retort.journal;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.ExportedLog;
import dev.retort.tlog.LogExport;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogRecord;
import dev.retort.tlog.LogSource;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.RecordCodec;
import dev.retort.tlog.WitnessPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A coordinator's journal as an audit reads it: the file that it lives in, or an export. Not thread-safe. */
public final class JournalSource implements AutoCloseable {

  /** The name of a journal's file in a coordinator's home. */
  public static final String FILE = "journal.db";

  private static final String PLANS = "plans";
  private static final long MAX_PLAN_BYTES = 1 << 20;

  private final LogSource log;
  private final Plans plans;

  private interface Plans {
    Optional<byte[]> plan(Digest digest) throws MalformedLogException, LogUnavailableException;
  }

  private JournalSource(LogSource log, Plans plans) {
    this.log = log;
    this.plans = plans;
  }

  /** Whether there is a journal in a directory: a coordinator's home, or an export. */
  public static boolean isIn(Path path) throws LogUnavailableException {
    if (Files.exists(path.resolve(FILE)) || path.endsWith(FILE)) {
      return true;
    }
    if (!Files.isDirectory(path) || !ExportedLog.isExport(path)) {
      return false;
    }
    try (ExportedLog export = ExportedLog.open(path, file -> true)) {
      return export.kind().equals(Optional.of(ExportedLog.Kind.COORDINATOR));
    }
  }

  /**
   * Opens a journal to read, changing nothing.
   *
   * @param path a coordinator's home, its {@code journal.db}, or an export
   */
  public static JournalSource open(Path path)
      throws MalformedLogException, LogUnavailableException {
    Path file = Files.isRegularFile(path) ? path : path.resolve(FILE);
    if (Files.exists(file)) {
      LogFile log = LogFile.openToRead(file);
      return new JournalSource(log, digest -> plan(log, digest));
    }
    ExportedLog export = ExportedLog.open(path, JournalSource::isPlan);
    return new JournalSource(export, digest -> plan(path, digest));
  }

  /**
   * Every entry of a journal, in order. Signatures and roots are not looked at.
   *
   * @param path as of {@link #open}
   * @throws MalformedLogException if an entry cannot be read
   */
  public static List<LogRecord<JournalEntry>> entries(Path path)
      throws MalformedLogException, LogUnavailableException {
    RecordCodec<JournalEntry> codec = new RecordCodec<>(new JournalFormat());
    List<LogRecord<JournalEntry>> records = new ArrayList<>();
    List<MalformedLogException> failures = new ArrayList<>();
    try (JournalSource journal = open(path)) {
      journal.log.forEachEntry((seq, envelope) -> {
        try {
          records.add(codec.decode(Envelope.parse(envelope).payload()));
        } catch (MalformedLogException e) {
          failures.add(e);
        }
      });
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
    return records;
  }

  /** An entry as its canonical JSON. */
  public static String canonicalJson(LogRecord<JournalEntry> logRecord) {
    return new String(
        new RecordCodec<>(new JournalFormat()).encode(logRecord), StandardCharsets.UTF_8);
  }

  /**
   * Exports a journal. The directory is there as a whole, or not at all.
   *
   * @param journal a coordinator's home or its {@code journal.db}
   * @param target a directory that is empty or does not exist
   * @param policy lists the journal's key and every witness whose cosignature it holds; null for
   *     what the journal itself knows of them
   * @param witnessed the newest checkpoints of ledgers that the coordinator accepted as a witness, by their origins
   * @return the count of entries
   * @throws LogUnavailableException if there is no such file, or {@code target} is not empty or cannot be written
   */
  public static long export(
      Path journal,
      Path target,
      @Nullable WitnessPolicy policy,
      SortedMap<String, String> witnessed)
      throws MalformedLogException, LogUnavailableException {
    Path file = Files.isRegularFile(journal) ? journal : journal.resolve(FILE);
    if (!Files.exists(file)) {
      throw new LogUnavailableException("journal must be a coordinator's home or its " + FILE + ": "
          + journal + "; an export is copied as it is");
    }
    try (LogFile log = LogFile.openToRead(file)) {
      return LogExport.write(
          log, ExportedLog.Kind.COORDINATOR, target, policy, witnessed, directory -> {
            Path to = Files.createDirectory(directory.resolve(PLANS));
            for (Map.Entry<String, byte[]> plan : plans(log).entrySet()) {
              Files.write(to.resolve(plan.getKey() + ".json"), plan.getValue());
            }
          });
    }
  }

  /** The log of entries. */
  public LogSource log() {
    return log;
  }

  /** The canonical JSON of a plan, if it lies beside the log. */
  public Optional<byte[]> plan(Digest digest)
      throws MalformedLogException, LogUnavailableException {
    return plans.plan(digest);
  }

  @Override
  public void close() throws LogUnavailableException {
    log.close();
  }

  private static Optional<byte[]> plan(LogFile file, Digest digest)
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

  private static Map<String, byte[]> plans(LogFile file)
      throws MalformedLogException, LogUnavailableException {
    return file.read(connection -> {
      Map<String, byte[]> plans = new TreeMap<>();
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT digest, json FROM plan")) {
        while (rows.next()) {
          plans.put(rows.getString(1), rows.getBytes(2));
        }
      }
      return plans;
    });
  }

  private static Optional<byte[]> plan(Path directory, Digest digest)
      throws LogUnavailableException {
    Path file = directory.resolve(PLANS).resolve(digest.hex() + ".json");
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
              && Files.size(file) <= MAX_PLAN_BYTES
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (IOException e) {
      throw new LogUnavailableException("plan must be readable: " + file, e);
    }
  }

  private static boolean isPlan(String file) {
    return file.matches(PLANS + "/[0-9a-f]{64}\\.json");
  }
}
