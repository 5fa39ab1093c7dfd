package dev.retort.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Vote histograms from a command line or a file. They are private. */
final class VoteHistograms {

  private VoteHistograms() {}

  /** The histograms of a CSV file without a header: whole numbers, one histogram a line; blank lines are passed over. */
  static List<List<Long>> read(Path file) throws IOException, CommandFailedException {
    List<List<Long>> all = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (!line.isBlank()) {
        all.add(parse(file.getFileName() + " line " + number, line));
      }
    }
    if (all.isEmpty()) {
      throw new CommandFailedException(
          "--votes must name a file with at least one histogram: " + file);
    }
    return of(String.valueOf(file.getFileName()), all);
  }

  /**
   * The histograms, checked: each has the same classes, at least two, and no negative count.
   *
   * @param source what to call them in messages
   */
  static List<List<Long>> of(String source, List<List<Long>> all) throws CommandFailedException {
    int classes = all.get(0).size();
    for (List<Long> counts : all) {
      if (counts.size() < 2 || counts.size() != classes) {
        throw new CommandFailedException(
            source + " must have at least two classes, and everywhere as many: " + counts.size());
      }
      for (long count : counts) {
        if (count < 0) {
          throw new CommandFailedException(source + " must hold no negative count: " + count);
        }
      }
    }
    return all;
  }

  private static List<Long> parse(String where, String line) throws CommandFailedException {
    List<Long> counts = new ArrayList<>();
    for (String cell : line.split(",", -1)) {
      try {
        counts.add(Long.parseLong(cell.trim()));
      } catch (NumberFormatException e) {
        throw new CommandFailedException(
            where + " must be whole numbers with commas between: " + cell.trim());
      }
    }
    return counts;
  }
}
