package dev.retort.cli;

import dev.retort.data.CsvRows;
import dev.retort.data.CsvTable;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateColumns;
import dev.retort.data.PrivateTable;
import dev.retort.data.SchemaInference;
import dev.retort.data.TableSchema;
import dev.retort.learn.Architecture;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.TrainingSettings;
import dev.retort.merkle.Digest;
import dev.retort.node.shard.ShardKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of audits of a whole simulated site: its records, and how its teachers are trained. */
final class AuditSite {

  private static final int MOST_TEACHERS = 10_000;
  private static final int MOST_CLASSES = 256;

  @ArgGroup(exclusive = true)
  private @Nullable Records records;

  static final class Records {
    @ArgGroup(exclusive = false)
    private @Nullable Images images;

    @ArgGroup(exclusive = false)
    private @Nullable Table table;
  }

  static final class Images {
    @Option(
        names = "--images",
        required = true,
        paramLabel = "FILE",
        description = "Records as IDX images. Default: the bundled digits.")
    private Path images = Path.of(".");

    @Option(names = "--labels", required = true, paramLabel = "FILE", description = "Their labels.")
    private Path labels = Path.of(".");
  }

  static final class Table {
    @Option(
        names = "--csv",
        required = true,
        paramLabel = "FILE",
        description = "Records as a CSV table with a header.")
    private Path csv = Path.of(".");

    @Option(
        names = "--label",
        required = true,
        paramLabel = "COLUMN",
        description = "The table's label column.")
    private String label = "label";

    @Option(
        names = "--unit",
        paramLabel = "COLUMN",
        description = "The table's column of the privacy unit. Default: each row is one.")
    private @Nullable String unit;

    @Option(
        names = "--ignore",
        split = ",",
        paramLabel = "COLUMN",
        description = "The table's columns that are no features.")
    private List<String> ignored = List.of();
  }

  @Option(
      names = "--teachers",
      defaultValue = "100",
      description = "Teachers, and so shards. Default: ${DEFAULT-VALUE}.")
  private int teachers;

  @Option(
      names = "--architecture",
      defaultValue = "linear",
      description = "Of every teacher. Default: ${DEFAULT-VALUE}.")
  private String architecture = "linear";

  @Option(names = "--epochs", defaultValue = "30", description = "Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(names = "--batch-size", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.01",
      description = "Default: ${DEFAULT-VALUE}.")
  private double learningRate;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description =
          "For shards, training and canaries, never for noise or coins. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "auto, cpu or gpu:N. Default: ${DEFAULT-VALUE}.")
  private String device = "auto";

  int teachers() {
    return teachers;
  }

  long seed() {
    return seed;
  }

  /** Reads the records and starts the engine. */
  CanarySite open() throws Exception {
    if (teachers < 1 || teachers > MOST_TEACHERS) {
      throw new CommandFailedException(
          "--teachers must be in [1, " + MOST_TEACHERS + "]: " + teachers);
    }
    Architecture parsed = Architecture.parse(architecture);
    TrainingSettings settings = new TrainingSettings(epochs, batchSize, learningRate, seed);
    PrivateTable table = table();
    parsed.checkSuits(table.records().samples().shape());
    LearnEngine engine = LearnEngine.start();
    ShardKey key =
        new ShardKey(Digest.of(("audited shards " + seed).getBytes(StandardCharsets.US_ASCII))
            .bytes());
    return new CanarySite(
        engine, engine.resolve(DeviceChoice.parse(device)), parsed, settings, table, key, teachers);
  }

  private PrivateTable table() throws Exception {
    Images images = records == null ? null : records.images;
    Table table = records == null ? null : records.table;
    if (images != null) {
      LabelledSamples read = IdxFile.read(images.images, images.labels, MOST_CLASSES);
      int classes = Math.max(1, Arrays.stream(read.labels()).max().orElse(1)) + 1;
      return PrivateTable.ofRows(new LabelledSamples(read.samples(), read.labels(), classes));
    }
    if (table != null) {
      Set<String> ignored = new HashSet<>(table.ignored);
      PrivateColumns columns = PrivateColumns.none();
      if (table.unit != null) {
        ignored.add(table.unit);
        columns = columns.withUnit(table.unit);
      }
      CsvRows rows = CsvRows.read(table.csv, Integer.MAX_VALUE);
      TableSchema schema = TableSchema.infer(
          rows.header(), rows.rows(), SchemaInference.labelledBy(table.label).ignoring(ignored));
      return CsvTable.readPrivate(table.csv, schema, columns);
    }
    return PrivateTable.ofRows(DemoDigits.deal(1, seed).pooled());
  }
}
