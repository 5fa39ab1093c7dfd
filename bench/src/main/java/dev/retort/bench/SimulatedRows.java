package dev.retort.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs rows of {@link BenchRows} with {@code retort simulate}, each over its seeds. */
public final class SimulatedRows {

  private final Path retort;
  private final Path data;
  private final Path out;

  private SimulatedRows(Path retort, Path data, Path out) {
    this.retort = retort;
    this.data = data;
    this.out = out;
  }

  /**
   * Prints one line a seed and one a row.
   *
   * @param args the {@code retort} program, the directory of raw data sets, a directory for tables, study files and
   *     reports, and names of rows
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 4) {
      System.err.println("usage: tables.sh DATA_DIR OUT_DIR ROW...; rows: " + names());
      System.exit(2);
    }
    SimulatedRows rows = new SimulatedRows(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
    List<BenchRow> asked = new ArrayList<>();
    for (String name : List.of(args).subList(3, args.length)) {
      List<BenchRow> found =
          BenchRows.all().stream().filter(row -> row.name().equals(name)).toList();
      if (found.isEmpty()) {
        System.err.println("ROW must be one of " + names() + ": " + name);
        System.exit(2);
      }
      asked.addAll(found);
    }
    for (BenchRow row : asked) {
      rows.run(row);
    }
  }

  private static String names() {
    return String.join(", ", BenchRows.all().stream().map(BenchRow::name).toList());
  }

  private void run(BenchRow row) throws IOException, InterruptedException {
    Path home = Files.createDirectories(out.resolve(row.name()));
    Path study = home.resolve("study.yaml");
    Files.writeString(study, row.study());
    List<JsonNode> reports = new ArrayList<>();
    for (int seed = 1; seed <= row.seeds(); seed++) {
      BenchDataset.Ready ready = row.dataset().prepare(data, home.resolve("data-" + seed), seed);
      JsonNode report = simulate(row, study, ready, seed, home.resolve("seed-" + seed + ".json"));
      reports.add(report);
      System.out.printf(
          Locale.ROOT,
          "%s seed %d: %s; epsilon %.4f, %d teachers, %d queries, %.0f s%n",
          row.name(),
          seed,
          String.join(", ", figures(List.of(report))),
          report.path("epsilon").asDouble(),
          report.path("teachers").asInt(),
          report.path("queries").asInt(),
          report.path("seconds").path("total").asDouble());
    }
    System.out.printf(
        "%s, mean and deviation of %d seeds: %s%n",
        row.name(), reports.size(), String.join(", ", figures(reports)));
  }

  private JsonNode simulate(
      BenchRow row, Path study, BenchDataset.Ready ready, int seed, Path report)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(
        retort.toString(),
        "simulate",
        study.toString(),
        "--data",
        ready.directory().toString(),
        "--public",
        String.valueOf(ready.publicCount()),
        "--test",
        String.valueOf(ready.testCount()),
        "--seed",
        String.valueOf(seed),
        "--no-sites",
        "--ceiling",
        "--json"));
    command.addAll(row.arguments());
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(report.toFile())
        .start();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("retort simulate must end with status 0: " + status);
    }
    return JsonMapper.shared().readTree(Files.readString(report));
  }

  /** The figures of several reports that have them, in per cent. */
  static List<String> figures(List<JsonNode> reports) {
    List<String> figures = new ArrayList<>();
    for (String[] figure : new String[][] {
      {"student", "studentAccuracy"},
      {"AUC", "studentAuc"},
      {"noise-free vote", "voteAccuracy"},
      {"AUC", "voteAuc"},
      {"pooled", "ceilingAccuracy"},
      {"AUC", "ceilingAuc"}
    }) {
      double[] values = reports.stream()
          .map(report -> report.path(figure[1]))
          .filter(JsonNode::isNumber)
          .mapToDouble(value -> 100 * value.asDouble())
          .toArray();
      if (values.length == reports.size()) {
        figures.add(figure[0] + " " + SeedSpread.of(values).text());
      }
    }
    return figures;
  }
}
