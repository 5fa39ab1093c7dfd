package dev.retort.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directory trees. */
final class Trees {

  private Trees() {}

  /**
   * Makes a directory, or takes one that is empty.
   *
   * @param option what names it on the command line
   * @throws CommandFailedException if anything is in it
   */
  static Path createEmpty(String option, Path path) throws IOException, CommandFailedException {
    Path directory = Files.createDirectories(path.toAbsolutePath());
    try (Stream<Path> entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        throw new CommandFailedException(option + " must be an empty or new directory: " + path);
      }
    }
    return directory;
  }

  /** Deletes {@code root} and everything in it. */
  static void delete(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      paths.sorted(Comparator.reverseOrder()).forEach(path -> {
        try {
          Files.deleteIfExists(path);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
