package dev.retort.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Diabetes at 130 hospitals: whether a patient is admitted again within 30 days. All encounters of a patient stay together;
 * of the patients, in an order that the seed decides, 70 % are private, 15 % public and 15 % score the student.
 */
final class DiabetesTable {

  static final List<String> CLASSES = List.of("later", "within30");

  private static final String PATIENT = "patient_nbr";
  private static final Set<String> DROPPED = Set.of("encounter_id", "weight", "readmitted");
  private static final Set<String> COUNTS =
      Set.of("number_outpatient", "number_emergency", "number_inpatient");
  private static final Set<String> CODES =
      Set.of("admission_type_id", "discharge_disposition_id", "admission_source_id");
  private static final Set<String> DIAGNOSES = Set.of("diag_1", "diag_2", "diag_3");

  private DiabetesTable() {}

  /**
   * The table.
   *
   * @param lines the lines of {@code diabetic_data.csv}, its header first
   */
  static BenchTable of(List<String> lines, long seed) {
    List<String> columns = Arrays.asList(lines.get(0).split(",", -1));
    int readmitted = columns.indexOf("readmitted");
    int patient = columns.indexOf(PATIENT);
    List<String> header = new ArrayList<>(columns);
    header.removeAll(DROPPED);
    header.add("label");
    Map<String, List<List<String>>> encounters = new HashMap<>();
    List<String> patients = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      List<String> row = new ArrayList<>();
      for (int i = 0; i < cells.length; i++) {
        if (!DROPPED.contains(columns.get(i))) {
          row.add(cell(columns.get(i), cells[i]));
        }
      }
      row.add(CLASSES.get(cells[readmitted].equals("<30") ? 1 : 0));
      encounters
          .computeIfAbsent(cells[patient], first -> {
            patients.add(first);
            return new ArrayList<>();
          })
          .add(row);
    }
    List<String> order = BenchTable.shuffled(patients, seed);
    int privatePatients = order.size() * 70 / 100;
    int publicPatients = order.size() * 85 / 100;
    List<List<String>> open = rows(encounters, order.subList(privatePatients, publicPatients));
    int publicRows = open.size();
    open.addAll(rows(encounters, order.subList(publicPatients, order.size())));
    return new BenchTable(
        header, rows(encounters, order.subList(0, privatePatients)), open, publicRows);
  }

  private static List<List<String>> rows(
      Map<String, List<List<String>>> encounters, List<String> patients) {
    List<List<String>> rows = new ArrayList<>();
    patients.forEach(patient -> rows.addAll(encounters.getOrDefault(patient, List.of())));
    return rows;
  }

  private static String cell(String column, String cell) {
    if (COUNTS.contains(column)) {
      return TableCells.logarithm(cell);
    }
    if (CODES.contains(column)) {
      return TableCells.word(cell);
    }
    if (DIAGNOSES.contains(column)) {
      return diagnosis(cell);
    }
    if (column.equals("age")) {
      // [70-80)
      return cell.substring(1, cell.indexOf('-'));
    }
    return cell;
  }

  /** The group of an ICD-9 code (Strack and others 2014, table 2). */
  static String diagnosis(String code) {
    if (TableCells.isMissing(code)) {
      return "";
    }
    if (TableCells.number(code).isEmpty()) {
      return "other";
    }
    double value = Double.parseDouble(code);
    int chapter = (int) value;
    if (chapter == 250) {
      return "diabetes";
    }
    if ((chapter >= 390 && chapter <= 459) || chapter == 785) {
      return "circulatory";
    }
    if ((chapter >= 460 && chapter <= 519) || chapter == 786) {
      return "respiratory";
    }
    if ((chapter >= 520 && chapter <= 579) || chapter == 787) {
      return "digestive";
    }
    if (chapter >= 800 && chapter <= 999) {
      return "injury";
    }
    if (chapter >= 710 && chapter <= 739) {
      return "musculoskeletal";
    }
    if ((chapter >= 580 && chapter <= 629) || chapter == 788) {
      return "genitourinary";
    }
    return chapter >= 140 && chapter <= 239 ? "neoplasms" : "other";
  }
}
