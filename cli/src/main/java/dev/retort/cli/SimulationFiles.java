package dev.retort.cli;

import dev.retort.data.ByteSamples;
import dev.retort.data.CsvRows;
import dev.retort.data.CsvTable;
import dev.retort.data.FloatSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import dev.retort.data.MalformedIdxException;
import dev.retort.data.MalformedSchemaException;
import dev.retort.data.MalformedTableException;
import dev.retort.data.PrivateColumns;
import dev.retort.data.PrivateTable;
import dev.retort.data.SchemaInference;
import dev.retort.data.StoredSamples;
import dev.retort.data.TableSchema;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a directory of research data: an IDX set by its usual names, or CSV tables. What is public is the directory's
 * own public part if it has one, else the first samples of its test split; the last samples of the test split score the
 * student.
 *
 * @param directory where the files lie
 * @param classes the class names of the study
 * @param publicCount how many samples are public; 0 for nine tenths of the test split
 * @param testCount how many samples score the student; 0 for the rest
 * @param columns which columns of a table are what
 * @param seed shuffles a table that has no test split
 */
record SimulationFiles(
    Path directory,
    List<String> classes,
    int publicCount,
    int testCount,
    Columns columns,
    long seed) {

  /**
   * Columns of a table.
   *
   * @param label the label
   * @param unit the privacy unit; null if each row is one
   * @param site the site; null if none says
   * @param ignored columns that are no features
   */
  record Columns(
      String label, @Nullable String unit, @Nullable String site, List<String> ignored) {}

  SimulationData read(ProgressLines progress)
      throws IOException, MalformedIdxException, MalformedTableException, MalformedSchemaException,
          CommandFailedException {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailedException("--data must be a directory: " + directory);
    }
    Optional<Path> images = named("train-images-idx3-ubyte", "train-images-idx4-ubyte");
    if (images.isPresent()) {
      return readImages(images.get());
    }
    Optional<Path> train = named("train.csv");
    if (train.isPresent()) {
      return readTables(train.get(), progress);
    }
    throw new CommandFailedException(
        "--data must hold train-images-idx3-ubyte(.gz) with its labels, or train.csv(.gz): "
            + directory);
  }

  private SimulationData readImages(Path images)
      throws IOException, MalformedIdxException, CommandFailedException {
    LabelledSamples train =
        IdxFile.read(images, required("train-labels-idx1-ubyte"), classes.size());
    LabelledSamples test = IdxFile.read(
        required("t10k-images-idx3-ubyte", "test-images-idx3-ubyte", "test-images-idx4-ubyte"),
        required("t10k-labels-idx1-ubyte", "test-labels-idx1-ubyte"),
        classes.size());
    Optional<Path> open = named("public-images-idx3-ubyte", "public-images-idx4-ubyte");
    if (open.isPresent()) {
      ByteSamples all = IdxFile.readImages(open.get());
      int count = publicCount == 0 ? all.count() : atMost("--public", publicCount, all.count());
      return new SimulationData(
          PrivateTable.ofRows(train),
          all.copyOfRange(0, count),
          null,
          last(test, test.count()),
          null);
    }
    Cut cut = cut(test.count());
    LabelledSamples transfer = test.slice(0, cut.transfer());
    return new SimulationData(
        PrivateTable.ofRows(train),
        ((ByteSamples) test.samples()).copyOfRange(0, cut.transfer()),
        transfer,
        test.slice(test.count() - cut.test(), cut.test()),
        null);
  }

  private SimulationData readTables(Path train, ProgressLines progress)
      throws IOException, MalformedTableException, MalformedSchemaException,
          CommandFailedException {
    Optional<Path> test = named("test.csv");
    Path open = test.orElse(train);
    CsvRows rows = CsvRows.read(open, Integer.MAX_VALUE);
    int[] order = IntStream.range(0, rows.rows().size()).toArray();
    if (test.isEmpty()) {
      shuffle(order);
    }
    Cut cut = cut(test.isPresent() ? order.length : Math.max(2, order.length / 3));
    TableSchema schema = schema(rows, order, cut);
    PrivateTable openTable =
        CsvTable.readPrivate(open, schema, privateColumns(), progress.texts(open));
    int[] publicRows = slice(order, 0, cut.transfer());
    int[] testRows = slice(order, cut.span() - cut.test(), cut.span());
    PrivateTable records = test.isPresent()
        ? CsvTable.readPrivate(train, schema, privateColumns(), progress.texts(train))
        : openTable.subset(slice(order, cut.span(), order.length));
    LabelledSamples transfer = openTable.records().subset(publicRows);
    return new SimulationData(
        records, copied(transfer), transfer, openTable.records().subset(testRows), schema);
  }

  private TableSchema schema(CsvRows rows, int[] order, Cut cut)
      throws IOException, MalformedSchemaException, MalformedTableException {
    Optional<Path> written = named("schema.yaml");
    if (written.isPresent()) {
      return TableSchema.read(written.get());
    }
    Set<String> ignored = new HashSet<>(columns.ignored());
    Stream.of(columns.unit(), columns.site()).filter(name -> name != null).forEach(ignored::add);
    List<List<String>> publicRows = IntStream.range(0, cut.transfer())
        .mapToObj(i -> rows.rows().get(order[i]))
        .toList();
    return TableSchema.infer(
        rows.header(),
        publicRows,
        SchemaInference.labelledBy(columns.label()).withClasses(classes).ignoring(ignored));
  }

  private PrivateColumns privateColumns() {
    PrivateColumns named = PrivateColumns.none();
    if (columns.unit() != null) {
      named = named.withUnit(columns.unit());
    }
    return columns.site() == null ? named : named.withSite(columns.site());
  }

  /** How many of the open split's first {@code span} rows are public and how many test. */
  private record Cut(int span, int transfer, int test) {}

  private Cut cut(int span) throws CommandFailedException {
    int test = testCount;
    int transfer = publicCount;
    if (transfer == 0) {
      transfer = test == 0 ? span * 9 / 10 : span - test;
    }
    if (test == 0) {
      test = span - transfer;
    }
    if (transfer < 1 || test < 1 || transfer + test > span) {
      throw new CommandFailedException(
          "--public and --test must both be positive and add up to at most "
              + span
              + ", the size of the open split: "
              + transfer
              + " and "
              + test);
    }
    return new Cut(span, transfer, test);
  }

  private static int atMost(String name, int value, int most) throws CommandFailedException {
    if (value > most) {
      throw new CommandFailedException(name + " must be at most " + most + ": " + value);
    }
    return value;
  }

  private LabelledSamples last(LabelledSamples test, int most) throws CommandFailedException {
    int count = testCount == 0 ? most : atMost("--test", testCount, most);
    return test.slice(test.count() - count, count);
  }

  private void shuffle(int[] order) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
  }

  private static int[] slice(int[] order, int from, int to) {
    return java.util.Arrays.copyOfRange(order, from, to);
  }

  private static StoredSamples copied(LabelledSamples samples) {
    int[] rows = IntStream.range(0, samples.count()).toArray();
    float[] values =
        new float[Math.multiplyExact(rows.length, samples.samples().shape().size())];
    samples.samples().gather(rows, 0, rows.length, FloatBuffer.wrap(values));
    return new FloatSamples(samples.samples().shape(), values);
  }

  private Path required(String... names) throws CommandFailedException {
    return named(names)
        .orElseThrow(() -> new CommandFailedException(
            "--data must hold " + String.join(" or ", names) + ", plain or .gz: " + directory));
  }

  private Optional<Path> named(String... names) {
    return Stream.of(names)
        .flatMap(name -> Stream.of(name, name + ".gz"))
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
