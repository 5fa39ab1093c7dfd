package dev.retort.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A table as {@code retort simulate} reads it.
 *
 * @param header the columns
 * @param train private rows
 * @param open rows that are public, and after them rows that score the student
 * @param publicRows how many of {@code open} are public
 */
record BenchTable(
    List<String> header, List<List<String>> train, List<List<String>> open, int publicRows) {

  BenchTable {
    header = List.copyOf(header);
    train = List.copyOf(train);
    open = List.copyOf(open);
    for (List<List<String>> part : List.of(train, open)) {
      for (List<String> row : part) {
        if (row.size() != header.size()) {
          throw new IllegalArgumentException(
              "rows must have " + header.size() + " cells: " + row.size());
        }
      }
    }
    if (publicRows < 1 || publicRows >= open.size()) {
      throw new IllegalArgumentException(
          "publicRows must be in [1, " + open.size() + "): " + publicRows);
    }
  }

  /** How many rows score the student. */
  int testRows() {
    return open.size() - publicRows;
  }

  /** Writes {@code train.csv} and {@code test.csv} into {@code directory}, which is made if need be. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("train.csv"), csv(train));
    Files.writeString(directory.resolve("test.csv"), csv(open));
  }

  /** A list in random order, the same one for the same seed. */
  static <T> List<T> shuffled(List<T> items, long seed) {
    List<T> copy = new ArrayList<>(items);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = copy.size() - 1; i > 0; i--) {
      Collections.swap(copy, i, random.nextInt(i + 1));
    }
    return copy;
  }

  private String csv(List<List<String>> rows) {
    StringBuilder text = new StringBuilder(String.join(",", header)).append('\n');
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        text.append(i == 0 ? "" : ",").append(quoted(row.get(i)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String quoted(String cell) {
    return cell.indexOf(',') < 0 && cell.indexOf('"') < 0
        ? cell
        : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
