package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a log into a directory that an auditor can verify with nothing else: entries and hashes as C2SP tlog-tiles, the
 * newest checkpoint, what witnesses cosigned, and by which keys all of it is checked. {@link ExportedLog} reads it.
 */
public final class LogExport {

  private LogExport() {}

  /** Writes files beside the log's own. */
  public interface Beside {
    void write(Path directory) throws IOException, MalformedLogException, LogUnavailableException;
  }

  /**
   * Exports a log. The directory is there as a whole, or not at all.
   *
   * @param log open to read, so that all of the export is of one moment
   * @param target a directory that is empty or does not exist
   * @param policy lists the log's key and every witness whose cosignature the log holds; null for
   *     {@link LogSource#policy the log's own}, or else its key alone
   * @param witnessed the newest checkpoints of other logs that this one's owner accepted as a witness, by their origins
   * @return the count of entries
   * @throws MalformedLogException if the entries are not those of the checkpoint, or a witness's key is not in the policy
   * @throws LogUnavailableException if {@code target} is not empty, or cannot be written
   */
  public static long write(
      LogSource log,
      ExportedLog.Kind kind,
      Path target,
      @Nullable WitnessPolicy policy,
      SortedMap<String, String> witnessed,
      Beside beside)
      throws MalformedLogException, LogUnavailableException {
    requireEmpty(target);
    Path directory = null;
    try {
      Path parent = target.toAbsolutePath().normalize().getParent();
      if (parent == null) {
        throw new LogUnavailableException("export must be a directory of its own: " + target);
      }
      Files.createDirectories(parent);
      directory = Files.createTempDirectory(parent, ".retort-export-");
      long size = writeInto(directory, log, kind, policy);
      Path notes = Files.createDirectory(directory.resolve(ExportedLog.WITNESSED));
      for (Map.Entry<String, String> one : witnessed.entrySet()) {
        put(notes.resolve(FileNames.encode(one.getKey())), one.getValue());
      }
      beside.write(directory);
      Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
      directory = null;
      return size;
    } catch (IOException e) {
      throw new LogUnavailableException(
          "export must be writable: " + target + ": " + e.getMessage(), e);
    } finally {
      if (directory != null) {
        delete(directory);
      }
    }
  }

  private static long writeInto(
      Path directory, LogSource log, ExportedLog.Kind kind, @Nullable WitnessPolicy policy)
      throws IOException, MalformedLogException, LogUnavailableException {
    VerifierKey key = VerifierKey.parse(log.logKey().orElse(""));
    WitnessPolicy keys =
        policy == null ? log.policy().orElseGet(() -> WitnessPolicy.ofLog(key)) : policy;
    if (keys.logs().stream().noneMatch(each -> each.key().equals(key))) {
      throw new MalformedLogException("policy must list the log's key: add the line: log " + key);
    }
    SignedNote note = SignedNote.parse(log.checkpoint().orElse(""));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    requireFurtherKeys(keys, log);
    Files.createDirectory(directory.resolve(ExportedLog.COSIGNED));
    for (Map.Entry<String, String> one : log.cosignedByWitness().entrySet()) {
      SignedNote cosigned = SignedNote.parse(one.getValue());
      requireKnown(keys, one.getKey(), cosigned);
      put(
          directory.resolve(ExportedLog.COSIGNED).resolve(FileNames.encode(one.getKey())),
          one.getValue());
      if (cosigned.text().equals(note.text())) {
        for (SignedNote.SignatureLine line : cosigned.signatures()) {
          note = note.with(line);
        }
      }
    }
    Digest root = Tiles.write(directory, checkpoint.size(), log, entries -> forEach(log, entries));
    if (!root.equals(checkpoint.root())) {
      throw new MalformedLogException("log must be sound to be exported, with the root "
          + checkpoint.root() + ": " + root + "; verify it");
    }
    put(directory.resolve(ExportedLog.CHECKPOINT), note.encode());
    put(directory.resolve(ExportedLog.POLICY), keys.encode());
    Files.write(
        directory.resolve(ExportedLog.HEADER),
        new ExportedLog.Header(kind, key.name(), key, checkpoint.size()).encode());
    return checkpoint.size();
  }

  // Else their lines under the checkpoint would be by keys that nobody knows.
  private static void requireFurtherKeys(WitnessPolicy policy, LogSource log)
      throws MalformedLogException, LogUnavailableException {
    List<VerifierKey> own = log.policy().stream()
        .flatMap(known -> known.logs().stream())
        .map(WitnessPolicy.Log::key)
        .toList();
    for (VerifierKey one : own) {
      if (policy.logs().stream().noneMatch(each -> each.key().equals(one))) {
        throw new MalformedLogException(
            "policy must list the log's further key: add the line: log " + one);
      }
    }
  }

  private static void requireKnown(WitnessPolicy policy, String witness, SignedNote note)
      throws MalformedLogException {
    if (!policy.cosigners(note).contains(witness)) {
      throw new MalformedLogException("policy must hold the key of the witness " + witness
          + ", which cosigned this log: add the line: witness " + witness + " VKEY");
    }
  }

  // Visitors throw nothing that is checked; what goes wrong on the way is thrown at the end.
  private static void forEach(LogSource log, Tiles.Entries entries)
      throws MalformedLogException, LogUnavailableException {
    List<LogUnavailableException> failure = new java.util.ArrayList<>();
    log.forEachEntry((seq, envelope) -> {
      try {
        if (failure.isEmpty()) {
          entries.entry(envelope);
        }
      } catch (LogUnavailableException e) {
        failure.add(e);
      }
    });
    if (!failure.isEmpty()) {
      throw failure.get(0);
    }
  }

  private static void put(Path file, String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void requireEmpty(Path target) throws LogUnavailableException {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> files = Files.list(target)) {
      if (files.findAny().isPresent()) {
        throw new LogUnavailableException(
            "export directory must be empty or not exist: " + target + "; name another one");
      }
    } catch (IOException e) {
      throw new LogUnavailableException("export directory must be a directory: " + target, e);
    }
  }

  private static void delete(Path root) throws LogUnavailableException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new LogUnavailableException("unfinished export must be deletable: " + root, e);
    }
  }
}
