package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Evidence in an export: {@code evidence/} with a file a message, named by its digest. */
final class ExportedEvidence implements KeptEvidence {

  private static final String EVIDENCE = "evidence";

  private final Path directory;

  /** What lies in an export. */
  ExportedEvidence(Path export) {
    this.directory = export.resolve(EVIDENCE);
  }

  /** Writes all of a ledger's evidence; no directory if there is none. */
  static void write(KeptEvidence evidence, Path export)
      throws IOException, MalformedLogException, LogUnavailableException {
    List<String> names = evidence.names();
    if (names.isEmpty()) {
      return;
    }
    Path directory = Files.createDirectory(export.resolve(EVIDENCE));
    for (String name : names) {
      Optional<byte[]> message =
          Digest.isValid(name) ? evidence.message(new Digest(name)) : Optional.empty();
      if (message.isEmpty() || !Digest.of(message.get()).hex().equals(name)) {
        throw new MalformedLogException("evidence must be sound to be exported; verify the ledger");
      }
      Files.write(directory.resolve(name), message.get());
    }
  }

  /** Whether a file below the export can be a message. */
  static boolean isEvidence(String file) {
    return file.startsWith(EVIDENCE + "/") && Digest.isValid(file.substring(EVIDENCE.length() + 1));
  }

  @Override
  public boolean isGiven() {
    return Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public List<String> names() throws LogUnavailableException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      // Other names are a fault of the export's, as are files elsewhere.
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(Digest::isValid)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new LogUnavailableException("evidence must be readable: " + directory, e);
    }
  }

  @Override
  public Optional<byte[]> message(Digest digest) throws LogUnavailableException {
    Path file = directory.resolve(digest.hex());
    try {
      return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
              && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
              && Files.size(file) <= SumRefuse.MAX_EVIDENCE_BYTES
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (IOException e) {
      throw new LogUnavailableException("evidence must be readable: " + file, e);
    }
  }
}
