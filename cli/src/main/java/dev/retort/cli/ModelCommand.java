package dev.retort.cli;

import dev.retort.coordinator.student.StudentArtifacts;
import dev.retort.data.CsvTable;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateColumns;
import dev.retort.data.TableSchema;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.ModelFile;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.OnnxScorer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code retort model}: what to do with a student. */
@Command(
    name = "model",
    description = "Distilled students.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ModelCommand.Evaluate.class)
final class ModelCommand extends CommandGroup {

  /** {@code retort model evaluate}. */
  @Command(
      name = "evaluate",
      description = {
        "Score a student on labelled records with ONNX Runtime.",
        "Also scores the trained network itself and says how far the two are apart."
      },
      mixinStandardHelpOptions = true)
  static final class Evaluate implements Callable<Integer> {

    @Parameters(
        paramLabel = "DIR",
        description = "The directory with model.onnx and model.safetensors.")
    private Path directory = Path.of(".");

    @Option(names = "--images", description = "An IDX image file, with --labels.")
    private @Nullable Path images;

    @Option(names = "--labels", description = "An IDX label file, with --images.")
    private @Nullable Path labels;

    @Option(names = "--table", description = "A CSV file with a header.")
    private @Nullable Path table;

    @Option(
        names = "--schema",
        description = "The YAML description of the table's columns. Default: the student's own,"
            + " schema.json in DIR.")
    private @Nullable Path schema;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      ModelFile model = ModelFile.read(directory);
      LabelledSamples records = records(model.labels().size());
      if (!records.samples().shape().equals(model.network().shape())) {
        throw new CommandFailedException(
            "records must be of shape " + model.network().shape()
                + ", as the student reads them; leave --schema out to read a table by the student's own: "
                + records.samples().shape());
      }
      LearnEngine engine = LearnEngine.start();
      double onnx;
      float[] onnxLogits;
      try (OnnxScorer scorer = OnnxScorer.open(directory.resolve("model.onnx"), engine.threads())) {
        onnx = scorer.accuracy(records);
        onnxLogits = scorer.logits(records.samples(), 0, records.count());
      }
      double network;
      float[] networkLogits;
      try (NetworkScorer scorer =
          NetworkScorer.open(engine, engine.resolve(DeviceChoice.parse("cpu")), model.network())) {
        network = scorer.accuracy(records);
        networkLogits = scorer.logits(records.samples(), 0, records.count());
      }
      double gap = 0;
      for (int i = 0; i < onnxLogits.length; i++) {
        gap = Math.max(gap, Math.abs(onnxLogits[i] - networkLogits[i]));
      }
      print(records.count(), onnx, network, gap);
      return 0;
    }

    private void print(int records, double onnx, double network, double gap) {
      if (json) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("records", records);
        out.put("onnxAccuracy", onnx);
        out.put("networkAccuracy", network);
        out.put("largestLogitDifference", gap);
        System.out.println(JsonMapper.shared().writeValueAsString(out));
      } else {
        System.out.printf(
            "%d records: accuracy %.4f with ONNX Runtime, %.4f with the trained network;"
                + " logits differ by at most %.1e%n",
            records, onnx, network, gap);
      }
    }

    private LabelledSamples records(int classes) throws Exception {
      if (images != null && labels != null) {
        return IdxFile.read(images, labels, classes);
      }
      if (table != null) {
        Path columns = schema == null ? directory.resolve(StudentArtifacts.SCHEMA) : schema;
        if (!Files.exists(columns)) {
          throw new CommandFailedException(
              "--table needs --schema where there is no such file: " + columns);
        }
        return CsvTable.readPrivate(table, TableSchema.read(columns), PrivateColumns.none())
            .records();
      }
      throw new CommandFailedException("--images and --labels, or --table, are needed");
    }
  }
}
