package dev.retort.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchTableTest {

  @TempDir
  private Path directory;

  @Test
  void adult_rawLines_areStrippedAndSplitOfficially() {
    String rest = ", Private, 7, HS-grad, 9, Divorced, Sales, Husband, White, Male, 99, 0, 40, ?, ";
    BenchTable table = AdultTable.of(
        List.of("39" + rest + "<=50K", ""),
        List.of("|1x3 Cross validator", "25" + rest + "<=50K.", "26" + rest + ">50K.", ""));
    assertThat(table.train()).hasSize(1);
    assertThat(table.train().get(0)).contains("HS-grad", "4.6052", "0.0000").endsWith("?", "<=50K");
    assertThat(table.publicRows()).isEqualTo(1);
    assertThat(table.testRows()).isEqualTo(1);
    assertThat(table.open().get(1)).startsWith("26").endsWith(">50K");
  }

  @Test
  void heart_fourHospitals_splitsEachInHalfAndQuarters() {
    Map<String, List<String>> lines = Map.of(
        "cleveland", patients(8, "3.0,0,?"),
        "va", patients(4, ",,"));
    BenchTable table = HeartTable.of(lines, 1);
    assertThat(table.train()).hasSize(6);
    assertThat(table.publicRows()).isEqualTo(3);
    assertThat(table.testRows()).isEqualTo(3);
    assertThat(table.train()).filteredOn(row -> row.contains("va")).hasSize(2);
    List<String> row = table.train().get(0);
    Map<String, String> cells = IntStream.range(0, row.size())
        .boxed()
        .collect(Collectors.toMap(table.header()::get, row::get));
    assertThat(cells)
        .containsEntry("sex", "v1")
        .containsEntry("trestbps", "145")
        .containsEntry("chol", "")
        .containsEntry("oldpeak", "2.3")
        .containsEntry("slope", "v3")
        .containsEntry("ca", "0")
        .containsEntry("thal", "")
        .containsEntry("hospital", "cleveland")
        .containsEntry("label", "disease");
    assertThat(HeartTable.of(lines, 1)).isEqualTo(table);
    assertThat(HeartTable.of(lines, 2)).isNotEqualTo(table);
  }

  @Test
  void diabetes_encountersOfAPatient_stayTogether() {
    List<String> lines = new ArrayList<>(
        List.of(
            "encounter_id,patient_nbr,age,weight,admission_type_id,number_inpatient,diag_1,readmitted"));
    for (int i = 0; i < 60; i++) {
      lines.add(i + "," + i / 3 + ",[70-80),?,6,2,250.83," + (i % 2 == 0 ? "<30" : ">30"));
    }
    BenchTable table = DiabetesTable.of(lines, 1);
    assertThat(table.header())
        .containsExactly(
            "patient_nbr", "age", "admission_type_id", "number_inpatient", "diag_1", "label");
    assertThat(table.train().get(0).subList(1, 5))
        .containsExactly("70", "v6", "1.0986", "diabetes");
    assertThat(table.train()).hasSize(42);
    assertThat(table.publicRows()).isEqualTo(9);
    assertThat(table.testRows()).isEqualTo(9);
    assertThat(table.train()).filteredOn(row -> row.contains("within30")).hasSize(21);
    Set<String> open = patients(table.open());
    assertThat(patients(table.train())).doesNotContainAnyElementsOf(open);
    assertThat(patients(table.open().subList(0, 9)))
        .doesNotContainAnyElementsOf(patients(table.open().subList(9, 18)));
  }

  @Test
  void diagnosis_codes_fallIntoTheirGroups() {
    assertThat(
            List.of("250.01", "428", "785", "486", "574", "996", "715", "599", "197", "V57", "38"))
        .map(DiabetesTable::diagnosis)
        .containsExactly(
            "diabetes",
            "circulatory",
            "circulatory",
            "respiratory",
            "digestive",
            "injury",
            "musculoskeletal",
            "genitourinary",
            "neoplasms",
            "other",
            "other");
    assertThat(DiabetesTable.diagnosis("?")).isEmpty();
  }

  @Test
  void write_cellsWithCommas_areQuoted() throws Exception {
    List<List<String>> rows = List.of(List.of("a,b", "say \"x\""), List.of("c", "d"));
    new BenchTable(List.of("x", "label"), rows, rows, 1).write(directory.resolve("new"));
    assertThat(Files.readString(directory.resolve("new/train.csv")))
        .isEqualTo("x,label\n\"a,b\",\"say \"\"x\"\"\"\nc,d\n");
    assertThat(directory.resolve("new/test.csv")).exists();
  }

  @Test
  void benchTable_raggedOrWithoutTest_isRefused() {
    List<List<String>> rows = List.of(List.of("a"), List.of("b"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BenchTable(List.of("x", "y"), rows, rows, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BenchTable(List.of("x"), rows, rows, 2));
  }

  @Test
  void seedSpread_threeFigures_hasSampleDeviation() {
    assertThat(SeedSpread.of(1, 2, 3)).isEqualTo(new SeedSpread(2, 1, 3));
    assertThat(SeedSpread.of(1, 2, 3).text()).isEqualTo("2.00 +- 1.00");
    assertThat(SeedSpread.of(83.705).text()).startsWith("83.7").doesNotContain("+-");
  }

  @Test
  void rows_names_areDistinct() {
    assertThat(BenchRows.all()).map(BenchRow::name).doesNotHaveDuplicates();
  }

  private static List<String> patients(int count, String last) {
    return IntStream.range(0, count)
        .mapToObj(i -> "63,1.0,1,145,0,0,2,150,0,2.3," + last + ",2")
        .toList();
  }

  private static Set<String> patients(List<List<String>> rows) {
    return new HashSet<>(rows.stream().map(row -> row.get(0)).toList());
  }
}
