package dev.retort.cli;

import dev.retort.config.InvalidConfigException;
import dev.retort.config.StrictYaml;
import dev.retort.forecast.StudyForecast;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code retort privacy plan}: what a study would spend, and how noisy its labels would be. */
@Command(
    name = "plan",
    description = {
      "Forecast a study from its file alone: noise, label error, epsilon.",
      "Nothing is asked of a coordinator or node."
    },
    mixinStandardHelpOptions = true)
final class PrivacyPlanCommand implements Callable<Integer> {

  private static final int MOST_NODES = 100_000;

  /** Stands in for a transfer set that is still to be imported; its name and digest change no figure. */
  private static final String ANY_TRANSFER_SET = "undecided@sha256:" + "0".repeat(64);

  @Parameters(
      paramLabel = "STUDY.yaml",
      description = "The study file. Its transferSet may be left out.")
  private Path file = Path.of(".");

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Samples of the transfer set. Needed where the study file's queries.limit is 0, which asks for all.")
  private @Nullable Integer samples;

  @Option(
      names = "--nodes",
      paramLabel = "K",
      description = "Nodes of the federation. Default: the study file's cohort.minimum.")
  private @Nullable Integer nodes;

  @Option(
      names = "--sites-per-unit",
      paramLabel = "H",
      defaultValue = "1",
      description =
          "The most sites that hold records of one privacy unit. Default: ${DEFAULT-VALUE}.")
  private int sitesPerUnit = 1;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a key of the study file, such as privacy.epsilon=1. May be repeated.")
  private List<String> overrides = List.of();

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Also draw the forecast into this file.")
  private @Nullable Path svg;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    StudyForecast forecast = forecast();
    if (svg != null) {
      Files.writeString(svg, new PlanPlot(forecast).svg());
    }
    System.out.print(json ? new PlanJson(forecast).text() : new PlanTable(forecast).text());
    return 0;
  }

  private StudyForecast forecast()
      throws IOException, InvalidConfigException, CommandFailedException {
    StudyPlan plan = plan();
    int limit = plan.queries().limit();
    if (samples == null && limit == 0) {
      throw new CommandFailedException(
          "--samples must say how many samples the transfer set has, since queries.limit is 0 and asks for all"
              + " of them; or set queries.limit");
    }
    int available = samples == null ? limit : samples;
    if (available < 1) {
      throw new CommandFailedException("--samples must be >= 1: " + available);
    }
    int federation = nodes == null ? plan.cohort().minimum() : nodes;
    if (federation < 1 || federation > MOST_NODES) {
      throw new CommandFailedException("--nodes must be in [1, " + MOST_NODES + "]: " + federation);
    }
    if (sitesPerUnit < 1 || sitesPerUnit > federation) {
      throw new CommandFailedException("--sites-per-unit must be in [1, " + federation
          + "], the nodes of the federation: " + sitesPerUnit
          + (nodes == null ? "; --nodes says how many there are" : ""));
    }
    return new StudyForecast(StudyNoise.resolve(plan, available), federation, sitesPerUnit);
  }

  private StudyPlan plan() throws IOException, InvalidConfigException {
    String name = String.valueOf(file.getFileName());
    ObjectNode tree = StrictYaml.tree(name, Files.readString(file), "", overrides);
    if (tree.path("transferSet").isMissingNode()) {
      tree.put("transferSet", ANY_TRANSFER_SET);
    }
    return StudyPlans.readFile(name, tree.toString(), List.of()).plan();
  }
}
