package dev.retort.cli;

import dev.retort.config.InvalidConfigException;
import dev.retort.config.StrictYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code retort simulate}: a whole federation in one process, on research data. */
@Command(
    name = "simulate",
    description = {
      "Play a whole federation in one process, for research.",
      "Real node sessions, a real coordinator, real ledgers, in-process transport. Progress goes to stderr."
    },
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "STUDY.yaml",
      description = "The study file. Its transferSet is replaced.")
  private Path study = Path.of(".");

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "IDX files by their usual names (train-images-idx3-ubyte.gz, ...), or train.csv and test.csv"
              + " with a header, and schema.yaml if the columns are to be described.")
  private Path data = Path.of(".");

  @Option(names = "--nodes", required = true, paramLabel = "K", description = "1 to 1000 sites.")
  private int nodes;

  @ArgGroup
  private @Nullable Skew skew;

  static final class Skew {
    @Option(
        names = "--dirichlet",
        paramLabel = "ALPHA",
        description = "Skew the sites' labels by Dirichlet(ALPHA). Default: iid.")
    private @Nullable Double alpha;

    @Option(
        names = "--site",
        paramLabel = "COLUMN",
        description = "Split by this column of the table; --nodes must be its number of values.")
    private @Nullable String site;
  }

  @Option(
      names = "--public",
      paramLabel = "N",
      description =
          "How many samples of the test split are public, from its beginning. Default: nine tenths.")
  private int publicCount;

  @Option(
      names = "--test",
      paramLabel = "N",
      description =
          "How many samples of the test split score the student, from its end. Default: the rest.")
  private int testCount;

  @Option(
      names = "--label",
      defaultValue = "label",
      paramLabel = "COLUMN",
      description = "A table's label column. Default: ${DEFAULT-VALUE}.")
  private String label = "label";

  @Option(
      names = "--unit",
      paramLabel = "COLUMN",
      description = "A table's column of the privacy unit. Default: each row is one.")
  private @Nullable String unit;

  @Option(
      names = "--ignore",
      split = ",",
      paramLabel = "COLUMN",
      description = "A table's columns that are no features.")
  private List<String> ignored = List.of();

  @Option(names = "--ceiling", description = "Also train on all records pooled, without privacy.")
  private boolean ceiling;

  @Option(
      names = "--sites",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Also train on each site's records alone. On by default.")
  private boolean sites;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "For splits and training, never for noise. Default: the study file's.")
  private @Nullable Long seed;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keep ledgers, model and report here.")
  private @Nullable Path keep;

  @Option(
      names = "--after",
      paramLabel = "FIRST.yaml",
      description =
          "Play this study of class sums first, with the same sites and data; its classifier joins the labels of STUDY.yaml."
              + " Sites spend on both.")
  private @Nullable Path after;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Override a key of the study file, such as teachers.perNode=25. May be repeated.")
  private List<String> overrides = List.of();

  @Option(names = "--json", description = "Print one JSON object, alone, on stdout.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ObjectNode tree = tree(study, overrides);
    List<ObjectNode> studyFiles =
        after == null ? List.of(tree) : List.of(tree(after, List.of()), tree);
    JsonNode seedNode = tree.get("seed");
    long splitSeed = seedNode != null && seedNode.isIntegralNumber() ? seedNode.asLong() : 1;
    ProgressLines progress = ProgressLines.onStderr();
    SimulationData read = new SimulationFiles(
            data,
            classes(tree),
            publicCount,
            testCount,
            new SimulationFiles.Columns(label, unit, skew == null ? null : skew.site, ignored),
            splitSeed)
        .read(progress);
    Simulation simulation = new Simulation(
        studyFiles,
        read,
        new Simulation.Split(
            nodes, skew == null ? null : skew.alpha, skew != null && skew.site != null, splitSeed),
        new Simulation.Extras(ceiling, sites),
        keep);
    RunReport report = simulation.run(progress);
    if (json) {
      System.out.println(report.toJson());
    } else {
      System.out.print(new RunTable(report).text());
    }
    return report.ledgersVerified() ? 0 : 1;
  }

  private ObjectNode tree(Path file, List<String> settings)
      throws IOException, InvalidConfigException {
    List<String> all = new ArrayList<>(settings);
    if (seed != null) {
      all.add("seed=" + seed);
    }
    ObjectNode tree =
        StrictYaml.tree(file.getFileName().toString(), Files.readString(file), "", all);
    tree.remove("evaluation");
    if (tree.path("privacy").path("aggregation").asString("").equals("secure")
        && tree.path("cohort").path("minimum").isMissingNode()) {
      // Every simulated site stays, and the more are sure to, the less noise each adds.
      tree.withObject("/cohort").put("minimum", nodes);
    }
    return tree;
  }

  private static List<String> classes(ObjectNode tree) throws CommandFailedException {
    JsonNode names = tree.path("task").path("classes");
    if (!names.isArray() || names.size() < 2) {
      throw new CommandFailedException("study file: task.classes must name at least two classes");
    }
    List<String> classes = new ArrayList<>();
    names.forEach(name -> classes.add(name.asString()));
    return classes;
  }
}
