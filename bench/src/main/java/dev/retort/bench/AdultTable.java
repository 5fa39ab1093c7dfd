package dev.retort.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * UCI Adult: whether somebody earns more than 50,000 dollars a year, in the official split. Of the official test split the
 * first half is public and the second scores the student.
 */
final class AdultTable {

  static final List<String> CLASSES = List.of("<=50K", ">50K");

  private static final List<String> COLUMNS = List.of(
      "age",
      "workclass",
      "fnlwgt",
      "education",
      "education-num",
      "marital-status",
      "occupation",
      "relationship",
      "race",
      "sex",
      "capital-gain",
      "capital-loss",
      "hours-per-week",
      "native-country",
      "label");

  private AdultTable() {}

  /**
   * The table.
   *
   * @param train the lines of {@code adult.data}
   * @param test the lines of {@code adult.test}, whose first is a remark and whose labels end in a full stop
   */
  static BenchTable of(List<String> train, List<String> test) {
    List<List<String>> open = rows(test);
    return new BenchTable(COLUMNS, rows(train), open, open.size() / 2);
  }

  private static List<List<String>> rows(List<String> lines) {
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("|")) {
        continue;
      }
      List<String> cells =
          new ArrayList<>(Arrays.stream(line.split(",", -1)).map(String::strip).toList());
      int last = cells.size() - 1;
      String label = cells.get(last);
      cells.set(last, label.endsWith(".") ? label.substring(0, label.length() - 1) : label);
      for (String column : List.of("capital-gain", "capital-loss")) {
        int at = COLUMNS.indexOf(column);
        cells.set(at, TableCells.logarithm(cells.get(at)));
      }
      rows.add(cells);
    }
    return rows;
  }
}
