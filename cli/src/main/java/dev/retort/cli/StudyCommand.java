package dev.retort.cli;

import com.google.protobuf.util.JsonFormat;
import dev.retort.config.InvalidConfigException;
import dev.retort.config.StrictYaml;
import dev.retort.coordinator.student.StudentArtifacts;
import dev.retort.proto.v1.NodeStatus;
import dev.retort.proto.v1.StudyCreated;
import dev.retort.proto.v1.StudyStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code retort study}: studies of a running coordinator. */
@Command(
    name = "study",
    description = "Create studies and follow them. The coordinator must be running.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {StudyCommand.Create.class, StudyCommand.Status.class, StudyCommand.Report.class})
final class StudyCommand extends CommandGroup {

  /** The words of a state or phase: STATE_COLLECTING is collecting. */
  static String word(Enum<?> value) {
    String name = value.name();
    return name.substring(name.indexOf('_') + 1).toLowerCase(Locale.ROOT);
  }

  private static String digest(StudyStatus status) {
    return "sha256:" + HexFormat.of().formatHex(status.getPlanDigest().toByteArray());
  }

  /** {@code retort study create}. */
  @Command(
      name = "create",
      description = {
        "Create a study from a study file and offer it to every node.",
        "Prints its id, and the plan's digest, which is what a site approves."
      },
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The coordinator's home.")
    private Path home = Path.of(".");

    @Parameters(paramLabel = "STUDY.yaml", description = "The study file.")
    private Path file = Path.of(".");

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description =
            "Override a key of the study file, such as privacy.epsilon=1. May be repeated.")
    private List<String> overrides = List.of();

    @Option(names = "--follow", description = "Show progress until the study has ended.")
    private boolean follow;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      String yaml = text(file, overrides);
      try (OperatorClient operator = OperatorClient.dial(home)) {
        StudyCreated created = operator.createStudy(yaml);
        String digest =
            "sha256:" + HexFormat.of().formatHex(created.getPlanDigest().toByteArray());
        if (json) {
          Map<String, String> out = new LinkedHashMap<>();
          out.put("study", created.getStudyId());
          out.put("planDigest", digest);
          System.out.println(JsonMapper.shared().writeValueAsString(out));
        } else {
          System.out.println(created.getStudyId());
          System.out.println("plan " + digest);
        }
        return follow ? Status.follow(operator, created.getStudyId()) : 0;
      }
    }

    /** The study file with overrides set and paths of its evaluation made absolute: the coordinator has another directory. */
    static String text(Path file, List<String> overrides)
        throws IOException, InvalidConfigException {
      ObjectNode tree =
          StrictYaml.tree(file.getFileName().toString(), Files.readString(file), "", overrides);
      JsonNode evaluation = tree.get("evaluation");
      if (evaluation instanceof ObjectNode paths) {
        Path base = file.toAbsolutePath().getParent();
        for (String key : List.copyOf(paths.propertyNames())) {
          JsonNode value = paths.get(key);
          if (value != null && value.isString() && base != null) {
            paths.put(key, base.resolve(value.asString()).toString());
          }
        }
      }
      return tree.toString();
    }
  }

  /** {@code retort study status}. */
  @Command(
      name = "status",
      description = "Show one study, or all.",
      mixinStandardHelpOptions = true)
  static final class Status implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The coordinator's home.")
    private Path home = Path.of(".");

    @Parameters(
        paramLabel = "STUDY",
        arity = "0..1",
        description = "The study's id. Default: all studies.")
    private @Nullable String study;

    @Option(names = "--follow", description = "Show progress until the study has ended.")
    private boolean follow;

    @Option(names = "--json", description = "Print one JSON object a study.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      try (OperatorClient operator = OperatorClient.dial(home)) {
        if (study != null && follow) {
          return follow(operator, study);
        }
        List<StudyStatus> all =
            study == null ? operator.studies() : List.of(operator.status(study));
        for (StudyStatus status : all) {
          if (json) {
            System.out.println(
                JsonFormat.printer().omittingInsignificantWhitespace().print(status));
          } else {
            print(status);
          }
        }
        if (all.isEmpty() && !json) {
          System.out.println(
              "No study yet; create one with: retort study create STUDY.yaml --home " + home);
        }
      }
      return 0;
    }

    static int follow(OperatorClient operator, String study) throws Exception {
      ProgressLines bars = ProgressLines.onStderr();
      StudyStatus last = operator.follow(study, status -> show(bars, status));
      bars.finish();
      print(last);
      return last.getState() == StudyStatus.State.STATE_FINISHED ? 0 : 1;
    }

    static void show(ProgressLines bars, StudyStatus status) {
      for (NodeStatus node : status.getNodesList()) {
        if (node.getTeachers() > 0) {
          bars.update(
              node.getNodeId() + " teachers", node.getTeachersTrained(), node.getTeachers());
        }
        bars.update(
            node.getNodeId() + " labels",
            node.getSamplesLabelled(),
            node.getSamplesAsked(),
            word(node.getPhase()));
      }
      if (status.getStudentEpochs() > 0) {
        bars.update("student epochs", status.getStudentEpochsDone(), status.getStudentEpochs());
      }
    }

    private static void print(StudyStatus status) {
      System.out.printf(
          "%s  %s  created %s%n  plan %s%n",
          status.getStudyId(),
          word(status.getState()),
          Instant.ofEpochMilli(status.getCreatedMillis()),
          digest(status));
      if (!status.getMessage().isEmpty()) {
        System.out.printf("  %s%n", status.getMessage());
      }
      for (NodeStatus node : status.getNodesList()) {
        System.out.printf(
            "  %-20s %-17s teachers %d/%d  labels %d/%d  %s%n",
            node.getNodeId(),
            word(node.getPhase()),
            node.getTeachersTrained(),
            node.getTeachers(),
            node.getSamplesLabelled(),
            node.getSamplesAsked(),
            node.getMessage());
      }
    }
  }

  /** {@code retort study report}. */
  @Command(
      name = "report",
      description = "Print a finished study's model card, or fetch all its artefacts.",
      mixinStandardHelpOptions = true)
  static final class Report implements Callable<Integer> {

    private static final List<String> ARTIFACTS = List.of(
        "model.onnx",
        "model.safetensors",
        "architecture.json",
        "model-card.md",
        "model-card.json",
        "report.json");

    @Option(names = "--home", required = true, description = "The coordinator's home.")
    private Path home = Path.of(".");

    @Parameters(paramLabel = "STUDY", description = "The study's id.")
    private String study = "";

    @Option(names = "--json", description = "Print the model card as one JSON object.")
    private boolean json;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "DIR",
        description = "Write model, model card and report into this directory.")
    private @Nullable Path output;

    @Override
    public Integer call() throws Exception {
      try (OperatorClient operator = OperatorClient.dial(home)) {
        if (output != null) {
          Files.createDirectories(output);
          for (String name : ARTIFACTS) {
            Files.write(output.resolve(name), operator.artifact(study, name));
          }
          JsonNode digests = JsonMapper.shared()
              .readTree(Files.readAllBytes(output.resolve("model-card.json")))
              .path("digests");
          if (digests.has(StudentArtifacts.SCHEMA)) {
            Files.write(
                output.resolve(StudentArtifacts.SCHEMA),
                operator.artifact(study, StudentArtifacts.SCHEMA));
          }
        }
        byte[] card = operator.artifact(study, json ? "model-card.json" : "model-card.md");
        System.out.println(new String(card, StandardCharsets.UTF_8).stripTrailing());
      }
      return 0;
    }
  }
}
