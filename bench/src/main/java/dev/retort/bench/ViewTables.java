package dev.retort.bench;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.retort.data.ByteSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.MalformedIdxException;
import dev.retort.text.TextEncoder;
import dev.retort.text.TextEncoding;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Writes a data set of two views as what {@code retort simulate} reads: train.csv, test.csv (public rows first, then test
 * rows), schema.yaml and study.yaml, and the count of test rows in a file {@code tests}. Arguments: the directory of data
 * sets, a set and the directory to write. The sets:
 *
 * <ul>
 *   <li>{@code emoji}: the drawing (view {@code image}) and the names (view {@code text}) of an emoji, its category the
 *       label. Half of them private, three tenths public, two tenths for the test, all as Twemoji draws them
 *   <li>{@code emoji-noto}: the same, but public and test drawings are Noto's
 *   <li>{@code mts-dialog}: a doctor's dialogue (view {@code dialogue}) and the note of it (view {@code note}), the
 *       note's section the label; the official splits as in {@link TextTables}
 * </ul>
 *
 * <p>What MiniLM makes of a text is written as numbers, since many studies run over one table.
 */
final class ViewTables {

  private static final long DEAL = 1;
  private static final int SIDE = 32;

  private final List<List<String>> train = new ArrayList<>();
  private final List<List<String>> open = new ArrayList<>();
  private final List<List<String>> test = new ArrayList<>();
  private final List<String> header = new ArrayList<>(List.of("label"));
  private final StringBuilder features = new StringBuilder();

  private ViewTables() {}

  public static void main(String[] args) throws IOException, MalformedIdxException {
    Path data = Path.of(args[0]);
    Path out = Files.createDirectories(Path.of(args[2]));
    ViewTables tables = new ViewTables();
    switch (args[1]) {
      case "emoji" -> tables.readEmoji(data.resolve("emoji-image-text"), "twitter", out);
      case "emoji-noto" -> tables.readEmoji(data.resolve("emoji-image-text"), "google", out);
      case "mts-dialog" -> tables.readDialogues(data.resolve("mts-dialog/mts_dialog.tsv.gz"));
      default -> throw new IllegalArgumentException("no such data set: " + args[1]);
    }
    tables.write(out);
  }

  private void readEmoji(Path data, String openVendor, Path out)
      throws IOException, MalformedIdxException {
    List<List<String>> rows = TextTables.rows(data.resolve("emoji.tsv.gz"));
    ByteSamples held = IdxFile.readImages(data.resolve("twitter-images-idx4-ubyte.gz"));
    ByteSamples shown = IdxFile.readImages(data.resolve(openVendor + "-images-idx4-ubyte.gz"));
    Files.createDirectories(out.resolve("images"));
    header.add("image");
    features
        .append("  - { column: image, kind: image, encoder: gradients-32, view: image }\n")
        .append("  - { column: image, kind: image, encoder: colours-8, view: image }\n");
    addNumbers("text");
    float[][] names = encoded(rows.stream()
        .map(cells -> cells.get(3) + " " + cells.get(4).replaceAll("[^A-Za-z0-9]", " "))
        .toList());
    List<Integer> dealt =
        BenchTable.shuffled(IntStream.range(0, rows.size()).boxed().toList(), DEAL);
    for (int i = 0; i < dealt.size(); i++) {
      int row = dealt.get(i);
      boolean privately = i < dealt.size() / 2;
      List<List<String>> part = privately ? train : i < dealt.size() * 8 / 10 ? open : test;
      String image = "images/" + row + ".png";
      draw(privately ? held : shown, row, out.resolve(image));
      List<String> cells = new ArrayList<>(List.of(rows.get(row).get(1), image));
      addCells(names[row], cells);
      part.add(cells);
    }
  }

  private static void draw(ByteSamples images, int row, Path file) throws IOException {
    byte[] planes = images.encode(row, 1);
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    int plane = SIDE * SIDE;
    for (int i = 0; i < plane; i++) {
      int colour = (planes[i] & 0xff) << 16
          | (planes[plane + i] & 0xff) << 8
          | (planes[2 * plane + i] & 0xff);
      image.setRGB(i % SIDE, i / SIDE, colour);
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private void readDialogues(Path file) throws IOException {
    List<List<String>> rows = TextTables.rows(file);
    List<float[][]> views = new ArrayList<>();
    for (String view : List.of("dialogue", "note")) {
      int column = 3 + views.size();
      views.add(encoded(rows.stream().map(cells -> cells.get(column)).toList()));
      addNumbers(view);
    }
    for (int row = 0; row < rows.size(); row++) {
      List<String> cells = new ArrayList<>(List.of(rows.get(row).get(1)));
      for (float[][] view : views) {
        addCells(view[row], cells);
      }
      List<List<String>> part = switch (rows.get(row).get(0)) {
        case "train" -> train;
        case "test2" -> test;
        default -> open;
      };
      part.add(cells);
    }
  }

  /** Columns of MiniLM's numbers. */
  private void addNumbers(String view) {
    for (int i = 0; i < new TextEncoding.MiniLm().width(); i++) {
      header.add(view + i);
      features
          .append("  - { column: " + view + i + ", kind: numeric, mean: 0, scale: 1, view: ")
          .append(view + " }\n");
    }
  }

  private static void addCells(float[] numbers, List<String> cells) {
    for (float number : numbers) {
      cells.add(Float.toString(number));
    }
  }

  private static float[][] encoded(List<String> texts) {
    TextEncoding encoding = new TextEncoding.MiniLm();
    float[][] numbers = new float[texts.size()][encoding.width()];
    try (TextEncoder encoder = encoding.open()) {
      IntStream.range(0, numbers.length)
          .parallel()
          .forEach(i -> encoder.encode(texts.get(i), numbers[i], 0));
    }
    return numbers;
  }

  private void write(Path directory) throws IOException {
    writeTable(directory.resolve("train.csv"), train);
    List<List<String>> both = new ArrayList<>(open);
    both.addAll(test);
    writeTable(directory.resolve("test.csv"), both);
    Set<String> names = new TreeSet<>();
    List.of(train, both).forEach(part -> part.forEach(row -> names.add('"' + row.get(0) + '"')));
    String classes = "[" + String.join(", ", names) + "]";
    Files.writeString(
        directory.resolve("schema.yaml"),
        "label: { column: label, classes: " + classes + " }\nfeatures:\n" + features);
    Files.writeString(directory.resolve("study.yaml"), """
        study: views
        task: { kind: classification, classes: %s }
        privacy: { epsilon: 2.0, delta: 1.0e-5, aggregation: secure }
        teachers: { perNode: 10, architecture: linear, epochs: 30 }
        student: { architecture: linear, epochs: 100, learningRate: 0.01 }
        cohort: { minimum: 10 }
        """.formatted(classes));
    Files.writeString(directory.resolve("tests"), test.size() + "\n");
  }

  private void writeTable(Path file, List<List<String>> rows) throws IOException {
    try (CsvWriter csv = CsvWriter.builder().build(file)) {
      csv.writeRecord(header);
      rows.forEach(csv::writeRecord);
    }
  }
}
