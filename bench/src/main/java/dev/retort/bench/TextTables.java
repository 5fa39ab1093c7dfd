package dev.retort.bench;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.retort.text.TextEncoder;
import dev.retort.text.TextEncoding;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Writes a text data set as what {@code retort simulate} reads: train.csv, test.csv (public rows first, then test rows),
 * schema.yaml and study.yaml, and the count of test rows in a file {@code tests}. Arguments: the directory of data sets,
 * {@code 20newsgroups}, {@code cuad} or {@code mts-dialog}, with {@code /10} behind it if only one private row in ten has a
 * label, the directory to write, and encoders with commas between. What MiniLM makes of a text is written as numbers, since many
 * studies run over one table.
 */
final class TextTables {

  private static final Pattern QUOTE =
      Pattern.compile("writes in|writes:|wrote:|says:|said:|^In article|^Quoted from|^\\||^>");
  private static final Set<String> NO_CLAUSES =
      Set.of("Document Name", "Parties", "Agreement Date", "Effective Date");
  private static final int LEAST_CLAUSE = 40;
  private static final int PUBLIC_POSTS = 6000;
  private static final long DEAL = 1;

  private final List<Row> train = new ArrayList<>();
  private final List<Row> open = new ArrayList<>();
  private final List<Row> test = new ArrayList<>();

  private TextTables() {}

  private record Row(String label, String text) {}

  public static void main(String[] args) throws IOException {
    if (args.length != 4 || !args[1].matches("[a-z0-9-]+(/[1-9][0-9]{0,5})?")) {
      System.err.println(
          "usage: TextTables DATA SET[/N] OUT ENCODERS; N is a whole number of at least 1");
      System.exit(2);
    }
    Path data = Path.of(args[0]);
    TextTables tables = new TextTables();
    String[] set = args[1].split("/", -1);
    switch (set[0]) {
      case "20newsgroups" -> tables.readPosts(data.resolve("20newsgroups/20news-bydate.tsv.gz"));
      case "cuad" -> tables.readClauses(data.resolve("cuad/cuad_clauses.tsv.gz"));
      case "mts-dialog" -> tables.readDialogues(data.resolve("mts-dialog/mts_dialog.tsv.gz"));
      default -> {
        System.err.println("SET must be 20newsgroups, cuad or mts-dialog: " + set[0]);
        System.exit(2);
      }
    }
    if (set.length > 1) {
      tables.keepOneIn(Integer.parseInt(set[1]));
    }
    tables.write(Files.createDirectories(Path.of(args[2])), args[3].split(",", -1));
  }

  /** Leaves all private rows out but for one in so many, at random: those without a label teach nothing. */
  private void keepOneIn(int rows) {
    List<Row> dealt = BenchTable.shuffled(train, DEAL);
    train.clear();
    train.addAll(dealt.subList(0, Math.max(1, dealt.size() / rows)));
  }

  /** The official split by date, without what names the group: headers, quotations and signatures. */
  private void readPosts(Path file) throws IOException {
    List<Row> later = new ArrayList<>();
    for (List<String> cells : rows(file)) {
      Row row = new Row(cells.get(1), body(cells.get(3)));
      (cells.get(0).equals("train") ? train : later).add(row);
    }
    List<Row> dealt = BenchTable.shuffled(later, DEAL);
    open.addAll(dealt.subList(0, PUBLIC_POSTS));
    test.addAll(dealt.subList(PUBLIC_POSTS, dealt.size()));
  }

  private static String body(String post) {
    int blank = post.indexOf("\n\n");
    List<String> lines = new ArrayList<>();
    for (String line : post.substring(blank < 0 ? 0 : blank + 2).strip().split("\n", -1)) {
      if (!QUOTE.matcher(line).find()) {
        lines.add(line);
      }
    }
    int rule = lines.size() - 1;
    while (rule > 0 && !lines.get(rule).replace("-", "").isBlank()) {
      rule--;
    }
    return String.join("\n", rule > 0 ? lines.subList(0, rule) : lines);
  }

