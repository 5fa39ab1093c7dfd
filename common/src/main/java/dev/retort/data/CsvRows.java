package dev.retort.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The cells of a public CSV file, all in memory, for {@link TableSchema#infer}.
 *
 * @param header the names of the columns
 * @param rows the rows, each as long as the header
 */
public record CsvRows(List<String> header, List<List<String>> rows) {

  public CsvRows {
    header = List.copyOf(header);
    rows = List.copyOf(rows);
  }

  /**
   * Reads the first rows of a CSV file (RFC 4180, UTF-8, plain or gzipped) with a header.
   *
   * @param limit how many rows to read at most
   */
  public static CsvRows read(Path file, int limit) throws IOException, MalformedTableException {
    try (CsvSource source = CsvSource.open(file)) {
      List<List<String>> rows = new ArrayList<>();
      while (rows.size() < limit && source.advance()) {
        rows.add(source.cells());
      }
      return new CsvRows(source.header(), rows);
    }
  }
}
