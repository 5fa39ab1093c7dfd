package dev.retort.node.teacher;

import dev.retort.merkle.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a site's exact answers to one study lie: a table a round, bound to what the round asked. Safe for use by several
 * threads; which rounds are open is known to this object alone, and lost with it.
 */
public final class AnswerFiles {

  private static final String NAME = "answers";
  private static final String ASKED = "asked-";

  private final Path directory;
  private final Digest plan;
  private final Digest records;
  private final Map<Integer, AnswerTableFile> open = new ConcurrentHashMap<>();

  /**
   * Files of which none is open.
   *
   * @param directory of this study alone; made where absent
   * @param plan the digest of the study plan
   * @param records the commitment to the site's records
   */
  public AnswerFiles(Path directory, Digest plan, Digest records) {
    this.directory = directory;
    this.plan = plan;
    this.records = records;
  }

  /** The commitment to the site's records. */
  public Digest records() {
    return records;
  }

  /** Opens the first round of a plan that leaves nothing open. */
  public AnswerTableFile open() {
    return open(0, new AnswerTableFile(directory.resolve(NAME), plan, records));
  }

  /**
   * Opens a round that asks what {@code input} says. A table that was made for another input is not read as its own.
   *
   * @param input the bytes that the coordinator sent
   */
  public AnswerTableFile open(int round, byte[] input) {
    String bound = "retort/round-answers/1\n" + plan.hex() + "\n" + round + "\n"
        + Digest.of(input).hex() + "\n";
    return open(
        round,
        new AnswerTableFile(
            directory.resolve(NAME + "-" + round),
            Digest.of(bound.getBytes(StandardCharsets.UTF_8)),
            records));
  }

  /**
   * Whether {@code input} is what {@link #remember} was told last of a round, also by an earlier run, or of an earlier study of
   * the same plan.
   */
  public boolean isRemembered(int round, byte[] input) throws IOException {
    Path file = directory.resolve(ASKED + round);
    return Files.exists(file)
        && Files.readString(file, StandardCharsets.US_ASCII)
            .equals(Digest.of(input).hex());
  }

  /** Writes down what a round asks, before anything of it is released; it outlives the study. */
  public void remember(int round, byte[] input) throws IOException {
    OwnerFile.write(
        directory.resolve(ASKED + round),
        ByteBuffer.wrap(Digest.of(input).hex().getBytes(StandardCharsets.US_ASCII)));
  }

  private AnswerTableFile open(int round, AnswerTableFile file) {
    open.put(round, file);
    return file;
  }

  /** The table of a round that is open. */
  public Optional<AnswerTableFile> of(int round) {
    return Optional.ofNullable(open.get(round));
  }

  /** Answers to all samples, of which rounds select. */
  public AnswerTableFile all() {
    return new AnswerTableFile(directory.resolve(NAME + "-all"), plan, records);
  }

  /** Removes every table, of rounds that are open and of those that are not. */
  public void delete() throws IOException {
    open.clear();
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, NAME + "*")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The directory. */
  public Path directory() {
    return directory;
  }
}