  /** Three fifths of the contracts are private, a fifth public, a fifth for the test. */
  private void readClauses(Path file) throws IOException {
    List<List<String>> rows = rows(file);
    List<String> contracts = BenchTable.shuffled(
        List.copyOf(new TreeSet<>(rows.stream().map(cells -> cells.get(0)).toList())), DEAL);
    Set<String> held = Set.copyOf(contracts.subList(0, contracts.size() * 3 / 5));
    Set<String> shown =
        Set.copyOf(contracts.subList(contracts.size() * 3 / 5, contracts.size() * 4 / 5));
    for (List<String> cells : rows) {
      if (!NO_CLAUSES.contains(cells.get(1)) && cells.get(2).length() > LEAST_CLAUSE) {
        List<Row> part =
            held.contains(cells.get(0)) ? train : shown.contains(cells.get(0)) ? open : test;
        part.add(new Row(cells.get(1), cells.get(2)));
      }
    }
    List<Row> dealt = BenchTable.shuffled(open, DEAL);
    open.clear();
    open.addAll(dealt);
  }

  /** The official splits: the validation and the first test split are public, the second is the test. */
  private void readDialogues(Path file) throws IOException {
    for (List<String> cells : rows(file)) {
      List<Row> part = switch (cells.get(0)) {
        case "train" -> train;
        case "test2" -> test;
        default -> open;
      };
      part.add(new Row(cells.get(1), cells.get(3)));
    }
  }

  /** The cells of a packed table of tabulators, without its header. */
  static List<List<String>> rows(Path file) throws IOException {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .skip(1)
          .map(line ->
              Arrays.stream(line.split("\t", -1)).map(TextTables::unescaped).toList())
          .toList();
    }
  }

  private static String unescaped(String cell) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if (c == '\\' && i + 1 < cell.length()) {
        i++;
        char escaped = cell.charAt(i);
        text.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private void write(Path directory, String[] encoders) throws IOException {
    boolean numbers = Arrays.asList(encoders).contains("minilm");
    writeTable(directory.resolve("train.csv"), train, numbers);
    List<Row> both = new ArrayList<>(open);
    both.addAll(test);
    writeTable(directory.resolve("test.csv"), both, numbers);
    String classes = "[" + String.join(", ", classes()) + "]";
    StringBuilder schema =
        new StringBuilder("label: { column: label, classes: " + classes + " }\nfeatures:\n");
    for (String encoder : encoders) {
      if (encoder.equals("minilm")) {
        for (int i = 0; i < new TextEncoding.MiniLm().width(); i++) {
          schema.append("  - { column: m" + i + ", kind: numeric, mean: 0, scale: 1 }\n");
        }
      } else {
        schema.append("  - { column: text, kind: text, encoder: " + encoder + " }\n");
      }
    }
    Files.writeString(directory.resolve("schema.yaml"), schema);
    Files.writeString(directory.resolve("study.yaml"), """
        study: text
        task: { kind: classification, classes: %s }
        privacy: { epsilon: 2.0, delta: 1.0e-5, aggregation: secure }
        cohort: { minimum: 10 }
        """.formatted(classes));
    Files.writeString(directory.resolve("tests"), test.size() + "\n");
  }

  /** The label's names, quoted, in alphabetical order. */
  private List<String> classes() {
    Set<String> names = new TreeSet<>();
    List.of(train, open, test).forEach(part -> part.forEach(row -> names.add(row.label)));
    return names.stream().map(name -> '"' + name + '"').toList();
  }

  private static void writeTable(Path file, List<Row> rows, boolean numbers) throws IOException {
    TextEncoding encoding = new TextEncoding.MiniLm();
    float[][] encoded = new float[rows.size()][numbers ? encoding.width() : 0];
    if (numbers) {
      try (TextEncoder encoder = encoding.open()) {
        IntStream.range(0, encoded.length)
            .parallel()
            .forEach(i -> encoder.encode(rows.get(i).text, encoded[i], 0));
      }
    }
    try (CsvWriter csv = CsvWriter.builder().build(file)) {
      List<String> header = new ArrayList<>(List.of("label", "text"));
      IntStream.range(0, numbers ? encoding.width() : 0).forEach(i -> header.add("m" + i));
      csv.writeRecord(header);
      for (int row = 0; row < encoded.length; row++) {
        List<String> cells = new ArrayList<>(List.of(rows.get(row).label, rows.get(row).text));
        for (float value : encoded[row]) {
          cells.add(Float.toString(value));
        }
        csv.writeRecord(cells);
      }
    }
  }
}
