package dev.retort.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Where a row's records come from. */
enum BenchDataset {
  ADULT("adult") {
    @Override
    BenchTable table(Path raw, long seed) throws IOException {
      return AdultTable.of(lines(raw.resolve("adult.data")), lines(raw.resolve("adult.test")));
    }
  },
  HEART("heart-disease-4-hospitals") {
    @Override
    BenchTable table(Path raw, long seed) throws IOException {
      Map<String, List<String>> lines = new TreeMap<>();
      for (String hospital : HeartTable.HOSPITALS) {
        lines.put(hospital, lines(raw.resolve("processed." + hospital + ".data")));
      }
      return HeartTable.of(lines, seed);
    }
  },
  DIABETES130("diabetes130") {
    @Override
    BenchTable table(Path raw, long seed) throws IOException {
      return DiabetesTable.of(lines(raw.resolve("diabetic_data.csv")), seed);
    }
  },
  MNIST("mnist"),
  FASHION_MNIST("fashion-mnist");

  private static final int PUBLIC_IMAGES = 9000;
  private static final int TEST_IMAGES = 1000;

  private final String folder;

  BenchDataset(String folder) {
    this.folder = folder;
  }

  /**
   * What {@code retort simulate} is given.
   *
   * @param directory its {@code --data}
   * @param publicCount its {@code --public}
   * @param testCount its {@code --test}
   */
  record Ready(Path directory, int publicCount, int testCount) {}

  /**
   * Makes the data of one seed: a table is written anew below {@code work}, images are read where they lie.
   *
   * @param data the directory of all raw data sets, one folder each
   */
  Ready prepare(Path data, Path work, long seed) throws IOException {
    Path raw = data.resolve(folder);
    if (this == MNIST || this == FASHION_MNIST) {
      return new Ready(raw, PUBLIC_IMAGES, TEST_IMAGES);
    }
    BenchTable table = table(raw, seed);
    table.write(work);
    return new Ready(work, table.publicRows(), table.testRows());
  }

  BenchTable table(Path raw, long seed) throws IOException {
    throw new IllegalStateException("dataset must be a table: " + this);
  }

  /** The lines of a file, plain or .gz. */
  private static List<String> lines(Path file) throws IOException {
    Path zipped = file.resolveSibling(file.getFileName() + ".gz");
    boolean plain = Files.exists(file);
    try (InputStream in = Files.newInputStream(plain ? file : zipped);
        BufferedReader reader = new BufferedReader(
            new InputStreamReader(plain ? in : new GZIPInputStream(in), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
