package dev.retort.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * UCI Heart Disease at four hospitals. Of each hospital's patients, in an order that the seed decides, half are private, a
 * quarter public and a quarter score the student.
 */
final class HeartTable {

  static final List<String> CLASSES = List.of("healthy", "disease");
  static final List<String> HOSPITALS = List.of("cleveland", "hungarian", "switzerland", "va");

  private static final List<String> COLUMNS = List.of(
      "age",
      "sex",
      "cp",
      "trestbps",
      "chol",
      "fbs",
      "restecg",
      "thalach",
      "exang",
      "oldpeak",
      "slope",
      "ca",
      "thal",
      "hospital",
      "label");

  private HeartTable() {}

  /**
   * The table.
   *
   * @param lines the lines of each hospital's file, by its name
   */
  static BenchTable of(Map<String, List<String>> lines, long seed) {
    List<List<String>> train = new ArrayList<>();
    List<List<String>> open = new ArrayList<>();
    List<List<String>> test = new ArrayList<>();
    new TreeMap<>(lines).forEach((hospital, own) -> {
      List<List<String>> rows = BenchTable.shuffled(
          own.stream()
              .filter(line -> !line.isBlank())
              .map(line -> row(line, hospital))
              .toList(),
          seed);
      int half = rows.size() / 2;
      int quarter = half + (rows.size() - half) / 2;
      train.addAll(rows.subList(0, half));
      open.addAll(rows.subList(half, quarter));
      test.addAll(rows.subList(quarter, rows.size()));
    });
    List<List<String>> mixed = new ArrayList<>(BenchTable.shuffled(open, seed));
    int publicRows = mixed.size();
    mixed.addAll(test);
    return new BenchTable(COLUMNS, train, mixed, publicRows);
  }

  /** One patient: codes as words, pressure and cholesterol of 0 as missing, any narrowing as disease. */
  private static List<String> row(String line, String hospital) {
    String[] cells = line.split(",", -1);
    List<String> row = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      String cell = cells[i].strip();
      row.add(
          switch (COLUMNS.get(i)) {
            case "sex", "cp", "fbs", "restecg", "exang", "slope", "thal" -> TableCells.word(cell);
            case "trestbps", "chol" -> TableCells.positive(cell);
            default -> TableCells.isMissing(cell) ? "" : cell;
          });
    }
    row.add(hospital);
    row.add(CLASSES.get(Double.parseDouble(cells[13].strip()) > 0 ? 1 : 0));
    return row;
  }
}
